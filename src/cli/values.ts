/** The values of options: durations and counts. */
import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `200ms`, `5s`, `2m` → milliseconds. */
export function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const ms = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  // The longest that a timer takes is some 24 days.
  if (!(ms <= 2 ** 31 - 1))
    throw new InvalidArgumentError('A duration is written 200ms, 5s or 2m.');
  return ms;
}

/** A count of at least `least`. */
export function countFrom(least: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least))
      throw new InvalidArgumentError(`It takes a whole number from ${least} on.`);
    return value;
  };
}

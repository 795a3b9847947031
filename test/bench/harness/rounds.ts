/** Contenders that take turns, A B A B …, so that what else the machine does hits all of them alike. */

export interface Contender {
  readonly name: string;
  /** Runs once. @returns what was measured */
  readonly run: () => Promise<number>;
}

export interface Samples {
  readonly name: string;
  readonly samples: readonly number[];
}

/**
 * @param rounds that count
 * @param before rounds that do not: they warm caches and compilers
 */
export async function interleaved(
  contenders: readonly Contender[],
  rounds: number,
  before = 1,
): Promise<Samples[]> {
  const taken = contenders.map(({ name }) => ({ name, samples: [] as number[] }));
  for (let round = -before; round < rounds; round++)
    for (const [index, { name, run }] of contenders.entries()) {
      const value = await run();
      if (Number.isNaN(value)) throw new Error(`${name} gave no figure`);
      if (round >= 0) taken[index]?.samples.push(value);
    }
  return taken;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of one of them. @throws Error where it is not among them */
export function medianOf(name: string, all: readonly Samples[]): number {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name} among the contenders`);
  return median(found.samples);
}

/** Ends the name of one that is shown beside the others, and not judged against. */
export const ASIDE = ' *';

/** The best median of all but socklab’s: of rates the highest. */
export function best(all: readonly Samples[]): number {
  const others = all.filter(({ name }) => !name.startsWith('socklab') && !name.endsWith(ASIDE));
  return Math.max(...others.map(({ samples }) => median(samples)));
}

/**
 * The median of what `compare` makes of two contenders’ samples, round by round: within a round the
 * machine is the same, and whatever comes or goes between rounds moves both.
 */
export function paired(
  ours: string,
  other: string,
  all: readonly Samples[],
  compare: (ours: number, other: number) => number,
): number {
  const of = (name: string) => all.find((one) => one.name === name)?.samples ?? [];
  const others = of(other);
  return median(of(ours).map((value, round) => compare(value, others[round] ?? Number.NaN)));
}

/** Rows as they are told: a table of medians and spreads, the figure, and whether it meets its bound. */
import { appendFileSync } from 'node:fs';
import { type Bound, boundOf, isMet } from './bounds.ts';
import { rowsFile } from './options.ts';
import { nodeMajor } from './program.ts';
import { median, type Samples } from './rounds.ts';

export interface Measured {
  readonly row: string;
  /** What was done, for people: `2 GiB from a file to /dev/null`. */
  readonly what: string;
  /** Of the samples: `GB/s`. */
  readonly unit: string;
  readonly contenders: readonly Samples[];
  /** What is held against the bound; null where nothing is. */
  readonly figure: number | null;
  /** Draws a bar for each median, so that the row shows how cost grows. */
  readonly curve?: boolean;
}

/** Of the longest bar, in columns. */
const BAR = 30;

/** Prints the row, and hands it to run.js. */
export function report(measured: Measured): void {
  const { row, what, unit, contenders, figure, curve = false } = measured;
  const bound = figure === null ? null : boundOf(row, nodeMajor());
  const met = bound === null || figure === null ? null : isMet(bound, figure);
  const most = Math.max(...contenders.map(({ samples }) => median(samples)));
  const columns = (value: number) => Math.max(1, Math.round((value / most) * BAR));
  console.log(`\n${row.padEnd(26)}${what}, ${unit}`);
  for (const { name, samples } of contenders) {
    const spread = `(${shown(Math.min(...samples))} – ${shown(Math.max(...samples))})`;
    const line = `  ${name.padEnd(24)}${shown(median(samples)).padStart(9)}   ${spread}`;
    console.log(curve ? `${line.padEnd(58)}${'█'.repeat(columns(median(samples)))}` : line);
  }
  if (bound !== null && figure !== null) console.log(`  ${verdict(bound, figure)}`);
  if (rowsFile === null) return;
  const told = contenders.map(({ name, samples }) => ({
    name,
    median: median(samples),
    min: Math.min(...samples),
    max: Math.max(...samples),
    samples,
  }));
  const line = { row, what, unit, contenders: told, figure, bound, met };
  appendFileSync(rowsFile, `${JSON.stringify(line)}\n`);
}

/** Says that a row could not be measured, and why: visible, and neither reached nor missed. */
export function skip(row: string, why: string): void {
  console.log(`\n${row.padEnd(26)}skipped: ${why}`);
  if (rowsFile !== null) appendFileSync(rowsFile, `${JSON.stringify({ row, skipped: why })}\n`);
}

function verdict(bound: Bound, figure: number): string {
  const [word, limit] =
    bound.atLeast === undefined ? ['at most', bound.atMost] : ['at least', bound.atLeast];
  const end = isMet(bound, figure) ? 'reached' : 'MISSED';
  return `${shown(figure)} ${bound.of}; ${word} ${limit}: ${end}`;
}

/** Three digits are what such measurements are worth. */
function shown(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 3));
}

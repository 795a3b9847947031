/** What this run was asked for: the command line that run.js passes on to every benchmark. */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    node: { type: 'string', default: process.execPath },
    rows: { type: 'string' },
    peers: { type: 'string', default: '' },
  },
});

/** Less of everything, so that all of it takes under a minute: a look, not a judgement. */
export const short = values.short;

/** The Node that runs socklab, and the bare one that it is compared with. */
export const node = values.node;

/** Where run.js has put the programs built from peers/*.c. */
export const peersAt = values.peers;

/** Where each row goes as a line of JSON, for run.js to collect. */
export const rowsFile = values.rows ?? null;

/** Whether a row, or a whole group such as `startup`, is asked for. */
export function asked(row: string): boolean {
  return values.only.length === 0 || values.only.some((name) => `${row}/`.startsWith(`${name}/`));
}

/** How much of something: the whole of it, or the short form's share. */
export function amount(whole: number, inShort: number): number {
  return short ? inShort : whole;
}

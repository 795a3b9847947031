/** The row of a call. Each file of rows is read when one of its calls is first made. */
import type { CallName } from '../call.ts';
import { addressCalls } from './addresses.ts';
import { askingCalls } from './asking.ts';
import { byteOrderCalls } from './byte-order.ts';
import { lifecycleCalls } from './lifecycle.ts';
import { optionCalls } from './options.ts';
import { pollCalls } from './poll.ts';
import { receivingCalls } from './receiving.ts';
import { resolvingCalls } from './resolving.ts';
import type { Row } from './row.ts';
import { sendingCalls } from './sending.ts';
import { stdioCalls } from './stdio.ts';
import { stdioInputCalls } from './stdio-input.ts';
import { untilCalls } from './until.ts';

/** In the order in which a program is likely to want them. */
const files: (() => readonly Row[])[] = [
  () => lifecycleCalls,
  () => addressCalls,
  () => sendingCalls,
  () => receivingCalls,
  () => optionCalls,
  () => untilCalls,
  () => pollCalls,
  () => stdioCalls,
  () => stdioInputCalls,
  () => resolvingCalls,
  () => byteOrderCalls,
  () => askingCalls,
];

const read = new Map<string, Row>();

export function rowOf(name: CallName): Row {
  for (;;) {
    const row = read.get(name);
    if (row !== undefined) return row;
    const next = files.shift();
    if (next === undefined) throw new Error(`${name} has no row`);
    for (const one of next()) read.set(one.name, one);
  }
}

/**
 * The one table of calls. The parser, the check, completion, help, the call line, JSON and the
 * exports are all derived from it: to add a call is to add a row.
 */
import { CALL_NAMES, type CallName } from '../call.ts';
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

const rows: ReadonlyMap<string, Row> = new Map(
  [
    ...lifecycleCalls,
    ...addressCalls,
    ...sendingCalls,
    ...receivingCalls,
    ...untilCalls,
    ...optionCalls,
    ...pollCalls,
    ...stdioCalls,
    ...stdioInputCalls,
    ...resolvingCalls,
    ...byteOrderCalls,
    ...askingCalls,
  ].map((row) => [row.name, row]),
);

/** Every call by its name. */
export const callTable: ReadonlyMap<string, Row> = new Map<string, Row>(
  CALL_NAMES.map((name) => [name, rows.get(name) as Row]),
);

/** The row of a call. */
export function rowOf(name: CallName): Row {
  return callTable.get(name) as Row;
}

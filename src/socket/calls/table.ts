/**
 * The one table of calls. The parser, completion, help, the call line, JSON and the exports are
 * all derived from it: to add a call is to add a row.
 */
import type { CallName } from '../call.ts';
import { addressCalls } from './addresses.ts';
import { lifecycleCalls } from './lifecycle.ts';
import { optionCalls } from './options.ts';
import type { Row } from './row.ts';
import { transferCalls } from './transfer.ts';

const rows: readonly Row[] = [...lifecycleCalls, ...addressCalls, ...transferCalls, ...optionCalls];

/** Every call by its name. */
export const callTable: ReadonlyMap<string, Row> = new Map(rows.map((row) => [row.name, row]));

/** The row of a call. */
export function rowOf(name: CallName): Row {
  return callTable.get(name) as Row;
}

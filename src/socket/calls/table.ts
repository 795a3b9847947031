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

/** In the order in which a connection meets them: help and completion keep it. */
const ORDER: readonly CallName[] = [
  'socket',
  'bind',
  'listen',
  'accept',
  'connect',
  'read',
  'write',
  'shutdown',
  'close',
  'getsockname',
  'getpeername',
  'setsockopt',
  'getsockopt',
  'fcntl',
];

/** Every call by its name. */
export const callTable: ReadonlyMap<string, Row> = new Map<string, Row>(
  ORDER.flatMap((name) => rows.filter((row) => row.name === name).map((row) => [name, row])),
);

/** The row of a call. */
export function rowOf(name: CallName): Row {
  return callTable.get(name) as Row;
}

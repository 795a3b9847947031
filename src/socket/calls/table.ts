/**
 * The one table of calls. The parser, the check, completion, help, the call line, JSON and the
 * exports are all derived from it: to add a call is to add a row (row-of.ts).
 */
import { CALL_NAMES } from '../call.ts';
import type { Row } from './row.ts';
import { rowOf } from './row-of.ts';

/** Every call by its name. */
export const callTable: ReadonlyMap<string, Row> = new Map<string, Row>(
  CALL_NAMES.map((name) => [name, rowOf(name)]),
);

/** What a call that succeeded gives: new sockets, values, and the names that stand for them. */
import type { Call, Value } from '../call.ts';
import { isCounted } from '../calls/row.ts';
import { rowOf } from '../calls/row-of.ts';
import type { Detail } from '../detail.ts';
import { BadCall } from '../errors.ts';
import type { Scope } from '../scope.ts';
import type { SocketRecord } from '../socket-table.ts';
import { adopted } from './adopt.ts';
import type { Observer } from './observer.ts';
import type { Returned } from './run.ts';

/** What is added to while an answer is taken. */
export interface Taken {
  /** The sockets that the call made. */
  readonly touched: SocketRecord[];
  /** What could not be given. */
  readonly notes: Detail[];
}

/**
 * Gives the names that the call gives. @returns its value
 * @throws SocketError where a new socket can’t be made ready
 */
export function takeAnswer(
  scope: Scope,
  observer: Observer,
  call: Call,
  { made, socket }: Returned,
  { touched, notes }: Taken,
): Value {
  const opened = adopted(scope, call, made.opened ?? [], socket).map((record) => {
    if (made.peer !== undefined) observer.remember(record, made.peer);
    scope.forget(record.name);
    touched.push(record);
    return { name: record.name, fd: record.fd };
  });
  for (const [name, value] of made.gives ?? []) give(scope, call, name, value, notes);
  const [first] = opened;
  if (first !== undefined) {
    return opened.length === 1 ? { kind: 'socket', ...first } : { kind: 'pair', sockets: opened };
  }
  const result: Value = { kind: 'integer', value: made.result };
  const value = made.value ?? result;
  if (call.as !== undefined && value.kind !== 'file') {
    const counted = isCounted(rowOf(call.name), call.args);
    give(scope, call, call.as, counted ? result : value, notes);
  }
  return value;
}

/** The call was made: what its answer does not fit into keeps its value, and the step says so. */
function give(
  scope: Scope,
  { name: made }: Call,
  name: string,
  value: Value,
  notes: Detail[],
): void {
  try {
    scope.give(name, value);
  } catch (error) {
    if (!(error instanceof BadCall)) throw error;
    // Nothing was made yet where it only computes: `addr.sin_port = strlen(…)`.
    if (rowOf(made).computes) throw error;
    notes.push({ kind: 'given', name, text: `nothing: ${error.message}` });
  }
}

/** Where the bytes that a call reads go: into a count of bytes, a structure, or C's buffer. */
import { type Layout, layoutOf } from '../../wire/struct/layout.ts';
import type { Value } from '../call.ts';
import type { Detail } from '../detail.ts';
import type { Arguments } from './arguments.ts';

export interface Room {
  /** How many bytes there is room for. */
  readonly size: number;
  /** The bytes as the call's value. */
  value(bytes: Uint8Array): Value;
  /** How they are shown, where that is by the fields of a structure. */
  details(bytes: Uint8Array): readonly Detail[];
  /** The buffer's name with what is in it now. */
  gives(bytes: Uint8Array): readonly (readonly [string, Value])[];
}

/** `read(conn, 64)`, `read(conn, person)`, `read(conn, buf, 64)`. */
export function roomOf(args: Arguments): Room {
  const at = args.where('buffer');
  const buffer = at === -1 ? null : args.out(at);
  const layout = at === -1 ? structOf(args) : null;
  // `read(conn, &msg, sizeof(msg))`: the memory has a type, which the bytes are shown by.
  const memory = buffer === null ? undefined : args.scope.valueOf(buffer);
  const shown = layout ?? (memory?.kind === 'record' ? memory.layout : null);
  return {
    size: layout?.size ?? args.size(args.where('count')),
    value: (bytes) =>
      layout === null ? { kind: 'bytes', bytes } : { kind: 'record', layout, bytes },
    details: (bytes) => (shown === null ? [] : [{ kind: 'record', layout: shown, bytes }]),
    gives: (bytes) => (buffer === null ? [] : [[buffer, { kind: 'bytes', bytes }]]),
  };
}

/** The structure to read, where a type or a variable of one is named. */
export function structOf(args: Arguments): Layout | null {
  const arg = args.at(args.where('count'));
  if (arg.kind !== 'name') return null;
  const value = args.scope.valueOf(arg.name);
  if (value?.kind === 'record') return value.layout;
  const struct = value === undefined ? args.scope.structs.get(arg.name) : undefined;
  return struct === undefined ? null : layoutOf(struct);
}

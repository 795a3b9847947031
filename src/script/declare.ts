/** What C's declarations and memset() do to the names of a session. */
import type { Arg, Value } from '../socket/call.ts';
import { valueOfArg } from '../socket/calls/prepare.ts';
import { BadCall } from '../socket/errors.ts';
import type { Scope } from '../socket/scope.ts';
import { nearest } from '../wire/nearest.ts';
import { StructProblem } from '../wire/struct/definition.ts';
import { layoutOf } from '../wire/struct/layout.ts';
import { parseFields } from '../wire/struct/parse.ts';
import { composed } from './expected.ts';
import { printArg } from './print.ts';
import type { Declarator } from './statement.ts';

/**
 * `struct sockaddr_in addr;`, `char buf[64];`, `int one = 1;`. A number without a value is not
 * given one: C would have whatever lies there.
 * @throws BadCall
 */
export function declare(scope: Scope, type: string, declarator: Declarator): void {
  const { name, pointer, count, value } = declarator;
  const struct = structOf(type);
  const definition = struct === null ? undefined : scope.structs.get(struct);
  if (struct !== null && definition === undefined) {
    const near = nearest(struct, scope.structs.keys());
    throw new BadCall(`there is no struct ${struct}`, null, near);
  }
  if (count !== null) {
    const size = arraySize(type, name, count, scope);
    // `int pair[2]` for socketpair(): its two names are given one by one.
    scope.reserve(name, size);
  } else if (definition !== undefined && !pointer) scope.declare(name, definition);
  if (value !== null && !isZero(value)) scope.give(name, valueGiven(scope, value));
}

/**
 * What a value stands for that is given a name; addresses may be put together from names.
 * @throws BadCall
 */
export function valueGiven(scope: Scope, arg: Arg): Value {
  const parts = addressParts(arg);
  if (parts === null) return valueOfArg(scope, arg);
  const address = composed(parts, (name) => scope.valueOf(name));
  if (address !== '') return { kind: 'address', address };
  throw new BadCall(`${printArg(arg)} is no address: the kernel knows no names`);
}

function addressParts(arg: Arg): { host: string; port: string } | null {
  if (arg.kind === 'at') return arg;
  if (arg.kind !== 'endpoint' || !('host' in arg.endpoint)) return null;
  const { host, port } = arg.endpoint;
  return host.kind === 'hostname' ? { host: host.name, port: String(port) } : null;
}

/** The structure of a type, `const struct sockaddr_in`; null where it is none. */
export function structOf(type: string): string | null {
  return /\bstruct (\w+)/.exec(type)?.[1] ?? null;
}

/** @throws BadCall where C has no such array, or it is too large */
function arraySize(type: string, name: string, count: number, { structs }: Scope): number {
  const plain = type.replace(/\b(const|static)\b/g, '');
  try {
    return layoutOf(parseFields(`${plain} x[${count}]`, structs)).size;
  } catch (error) {
    if (error instanceof StructProblem) throw new BadCall(`${name}: ${error.message}`);
    throw error;
  }
}

/** `= {0}` is what a declared structure is anyway. */
function isZero(value: Arg): boolean {
  if (value.kind !== 'struct' || value.fields.length > 1) return false;
  const [first] = value.fields;
  return first === undefined || (first.kind === 'integer' && first.value === 0);
}

/** `memset(&addr, 0, sizeof(addr))`, `bzero(…)`. @throws BadCall for a name without memory */
export function zero(scope: Scope, name: string): void {
  const value = scope.valueOf(name);
  if (value?.kind === 'record') {
    scope.give(name, { ...value, bytes: new Uint8Array(value.layout.size) });
  } else if (value?.kind === 'bytes') {
    scope.give(name, { kind: 'bytes', bytes: new Uint8Array(0) });
  } else {
    throw new BadCall(`there is no memory of the name ${name}`, null, nearest(name, scope.names()));
  }
}

/** A call, its row of the table, and its arguments brought together. */
import type { Arg, Call, Value } from '../call.ts';
import { canonicalEndpoint, formatEndpoint } from '../endpoint.ts';
import { BadCall } from '../errors.ts';
import type { Scope } from '../scope.ts';
import { Arguments } from './arguments.ts';
import type { Prepared } from './row.ts';
import { rowOf } from './row-of.ts';

/** The arguments of a call, to be resolved by its row. */
function argumentsOf(scope: Scope, call: Call): Arguments {
  return new Arguments(scope, call, rowOf(call.name), (inner) => computed(scope, inner));
}

/** @throws BadCall where the call makes no sense; nothing is then called */
export function prepare(scope: Scope, call: Call): { prepared: Prepared; args: Arguments } {
  const args = argumentsOf(scope, call);
  return { prepared: rowOf(call.name).prepare(args), args };
}

/** What a call inside another one comes to: only those that compute may stand there. */
function computed(scope: Scope, call: Call): Value {
  if (!rowOf(call.name).computes) {
    throw new BadCall(`${call.name}() is a step of its own: give what it returns a name first`);
  }
  const { result, value } = prepare(scope, call).prepared.attempt(scope.sys, 0);
  if (result < 0) throw new BadCall(`${call.name}() failed`);
  return value ?? { kind: 'integer', value: result };
}

/** What an argument stands for on its own: `payload = "x" * 1000`. @throws BadCall */
export function valueOfArg(scope: Scope, arg: Arg): Value {
  if (arg.kind === 'endpoint') {
    return { kind: 'address', address: formatEndpoint(canonicalEndpoint(arg.endpoint)) };
  }
  // As the argument of a call that takes anything.
  const value = argumentsOf(scope, { name: 'wait', args: [arg] }).value(0);
  if (value !== null) return value;
  throw new BadCall(
    arg.kind === 'name' ? `${arg.name} stands for no value` : 'this can’t be given a name',
  );
}

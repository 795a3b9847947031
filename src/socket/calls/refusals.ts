/** What is said of a name that stands for nothing, or for something else than is wanted. */
import { constants } from '../../sys/platform.ts';
import { nearest } from '../../wire/nearest.ts';
import type { Arg } from '../call.ts';
import { BadCall } from '../errors.ts';
import type { Scope } from '../scope.ts';
import { KINDS } from './kinds.ts';

/** So many of the open sockets are named. */
const NAMED = 20;

/** @param at the argument that should be a socket */
export function noSocket(scope: Scope, arg: Arg, at: number): BadCall {
  if (arg.kind === 'integer') {
    // A foreign descriptor might be the terminal, or the event loop's own.
    const message = `descriptor ${arg.value} is not a socket of this session; ${namesKnown(scope)}`;
    return new BadCall(message, at);
  }
  if (arg.kind !== 'name') return new BadCall(KINDS.socket.wanted, at);
  if (!scope.values.has(arg.name)) return unknownName(scope, arg.name, at);
  return new BadCall(`${arg.name} is no socket; ${namesKnown(scope)}`, at);
}

export function unknownConstant(name: string, at: number): BadCall {
  return new BadCall(`there is no constant ${name}`, at, nearest(name, constants.keys()));
}

export function unknownName(scope: Scope, name: string, at: number): BadCall {
  const failure = scope.failureOf(name);
  if (failure !== undefined) {
    return new BadCall(`there is no ${name}: ${failure.call}() failed with ${failure.code}`, at);
  }
  const known = scope.names();
  const near = nearest(name, /^[A-Z]/.test(name) ? [...known, ...constants.keys()] : known);
  return new BadCall(`there is no ${name}; ${namesKnown(scope)}`, at, near);
}

/** `open: server, client`. */
export function namesKnown(scope: Scope): string {
  const names = scope.sockets.openOnes().map((record) => record.name);
  return names.length === 0 ? 'no socket is open' : `open: ${names.slice(0, NAMED).join(', ')}`;
}

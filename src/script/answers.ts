/** What a line expects, brought together with what came: names and computed values included. */
import type { Arg, Value } from '../socket/call.ts';
import { valueOfArg } from '../socket/calls/prepare.ts';
import { BadCall } from '../socket/errors.ts';
import { constantNames, errnoNames } from '../socket/names.ts';
import type { Session } from '../socket/session/session.ts';
import type { Step } from '../socket/step.ts';
import { nearest } from '../wire/nearest.ts';
import { ANSWERS } from './expectation.ts';
import { type Expected, isMet } from './expected.ts';
import { printExpected, printOutcome, printValue } from './print.ts';

export interface Mismatch {
  readonly expected: string;
  readonly actual: string;
}

/** An expectation that makes no sense. */
export class BadAnswer extends BadCall {}

/** What a name stands for in an answer: a socket’s is its local address, as among arguments. */
function meaningOf({ scope, sockets }: Session, name: string): Value | undefined {
  const value = scope.valueOf(name);
  if (value !== undefined) return value;
  const socket = sockets.get(name);
  const address = socket === undefined ? null : scope.session.look(socket).local;
  return address === null ? undefined : { kind: 'address', address };
}

/** @throws BadAnswer for a name that stands for nothing; the call is then not made */
export function mustMakeSense(session: Session, expected: Expected | null): void {
  for (const name of namesIn(expected)) {
    if (meaningOf(session, name) !== undefined) continue;
    const { scope, sockets } = session;
    const known = sockets.get(name);
    if (known !== undefined) throw new BadAnswer(`${name} has no local address`);
    const words = ['blocked', ...scope.names(), ...errnoNames(), ...constantNames()];
    throw new BadAnswer(`${name} is no answer: ${ANSWERS}`, null, nearest(name, words));
  }
}

/** The names that an expectation is made of. */
export function namesIn(expected: Expected | null): string[] {
  const inside = (arg: Arg): string[] => {
    if (arg.kind === 'name') return [arg.name];
    if (arg.kind === 'struct') return arg.fields.flatMap(inside);
    return arg.kind === 'list' ? arg.items.flatMap(inside) : [];
  };
  if (expected?.kind === 'name') return [expected.name];
  return expected?.kind === 'struct' ? expected.fields.flatMap(inside) : [];
}

/** What came, held against what must come (null: a success). Null where it fits. */
export function mismatchOf(
  session: Session,
  expected: Expected | null,
  step: Step,
): Mismatch | null {
  const plain = expected === null ? null : computed(session, expected);
  if (isMet(plain, step.outcome, (name) => meaningOf(session, name))) return null;
  const actual = printOutcome(step.outcome);
  if (expected === null || plain === null) return { expected: 'success', actual };
  if (plain !== expected)
    return { expected: `${printExpected(plain)} (${printExpected(expected)})`, actual };
  const known = expected.kind === 'name' ? meaningOf(session, expected.name) : undefined;
  const meant = known === undefined ? '' : `${printValue(known, 0)} (`;
  return { expected: `${meant}${printExpected(expected)}${meant === '' ? '' : ')'}`, actual };
}

/** `sizeof(msg)`, `htons(80)`, also inside a structure, as what they come to. */
function computed(session: Session, expected: Expected): Expected {
  if (expected.kind === 'sizeof' || expected.kind === 'call') {
    const value = valueOfArg(session.scope, expected);
    if (value.kind === 'integer') return value;
    return value.kind === 'bytes' ? { ...value, prefix: false } : expected;
  }
  if (expected.kind !== 'struct' || !expected.fields.some(computes)) return expected;
  return { ...expected, fields: expected.fields.map((field) => computedField(session, field)) };
}

function computes(arg: Arg): boolean {
  if (arg.kind === 'struct') return arg.fields.some(computes);
  if (arg.kind === 'list') return arg.items.some(computes);
  return arg.kind === 'sizeof' || arg.kind === 'call' || arg.kind === 'null';
}

function computedField(session: Session, arg: Arg): Arg {
  const inside = (one: Arg) => computedField(session, one);
  if (arg.kind === 'struct') return { ...arg, fields: arg.fields.map(inside) };
  if (arg.kind === 'list') return { ...arg, items: arg.items.map(inside) };
  if (!computes(arg)) return arg;
  const value = valueOfArg(session.scope, arg);
  return value.kind === 'integer' || value.kind === 'bytes' ? value : arg;
}

/** Whether an argument can be what its parameter wants, as far as that is known before it runs. */
import type { Arg, Item } from '../socket/call.ts';
import { couldBe, KINDS, type NameKind, wantedFor } from '../socket/calls/kinds.ts';
import { formOf, type Param, paramAt } from '../socket/calls/row.ts';
import { rowOf } from '../socket/calls/row-of.ts';
import { type Endpoint, parseEndpoint } from '../socket/endpoint.ts';
import { constantNames, isConstant } from '../socket/names.ts';
import { recordOf } from '../socket/records.ts';
import { TCP_STATES } from '../socket/state.ts';
import { nearest } from '../wire/nearest.ts';
import type { KnownStructs } from '../wire/struct/definition.ts';
import { namedScalars, scalarOf } from '../wire/struct/scalar.ts';
import { ValueProblem } from '../wire/struct/value.ts';
import type { Expected } from './expected.ts';
import type { Span } from './lexer.ts';

type At = Extract<Arg, { kind: 'at' }>;

export interface Wrong {
  readonly message: string;
  readonly suggestion: string | null;
  /** In the argument as it is written. */
  readonly part?: readonly [number, number];
}

/** The same, with its place in the line. */
export type Problem = Wrong & { readonly span: Span };

/** What is known of names at a place in a script. */
export interface Names {
  /** Null where nothing has the name. */
  kindOf(name: string): NameKind | null;
  readonly structs: KnownStructs;
  all(): string[];
  /** What is said of a name that nothing has; `more` words may have been meant. */
  missing(name: string, more?: Iterable<string>): Wrong;
  missingStruct(name: string): Wrong;
}

/** What is wrong with an argument; null where nothing is. */
export function argumentProblem(param: Param, arg: Arg, names: Names): Wrong | null {
  if (arg.kind === 'name') return nameProblem(param, arg.name, names);
  if (!couldBe(param.kind, arg)) return { message: wantedFor(param.kind, arg), suggestion: null };
  // Its names are about to be given.
  if (param.kind === 'pair') return pairProblem(arg);
  return insideProblem(arg, names) ?? rangeProblem(param, arg);
}

/** `[left, right]`. */
function pairProblem(arg: Arg): Wrong | null {
  const items = arg.kind === 'list' ? arg.items : arg.kind === 'struct' ? arg.fields : [];
  const [one, other] = items.map((item) => (item.kind === 'name' ? item.name : null));
  if (one === null || one !== other) return null;
  return items.length === 2 ? { message: 'two sockets need two names', suggestion: null } : null;
}

/** What is wrong with a value that is given a name; null where nothing is. */
export function assigned(arg: Arg, names: Names): Wrong | null {
  if (arg.kind === 'duration' || arg.kind === 'state' || arg.kind === 'list')
    return { message: 'this can’t be given a name', suggestion: null };
  if (arg.kind !== 'name') return insideProblem(arg, names);
  const kind = names.kindOf(arg.name);
  if (kind === null) return unknownName({ name: '', kind: 'anything' }, arg.name, names);
  if (kind !== 'socket' && kind !== 'file' && kind !== 'type') return null;
  return {
    message: `${arg.name} is ${WORDS[kind]}, and goes by this name alone`,
    suggestion: null,
  };
}

/** What is wrong inside an expectation; null where nothing is. */
export function answerProblem(expected: Expected | null, names: Names): Wrong | null {
  switch (expected?.kind) {
    case 'struct':
    case 'call':
    case 'sizeof':
    case 'at':
      return insideProblem(expected, names);
    default:
      return null;
  }
}

/** What a value is of which a name is made. */
export function kindOfArg(arg: Arg, names: Names): NameKind {
  switch (arg.kind) {
    case 'integer':
    case 'decimal':
    case 'constants':
    case 'sizeof':
    case 'null':
      return 'integer';
    case 'bytes':
      return 'bytes';
    case 'endpoint':
    case 'at':
      return 'address';
    case 'struct':
      return arg.type === undefined ? 'struct' : 'record';
    case 'name':
      return names.kindOf(arg.name) ?? 'anything';
    case 'call':
      return rowOf(arg.call.name).gives;
    default:
      return 'anything';
  }
}

function nameProblem(param: Param, name: string, names: Names): Wrong | null {
  const { kind } = param;
  if (kind === 'out' || kind === 'pair') return null;
  if (kind === 'state') {
    const message = `there is no state ${name}; RFC 9293 has ${TCP_STATES.join(', ')}`;
    return { message, suggestion: nearest(name, TCP_STATES) };
  }
  const known = names.kindOf(name);
  if (known === null) return unknownName(param, name, names);
  const { names: allowed, wanted } = KINDS[kind];
  const fits = known === 'anything' || allowed.includes('anything') || allowed.includes(known);
  if (fits) return null;
  return { message: `${name} is ${WORDS[known]}; ${wanted}`, suggestion: null };
}

const WORDS: Readonly<Record<NameKind, string>> = {
  socket: 'a socket',
  integer: 'a number',
  bytes: 'bytes',
  address: 'an address',
  addresses: 'a list of addresses',
  struct: 'a structure',
  record: 'a structure',
  type: 'the name of a structure',
  file: 'a FILE',
  state: 'a state',
  pair: 'two sockets',
  anything: 'something else',
};

/** A name that nobody gave: most likely a constant or a name that was mistyped. */
function unknownName(param: Param, name: string, names: Names): Wrong {
  const isNumber = KINDS[param.kind].written.includes('constants');
  if (isNumber && /^[A-Z]/.test(name)) return unknownConstant(param, name, names);
  const { message, suggestion } = names.missing(
    name,
    param.kind === 'room' ? names.structs.keys() : [],
  );
  const text = param.kind === 'bytes' ? `; text stands between double quotes: "${name}"` : '';
  return { message: `${message}${text}`, suggestion };
}

function unknownConstant(param: Param, name: string, names: Names): Wrong {
  const fitting = nearest(name, param.constants ?? []);
  return {
    message: `there is no constant ${name}`,
    suggestion: fitting ?? nearest(name, [...constantNames(), ...names.all()]),
  };
}

/** What stands inside: constants, fields, items, other calls, hosts. */
function insideProblem(arg: Arg, names: Names): Wrong | null {
  switch (arg.kind) {
    case 'constants': {
      const wrong = arg.parts.find((part) => typeof part === 'string' && !isConstant(part));
      return wrong === undefined ? null : unknownConstant(NUMBER, String(wrong), names);
    }
    case 'struct':
      return structProblem(arg, names);
    case 'list':
      return firstProblem(arg.items, names);
    case 'call':
      return callProblem(arg.call, names);
    case 'sizeof':
      return sizeProblem(arg.of, names);
    case 'endpoint':
      return hostProblem(arg.endpoint, names);
    case 'at':
      return portProblem(arg, names);
    default:
      return null;
  }
}

function firstProblem(args: readonly Arg[], names: Names): Wrong | null {
  for (const arg of args) {
    if (arg.kind !== 'name') {
      const wrong = insideProblem(arg, names);
      if (wrong !== null) return wrong;
    } else if (names.kindOf(arg.name) === null) {
      return unknownName(NUMBER, arg.name, names);
    }
  }
  return null;
}

const NUMBER: Param = { name: '', kind: 'int' };

function structProblem(arg: Extract<Arg, { kind: 'struct' }>, names: Names): Wrong | null {
  const { type, fields } = arg;
  const definition = type === undefined ? undefined : names.structs.get(type);
  if (type !== undefined && definition === undefined) return names.missingStruct(type);
  const inside = firstProblem(fields, names);
  const items = fields.map(itemOf);
  if (inside !== null || definition === undefined || items.includes(null)) return inside;
  try {
    recordOf(
      definition,
      items.filter((item) => item !== null),
    );
    return null;
  } catch (error) {
    if (error instanceof ValueProblem) return { message: error.message, suggestion: null };
    throw error;
  }
}

/** A field’s value, where it is written out; null where it is known only when it runs. */
function itemOf(arg: Arg): Item | null {
  if (arg.kind === 'integer' || arg.kind === 'decimal') return arg.value;
  if (arg.kind === 'bytes') return arg.bytes;
  if (arg.kind !== 'struct' && arg.kind !== 'list') return null;
  const items = (arg.kind === 'struct' ? arg.fields : arg.items).map(itemOf);
  return items.includes(null) ? null : items.filter((item) => item !== null);
}

function sizeProblem(of: string, names: Names): Wrong | null {
  const known = names.kindOf(of) !== null || names.structs.has(of);
  if (known || namedScalars.has(of) || scalarOf(of.split(' ')) !== null) return null;
  return names.missing(of, [...names.structs.keys(), ...namedScalars.keys()]);
}

function callProblem(call: Extract<Arg, { kind: 'call' }>['call'], names: Names): Wrong | null {
  const row = rowOf(call.name);
  if (!row.computes) {
    const message = `${call.name}() is a step of its own: give what it returns a name first`;
    return { message, suggestion: null };
  }
  const form = formOf(row, call.args);
  if (form === null) return { message: `${call.name} takes other arguments`, suggestion: null };
  for (const [i, arg] of call.args.entries()) {
    const wrong = argumentProblem(paramAt(form, i), arg, names);
    if (wrong !== null) return { message: wrong.message, suggestion: wrong.suggestion };
  }
  return null;
}

/** Only getaddrinfo() resolves names; the kernel knows none. */
function hostProblem(endpoint: Endpoint, names: Names): Wrong | null {
  if (!('host' in endpoint) || endpoint.host.kind !== 'hostname') return null;
  const { name } = endpoint.host;
  const known = ['localhost', 'INADDR_ANY', 'INADDR_LOOPBACK'].includes(name);
  if (known || names.kindOf(name) !== null) return null;
  const message = `the kernel knows no names: give the address of ${name}, or ask getaddrinfo()`;
  return { message, suggestion: nearest(name, ['localhost', ...names.all()]) };
}

function portProblem(arg: Pick<At, 'host' | 'port'>, names: Names): Wrong | null {
  const host = hostProblem(parseEndpoint(`${arg.host}:0`), names);
  if (host !== null) return host;
  const kind = /^\d+$/.test(arg.port) ? 'integer' : names.kindOf(arg.port);
  if (kind === 'integer' || kind === 'anything') return null;
  const length = `${arg.host}:${arg.port}`.length;
  const part = [length - arg.port.length, length] as const;
  if (kind !== null) {
    return { message: `${arg.port} is ${WORDS[kind]}; a port is a number`, suggestion: null, part };
  }
  const message = `no service and no value has the name ${arg.port}`;
  return { message, suggestion: names.missing(arg.port).suggestion, part };
}

function rangeProblem({ most }: Param, arg: Arg): Wrong | null {
  if (most === undefined || arg.kind !== 'integer' || (arg.value >= 0 && arg.value <= most)) {
    return null;
  }
  const message = `${arg.value} does not fit: 0 to ${most}; C would cut it off without a word`;
  return { message, suggestion: null };
}

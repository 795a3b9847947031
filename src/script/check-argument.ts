/** Whether an argument can be what its parameter wants, as far as that is known before it runs. */
import type { Arg } from '../socket/call.ts';
import { couldBe, KINDS, type NameKind } from '../socket/calls/kinds.ts';
import { formOf, type Param, paramAt } from '../socket/calls/row.ts';
import { rowOf } from '../socket/calls/table.ts';
import { constantNames, isConstant } from '../socket/names.ts';
import { TCP_STATES } from '../socket/state.ts';
import { nearest } from '../wire/nearest.ts';
import type { KnownStructs } from '../wire/struct/definition.ts';
import { printArg } from './print.ts';

export interface Wrong {
  readonly message: string;
  readonly suggestion: string | null;
  /** In the argument as it is written. */
  readonly part?: readonly [number, number];
}

/** What is known of names at a place in a script. */
export interface Names {
  /** Null where nothing has the name. */
  kindOf(name: string): NameKind | null;
  readonly structs: KnownStructs;
  all(): string[];
}

/** What is wrong with an argument; null where nothing is. */
export function argumentProblem(param: Param, arg: Arg, names: Names): Wrong | null {
  const rule = KINDS[param.kind];
  if (arg.kind === 'name') return nameProblem(param, arg.name, names);
  if (!couldBe(param.kind, arg)) return { message: rule.wanted, suggestion: null };
  return insideProblem(arg, names) ?? rangeProblem(param, arg);
}

/** What a value is of which a name is made. */
export function kindOfArg(arg: Arg, names: Names): NameKind {
  switch (arg.kind) {
    case 'integer':
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
  if (isNumber && /^[A-Z]/.test(name)) return unknownConstant(param, name);
  const known = names.all();
  const structs = param.kind === 'room' ? [...names.structs.keys()] : [];
  const text = param.kind === 'bytes' ? `; text stands between double quotes: "${name}"` : '';
  return {
    message: `there is no ${name}${text}`,
    suggestion: nearest(name, [...known, ...structs]),
  };
}

function unknownConstant(param: Param, name: string): Wrong {
  const fitting = nearest(name, param.constants ?? []);
  return {
    message: `there is no constant ${name}`,
    suggestion: fitting ?? nearest(name, constantNames()),
  };
}

/** What stands inside: constants, fields, items, other calls, hosts. */
function insideProblem(arg: Arg, names: Names): Wrong | null {
  switch (arg.kind) {
    case 'constants': {
      const wrong = arg.parts.find((part) => typeof part === 'string' && !isConstant(part));
      return wrong === undefined ? null : unknownConstant({ name: '', kind: 'int' }, String(wrong));
    }
    case 'struct': {
      const type = arg.type;
      if (type !== undefined && !names.structs.has(type)) {
        const message = `there is no struct ${type}`;
        return { message, suggestion: nearest(type, names.structs.keys()) };
      }
      return firstProblem(arg.fields, names);
    }
    case 'list':
      return firstProblem(arg.items, names);
    case 'call':
      return callProblem(arg.call, names);
    case 'sizeof':
      if (names.kindOf(arg.of) !== null || names.structs.has(arg.of)) return null;
      return { message: `there is no ${arg.of}`, suggestion: nearest(arg.of, names.all()) };
    case 'endpoint':
      return hostProblem(arg, names);
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
      return unknownName({ name: '', kind: 'int' }, arg.name, names);
    }
  }
  return null;
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
function hostProblem({ endpoint }: Extract<Arg, { kind: 'endpoint' }>, names: Names): Wrong | null {
  if (!('host' in endpoint) || endpoint.host.kind !== 'hostname') return null;
  const { name } = endpoint.host;
  const known = ['localhost', 'INADDR_ANY', 'INADDR_LOOPBACK'].includes(name);
  if (known || names.kindOf(name) !== null) return null;
  const message = `the kernel knows no names: give the address of ${name}, or ask getaddrinfo()`;
  return { message, suggestion: nearest(name, ['localhost', ...names.all()]) };
}

function portProblem(arg: Extract<Arg, { kind: 'at' }>, names: Names): Wrong | null {
  if (names.kindOf(arg.port) !== null) return null;
  const length = printArg(arg).length;
  return {
    message: `no service and no value has the name ${arg.port}`,
    suggestion: nearest(arg.port, names.all()),
    part: [length - arg.port.length, length],
  };
}

function rangeProblem({ most }: Param, arg: Arg): Wrong | null {
  if (most === undefined || arg.kind !== 'integer' || (arg.value >= 0 && arg.value <= most)) {
    return null;
  }
  const message = `${arg.value} does not fit: 0 to ${most}; C would cut it off without a word`;
  return { message, suggestion: null };
}

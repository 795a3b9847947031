/** The kinds of parameters: what may be written for each, and how a mistake is explained. */
import type { Arg, Value } from '../call.ts';

export type ParamKind =
  | 'socket' // an open one
  | 'known socket' // a closed one is as good: its connection may live on
  | 'address'
  | 'int'
  | 'flags'
  | 'size'
  | 'room' // a count of bytes, or a type to read
  | 'bytes'
  | 'text'
  | 'option'
  | 'timeout' // of poll(2): milliseconds, −1 for no limit
  | 'duration'
  | 'state'
  | 'out' // a name that is given a value
  | 'pair' // two names that are given sockets
  | 'fds' // struct pollfd, one or several
  | 'file'
  | 'job'
  | 'printable' // what fprintf() takes: a number or text
  | 'anything';

/** What a name can stand for, as far as it can be told without making the call. */
export type NameKind =
  | 'socket'
  | 'integer'
  | 'bytes'
  | 'address'
  | 'addresses'
  | 'struct'
  | 'record'
  | 'type'
  | 'file'
  | 'state'
  | 'pair'
  | 'anything';

interface Rule {
  /** What may be written; a name is judged by what it stands for. */
  readonly written: readonly Arg['kind'][];
  readonly names: readonly NameKind[];
  /** What is said where something else was written. */
  readonly wanted: string;
}

const NUMBER = 'a number or a constant is wanted here';
const DECIMAL = 'a whole number is wanted here: only float and double fields have a point';
const ADDRESS = 'an address is 127.0.0.1:8888, [::1]:8888, unix:/path, or the name of a socket';
const BYTES = 'bytes are written "text\\n" or hex"de ad"';

const number = ['integer', 'constants', 'call', 'sizeof', 'null'] as const;

export const KINDS: Readonly<Record<ParamKind, Rule>> = {
  socket: { written: ['integer'], names: ['socket'], wanted: 'a socket is given by its name' },
  'known socket': {
    written: ['integer'],
    names: ['socket'],
    wanted: 'a socket is given by its name',
  },
  address: {
    written: ['endpoint', 'integer', 'at', 'null'],
    names: ['socket', 'address', 'addresses', 'integer', 'record'],
    wanted: ADDRESS,
  },
  int: { written: number, names: ['integer'], wanted: NUMBER },
  flags: {
    written: ['integer', 'constants', 'null'],
    names: ['integer'],
    wanted: 'flags are constants such as MSG_PEEK, joined with |, or 0',
  },
  size: { written: number, names: ['integer'], wanted: 'a count of bytes is wanted here' },
  room: {
    written: number,
    names: ['integer', 'type', 'record'],
    wanted: 'a count of bytes, or the name of a struct, is wanted here',
  },
  bytes: {
    written: ['bytes', 'struct', 'call'],
    names: ['bytes', 'record'],
    wanted: BYTES,
  },
  text: { written: ['bytes', 'null'], names: ['bytes'], wanted: 'text is wanted here: "\\n"' },
  option: {
    written: [...number, 'bytes', 'struct'],
    names: ['integer', 'bytes', 'record', 'struct'],
    wanted: 'an option takes a number, a structure such as {1, 0}, or bytes',
  },
  timeout: {
    written: [...number, 'duration'],
    names: ['integer'],
    wanted: 'a time is wanted here: 100 (milliseconds), 1s, or -1 for no limit',
  },
  duration: {
    written: ['duration', 'integer'],
    names: ['integer'],
    wanted: 'a time is wanted here: 200ms, 5s, 2m',
  },
  state: {
    written: ['state'],
    names: [],
    wanted: 'a state is wanted here, as RFC 9293 spells it: ESTABLISHED, FIN-WAIT-2',
  },
  out: { written: ['null'], names: [], wanted: 'the name of what is filled in is wanted here' },
  pair: {
    written: ['list', 'struct'],
    names: [],
    wanted: 'the names of the two sockets are wanted here: [left, right]',
  },
  fds: {
    written: ['struct', 'list'],
    names: [],
    wanted: 'what to poll is written {conn, POLLIN}, or [{a, POLLIN}, {b, POLLOUT}]',
  },
  file: {
    written: [],
    names: ['file'],
    wanted: 'a FILE is wanted here: fdopen(conn, "r") gives one',
  },
  job: {
    written: ['integer'],
    names: ['anything'],
    wanted: 'a blocked call is given by its number, or by the name that it will give',
  },
  printable: {
    written: [...number, 'bytes'],
    names: ['integer', 'bytes'],
    wanted: 'a number or text is wanted here',
  },
  anything: {
    written: [...number, 'bytes', 'struct', 'endpoint', 'duration', 'state'],
    names: ['anything'],
    wanted: 'a value is wanted here',
  },
};

/** Where C passes a pointer. */
const POINTERS: ReadonlySet<ParamKind> = new Set<ParamKind>([
  'address',
  'bytes',
  'option',
  'out',
  'fds',
]);

/** What is said where something else was written. */
export function wantedFor(kind: ParamKind, { kind: written }: Arg): string {
  return written === 'decimal' ? DECIMAL : KINDS[kind].wanted;
}

/** What a name stands for that has this value. */
export function kindOfValue({ kind }: Value): NameKind {
  return kind;
}

/** Whether something of this form can stand there; what a name stands for is not looked at. */
export function couldBe(kind: ParamKind, arg: Arg): boolean {
  // Plain numbers are counts: a flag is written by its name.
  if (kind === 'flags' && arg.kind === 'integer') return arg.value === 0;
  if (arg.kind === 'name') {
    // `&peer` is where C wants to be told where memory is; `peer` alone is hardly a flag.
    if (arg.ref === true && !POINTERS.has(kind)) return false;
    if (kind === 'flags' && /^[a-z]/.test(arg.name)) return false;
    return KINDS[kind].names.length > 0 || kind === 'out' || kind === 'pair';
  }
  return KINDS[kind].written.includes(arg.kind);
}

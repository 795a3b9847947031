/** A call as a value: what the user asked for, before anything is looked up or made. */
import type { Endpoint } from './endpoint.ts';

/** The calls of the table in call-table.ts. */
export type CallName =
  | 'socket'
  | 'bind'
  | 'listen'
  | 'accept'
  | 'connect'
  | 'read'
  | 'write'
  | 'shutdown'
  | 'close'
  | 'getsockname'
  | 'getpeername'
  | 'setsockopt'
  | 'getsockopt'
  | 'fcntl';

/** One system call with its arguments. It is plain data: it can be printed, saved and compared. */
export interface Call {
  readonly name: CallName;
  readonly args: readonly Arg[];
  /** The name that the user gives to what the call returns: `server = socket(…)`. */
  readonly as?: string;
}

/** An argument as it was written. */
export type Arg =
  | { readonly kind: 'integer'; readonly value: number }
  /** Constants by their C names, and numbers, joined with `|`. */
  | { readonly kind: 'constants'; readonly parts: readonly (string | number)[] }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint }
  /** `{1, 0}`: a small structure, such as struct linger. */
  | { readonly kind: 'struct'; readonly fields: readonly number[] }
  | { readonly kind: 'null' };

/** What a call gives back, as a value of the call language. */
export type Value =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'struct'; readonly fields: readonly number[] }
  /** A new socket, by the name that it goes by. */
  | { readonly kind: 'socket'; readonly name: string; readonly fd: number };

/** What a caller may write for an argument; {@link call} makes an {@link Arg} of it. */
export type Argument = Arg | number | Uint8Array | string;

/**
 * Builds a call in a program: `call('bind', 'server', endpoint)`.
 *
 * Numbers become integers and byte arrays bytes. A string becomes a constant where it looks like
 * one (`AF_INET`, `SOCK_STREAM|SOCK_NONBLOCK`), else a socket's name. Endpoints and text to send
 * are written with `endpoint('127.0.0.1:0')` and `text('hello')`.
 */
export function call(name: CallName, ...args: readonly Argument[]): Call {
  return { name, args: args.map(argument) };
}

/** The same call, with a name for what it returns. */
export function named(as: string, made: Call): Call {
  return { ...made, as };
}

/** Text as the bytes of its UTF-8. */
export function text(content: string): Arg {
  return { kind: 'bytes', bytes: new TextEncoder().encode(content) };
}

function argument(value: Argument): Arg {
  if (typeof value === 'number') return { kind: 'integer', value };
  if (value instanceof Uint8Array) return { kind: 'bytes', bytes: value };
  if (typeof value !== 'string') return value;
  if (/^[A-Z][A-Z0-9_]*(\|[A-Z][A-Z0-9_]*)*$/.test(value)) {
    return { kind: 'constants', parts: value.split('|') };
  }
  return { kind: 'name', name: value };
}

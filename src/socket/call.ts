/** A call as a value: what the user asked for, before anything is looked up or made. */
import type { Layout } from '../wire/struct/layout.ts';
import type { Endpoint } from './endpoint.ts';
import type { TcpState } from './state.ts';

/** The calls of the table, in the order in which a connection meets them: help and completion keep it. */
export const CALL_NAMES = [
  'socket',
  'socketpair',
  'bind',
  'listen',
  'accept',
  'connect',
  'read',
  'write',
  'send',
  'recv',
  'sendto',
  'recvfrom',
  'recvuntil',
  'recvline',
  'recvn',
  'recvall',
  'shutdown',
  'close',
  'getsockname',
  'getpeername',
  'setsockopt',
  'getsockopt',
  'fcntl',
  'ioctl',
  'poll',
  'fdopen',
  'fgets',
  'fscanf',
  'fprintf',
  'fflush',
  'fclose',
  'getaddrinfo',
  'getnameinfo',
  'inet_pton',
  'inet_ntop',
  'inet_addr',
  'htons',
  'htonl',
  'ntohs',
  'ntohl',
  'strlen',
  'state',
  'queue',
  'wait',
  'sleep',
  'cancel',
] as const;

export type CallName = (typeof CALL_NAMES)[number];

/** One call with its arguments. It is plain data: it can be printed, saved and compared. */
export interface Call {
  readonly name: CallName;
  readonly args: readonly Arg[];
  /** The name that the user gives to what the call returns: `server = socket(…)`. */
  readonly as?: string;
  /** The name of the second socket of a pair: `left, right = socketpair(…)`. */
  readonly second?: string;
}

/** An argument as it was written. */
export type Arg =
  | { readonly kind: 'integer'; readonly value: number }
  /** `3.5`: for a float or double of a structure. */
  | { readonly kind: 'decimal'; readonly value: number }
  /** Constants by their C names, and numbers, joined with `|`. */
  | { readonly kind: 'constants'; readonly parts: readonly (string | number)[] }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** `conn`, `pair[0]`, `msg.age`; with `ref`, `&age`: where C wants to be told where to write. */
  | { readonly kind: 'name'; readonly name: string; readonly ref?: true }
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint }
  /** `127.0.0.1:port`: an address whose port is the number that a name stands for. */
  | { readonly kind: 'at'; readonly host: string; readonly port: string }
  /** `{1, 0}`: a small structure, such as struct linger; `person{"Ann", 33}`: one that was defined. */
  | { readonly kind: 'struct'; readonly type?: string; readonly fields: readonly Arg[] }
  /** `[{a, POLLIN}, {b, POLLOUT}]`: an array. */
  | { readonly kind: 'list'; readonly items: readonly Arg[] }
  /** `200ms`, `5s`, `2m`: milliseconds. */
  | { readonly kind: 'duration'; readonly ms: number }
  /** A state of a TCP connection, as RFC 9293 spells it. */
  | { readonly kind: 'state'; readonly state: TcpState }
  /** `htons(8888)`: a call that only computes, inside another one. */
  | { readonly kind: 'call'; readonly call: Call }
  /** `sizeof(msg)`: of a value or a type. */
  | { readonly kind: 'sizeof'; readonly of: string }
  | { readonly kind: 'null' };

/** A part of a structure: a number, text, or a structure or array inside it. */
export type Item = number | bigint | Uint8Array | readonly Item[];

/** What a call gives back, as a value of the call language. */
export type Value =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'address'; readonly address: string }
  /** What getaddrinfo() found, in its order. */
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'struct'; readonly fields: readonly Item[] }
  /** Memory with a C type: a structure. Fewer bytes than it has may have come. */
  | { readonly kind: 'record'; readonly layout: Layout; readonly bytes: Uint8Array }
  /** A new socket, by the name that it goes by. */
  | { readonly kind: 'socket'; readonly name: string; readonly fd: number }
  /** Two sockets that are connected to each other. */
  | { readonly kind: 'pair'; readonly sockets: readonly { name: string; fd: number }[] }
  /** A FILE over a socket. */
  | { readonly kind: 'file'; readonly name: string }
  /** Null where the kernel can’t be asked, or the socket has no states. */
  | { readonly kind: 'state'; readonly state: TcpState | null };

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

/** What a row of the table of calls consists of, and the parameters that many rows share. */

import { constants } from '../../sys/platform.ts';
import type { Field, SocketAddress } from '../../sys/sockaddr.ts';
import type { Result, Sys } from '../../sys/sys.ts';
import type { CallName, Value } from '../call.ts';
import type { Arguments } from './arguments.ts';

/** What a parameter takes; `constants` are the C names that make sense there, for completion. */
export interface Param {
  readonly name: string;
  readonly kind: 'socket' | 'address' | 'int' | 'size' | 'bytes' | 'option';
  readonly optional?: true;
  readonly constants?: readonly string[];
}

/** A call with its arguments resolved: all that can be wrong before the kernel is asked was right. */
export interface Prepared {
  /** The call as C has it. */
  readonly text: string;
  /** The socket address that is passed: as bytes by field, and as an endpoint is written. */
  readonly layout?: readonly Field[];
  readonly address?: string;
  /**
   * Makes the system call once.
   * @param done bytes that this write has handed over already, before it was blocked
   */
  attempt(sys: Sys, done: number): Made;
}

/** A call that was made once. */
export interface Made {
  /** What the kernel answered: ≥ 0, or −errno. */
  readonly result: Result;
  /** What it gives as a value, where that is more than the result. */
  readonly value?: Value;
  /** The call as C has it, where the answer belongs into it (the bytes of a read). */
  readonly text?: string;
  readonly layout?: readonly Field[];
  /** Who connected: accept() tells it also where the connection is gone already. */
  readonly peer?: SocketAddress;
  /** Bytes that a write has not handed over yet: a blocking write goes on until it is 0. */
  readonly rest?: number;
}

export interface Row {
  readonly name: CallName;
  readonly params: readonly Param[];
  /** The C prototype, from the manual page. */
  readonly signature: string;
  readonly does: string;
  /** A statement that shows how it is written here. */
  readonly example: string;
  /** The manual page and its section. */
  readonly source: string;
  /** Set where the call can block: what it then waits for. */
  readonly blocks?: { readonly on: 'readable' | 'writable'; readonly because: string };
  /** True where a success returns the descriptor of a new socket. */
  readonly makesSocket?: true;
  /** @throws BadCall where an argument makes no sense; nothing is then called */
  prepare(args: Arguments): Prepared;
}

/** strace shows 32 bytes of a buffer; a line of 80 columns has room for these. */
export const BYTES_SHOWN = 32;

export const SOCKET: Param = { name: 'socket', kind: 'socket' };
export const ADDRESS: Param = { name: 'address', kind: 'address' };

/** The constants of this platform whose names match. */
export function known(pattern: RegExp): string[] {
  return [...constants.keys()].filter((name) => pattern.test(name));
}

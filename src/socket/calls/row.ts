/** What a row of the table of calls consists of, and the parameters that many rows share. */

import { constants } from '../../sys/platform.ts';
import type { Field, SocketAddress } from '../../sys/sockaddr.ts';
import type { Result, Sys } from '../../sys/sys.ts';
import type { Arg, CallName, Value } from '../call.ts';
import type { Detail } from '../detail.ts';
import type { Door, Waiter } from '../door.ts';
import type { Arguments } from './arguments.ts';
import { couldBe, type NameKind, type ParamKind } from './kinds.ts';

/** What a parameter takes; `constants` are the C names that make sense there, for completion. */
export interface Param {
  readonly name: string;
  readonly kind: ParamKind;
  readonly optional?: true;
  /** C’s own buffer for the answer: what the call returns is then a number, such as its length. */
  readonly counted?: true;
  /** Takes all arguments from here on. */
  readonly rest?: true;
  readonly constants?: readonly string[];
  /** The largest number that fits, where it is less than an int's. */
  readonly most?: number;
}

/** A call with its arguments resolved: all that can be wrong before the kernel is asked was right. */
export interface Prepared {
  /** The call as C has it. */
  readonly text: string;
  /** The socket address that is passed: as bytes by field, and as an endpoint is written. */
  readonly layout?: readonly Field[];
  readonly address?: string;
  readonly details?: readonly Detail[];
  /** True where the call must not wait though its socket would: MSG_DONTWAIT. */
  readonly dontWait?: boolean;
  /** What it waits for, in words, where that is more exact than the row's. */
  readonly because?: string;
  /** True where no readiness of the descriptor tells when it can be done: it is tried now and then. */
  readonly untold?: boolean;
  /**
   * How to wait where readiness of the one descriptor is not what is waited for. Resolves when
   * attempt() is worth calling again.
   */
  wait?(door: Door, waiter: Waiter): Promise<void>;
  /**
   * Makes the system call once.
   * @param done bytes that this write has handed over already, before it was blocked; of a call
   *   with a flush(), what that came to: 0, or −errno
   */
  attempt(sys: Sys, done: number): Made;
  /**
   * What the call returns where it is ended while it is blocked, if that is more than the errno:
   * recv(2) with MSG_WAITALL gives what has come. Null: the errno.
   * @param why −errno
   */
  partly?(why: Result): Made | null;
  /**
   * Of a call that gives the descriptor back: what must be handed over before that, fclose(3).
   * It is repeated as attempt() is; attempt() then learns what it came to, as `done`.
   */
  flush?(sys: Sys): Made;
}

/** A call that was made once. */
export interface Made {
  /** What the kernel answered: ≥ 0, or −errno. */
  readonly result: Result;
  /** True where it is not done, and no errno says so: poll() whose time is not over. */
  readonly again?: true;
  /** What it failed with, where that is no errno: `EAI_NONAME`, `EOF`. `result` is then negative. */
  readonly failure?: { readonly code: string; readonly text: string };
  /** What it gives as a value, where that is more than the result. */
  readonly value?: Value;
  /** What stands behind `=` in the call line, where it is not the result. */
  readonly shown?: string;
  /** Names that are given a value: `&age`. */
  readonly gives?: readonly (readonly [name: string, value: Value])[];
  /** The call as C has it, where the answer belongs into it (the bytes of a read). */
  readonly text?: string;
  readonly layout?: readonly Field[];
  readonly details?: readonly Detail[];
  /** True where the socket's descriptor was given back: close(2) does it also where it fails. */
  readonly closed?: boolean;
  /** New sockets. A name of null: the call's own. */
  readonly opened?: readonly Opened[];
  /** Who connected: accept() tells it also where the connection is gone already. */
  readonly peer?: SocketAddress;
  /** Bytes that a write has not handed over yet: a blocking write goes on until it is 0. */
  readonly rest?: number;
}

/** A descriptor that a call returned. */
export interface Opened {
  readonly fd: number;
  readonly name: string | null;
  /** Of socket() and socketpair(); null: as the listener that it came from. */
  readonly made: { readonly domain: number; readonly type: number } | null;
}

export interface Row {
  readonly name: CallName;
  /**
   * `system`: a system call. `library`: what C's library does in the program itself, around system
   * calls or without any. `asking`: a question of socklab's own; a C program has no such call.
   */
  readonly kind: 'system' | 'library' | 'asking';
  readonly params: readonly Param[];
  /** Other ways to write it: as C has it, with buffers and lengths. */
  readonly alsoAs?: readonly (readonly Param[])[];
  /** The C prototype, from the manual page; for an asking call, how it is written. */
  readonly signature: string;
  readonly does: string;
  /** A statement that shows how it is written here. */
  readonly example: string;
  /** The manual page and its section. */
  readonly source: string;
  /** Set where the call can block: what it then waits for. */
  readonly blocks?: { readonly on: 'readable' | 'writable'; readonly because: string };
  /** What a name stands for that is given to what it returns. */
  readonly gives: NameKind;
  /** True where a success returns new sockets. */
  readonly makesSocket?: true;
  /** True where it gives the socket's descriptor back. */
  readonly closes?: true;
  /** The system calls that attempt() and flush() make, where it is not the one of the row's name. */
  readonly uses?: readonly (keyof Sys)[];
  /** True where it only computes, so that it can stand inside another call: htons(). */
  readonly computes?: true;
  /** @throws BadCall where an argument makes no sense; nothing is then called */
  prepare(args: Arguments): Prepared;
}

/** strace shows 32 bytes of a buffer; a line of 80 columns has room for these. */
export const BYTES_SHOWN = 32;

export const SOCKET: Param = { name: 'socket', kind: 'socket' };
export const ADDRESS: Param = { name: 'address', kind: 'address' };
/** sizeof(addr): the language knows the length itself, so it is read and dropped. */
export const LENGTH: Param = { name: 'length', kind: 'size', optional: true };
export const BUFFER: Param = { name: 'buffer', kind: 'out' };
export const COUNT: Param = { name: 'count', kind: 'size' };

/** The constants of this platform whose names match. */
export function known(pattern: RegExp): string[] {
  return [...constants.keys()].filter((name) => pattern.test(name));
}

/**
 * The way of writing the call that these arguments follow; null where there is none.
 * By their number first, then by their form: `send(c, "x", MSG_OOB)` and `send(c, "x", 1, 0)`.
 */
export function formOf(row: Row, args: readonly Arg[]): readonly Param[] | null {
  const forms = formsTaking(row, args.length);
  // Most calls are written in one way with so many arguments.
  if (forms.length < 2) return forms[0] ?? null;
  const fits = (form: readonly Param[]) =>
    args.every((arg, i) => couldBe(paramAt(form, i).kind, arg));
  return forms.find(fits) ?? forms[0] ?? null;
}

/** Each call is looked up several times on its way, so what a row has for a count is kept. */
const byCount = new Map<Row, Map<number, readonly (readonly Param[])[]>>();

function formsTaking(row: Row, count: number): readonly (readonly Param[])[] {
  const known = byCount.get(row) ?? new Map<number, readonly (readonly Param[])[]>();
  byCount.set(row, known);
  const forms =
    known.get(count) ?? [row.params, ...(row.alsoAs ?? [])].filter((form) => takes(form, count));
  // A call can be written with any number of arguments; only those that mean something are kept.
  if (forms.length > 0 && count < MOST_KEPT) known.set(count, forms);
  return forms;
}

const MOST_KEPT = 16;

/** Whether the answer goes into C's own buffer, so that `n = …` is the number that C returns. */
export function isCounted(row: Row, args: readonly Arg[]): boolean {
  const form = formOf(row, args) ?? [];
  return form.slice(0, args.length).some(({ counted }) => counted);
}

/** The parameter that argument `at` is for; the last one takes the rest. */
export function paramAt(form: readonly Param[], at: number): Param {
  return form[Math.min(at, form.length - 1)] as Param;
}

/** `socket, bytes, [flags]`. */
export function formText(form: readonly Param[]): string {
  return form
    .map(({ name, optional, rest }) => (optional || rest ? `[${name}${rest ? ', …' : ''}]` : name))
    .join(', ');
}

function takes(form: readonly Param[], count: number): boolean {
  const least = form.filter((param) => !param.optional && !param.rest).length;
  return count >= least && (count <= form.length || form.at(-1)?.rest === true);
}

/** The two ways to fail: the kernel said no (SocketError), or the call made no sense (BadCall). */
import { errnoName } from '../sys/platform.ts';
import type { Sys } from '../sys/sys.ts';

/** The two ends of what an error is about, as endpoints are written. */
export interface Where {
  readonly local?: string | null;
  readonly remote?: string | null;
}

/** A call that the kernel refused. Its message names the call, where, the errno and its text. */
export class SocketError extends Error {
  override readonly name = 'SocketError';
  /** The call, for example `connect`. */
  readonly call: string;
  /** The errno's name, for example `ECONNREFUSED`. Node's convention calls it `code`. */
  readonly code: string;
  /** Its text (strerror(3)), for example `Connection refused`. */
  readonly text: string;
  readonly local: string | null;
  readonly remote: string | null;

  constructor(failure: { call: string; code: string; text: string }, where: Where = {}) {
    const at = where.remote ?? where.local;
    super(`${failure.call}${at == null ? '' : ` ${at}`}: ${failure.code} (${failure.text})`);
    this.call = failure.call;
    this.code = failure.code;
    this.text = failure.text;
    this.local = where.local ?? null;
    this.remote = where.remote ?? null;
  }
}

/** Turns a negative {@link Result} of a bare system call into an error. */
export function socketError(
  sys: Sys,
  call: string,
  result: number,
  where: Where = {},
): SocketError {
  return new SocketError({ call, code: errnoName(-result), text: sys.strerror(-result) }, where);
}

/** A call that was not made, because it can't mean anything. Nothing reached the kernel. */
export class BadCall extends Error {
  override readonly name = 'BadCall';
  /** Which argument it is about, from 0; null for the call as a whole. */
  readonly argument: number | null;
  /** The nearest right word, where there is one. */
  readonly suggestion: string | null;

  constructor(message: string, argument: number | null = null, suggestion: string | null = null) {
    super(message);
    this.argument = argument;
    this.suggestion = suggestion;
  }
}

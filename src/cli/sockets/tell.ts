/** What the commands that open sockets tell in the same words. */
import type { AccessRule } from '../../socket/access.ts';
import type { SocketError } from '../../socket/errors.ts';
import { visibleText } from '../../view/visible.ts';
import { codeOf } from '../exit.ts';
import type { Running } from '../running.ts';
import { sayReady } from './ready-fd.ts';

type Tell = Running['tell'];

/** An address of a socket's: a Unix one may have none, or one that a peer has chosen itself. */
export function shownAddress(address: string | null): string {
  return address === null ? 'a socket without a name' : visibleText(address);
}

/** What stands in the ready line besides the address. */
export interface ReadyOptions {
  readonly readyFd?: number;
  readonly rules: readonly AccessRule[];
  /** Lines before it, each with its end. */
  readonly before?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** The ready line, a warning where others than this machine can connect, and --ready-fd. */
export function tellListening(tell: Tell, local: string, options: ReadyOptions): void {
  const { readyFd, rules, before = '', fields = {} } = options;
  const { pid } = process;
  const sentence = `${before}listening on ${visibleText(local)} (pid ${pid})`;
  tell('listening', { local, pid, ...fields }, sentence);
  warnIfWide(tell, local, rules);
  if (readyFd !== undefined) sayReady(readyFd, local);
}

/**
 * A failure that does not end the command.
 * @param local our end, where the error may not know it; @param behind is added to the sentence
 */
export function tellError(
  tell: Tell,
  error: SocketError,
  local: string | null = error.local,
  { code = codeOf(error), remote = error.remote, behind = '' } = {},
): void {
  const { call, code: errno, message } = error;
  const fields = { code, call, errno, local, remote, message };
  tell('error', fields, `socklab: ${visibleText(message)}${behind}`);
}

/** Others than this machine can reach it, and nothing keeps them out. */
function warnIfWide(tell: Tell, local: string, rules: readonly AccessRule[]): void {
  if (rules.length > 0 || /^(127\.|\[::1\]|\[::ffff:127\.|unix)/.test(local)) return;
  const message = 'warning: whoever can reach this machine can connect; --allow narrows it';
  tell('warning', { local, message }, message);
}

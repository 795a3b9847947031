/** What the commands that listen have in common: their options, and what they tell. */
import type { AccessRule } from '../../socket/access.ts';
import type { SocketError } from '../../socket/errors.ts';
import type { ServeEvents, ServeOptions } from '../../socket/plan/serve.ts';
import { visibleText } from '../../view/visible.ts';
import type { RuleWords } from '../commands/listening.ts';
import { familyOf } from '../endpoints.ts';
import { codeOf, EXIT } from '../exit.ts';
import type { Running, RunOptions } from '../running.ts';
import { sayReady } from './ready-fd.ts';
import type { ServerTls } from './tls.ts';

export interface ListeningOptions extends RunOptions {
  readonly once?: boolean;
  readonly backlog: number;
  readonly maxConnections?: number;
  readonly idle?: number;
  readonly rules: readonly RuleWords[];
  readonly readyFd?: number;
  readonly 4?: boolean;
  readonly 6?: boolean;
}

/** The options as the plan takes them. */
export function listenOptions(
  options: ListeningOptions,
  rules: readonly AccessRule[],
): Omit<ServeOptions, 'service' | 'secure' | 'input' | 'output'> {
  return {
    family: familyOf(options),
    backlog: options.backlog,
    once: options.once === true,
    maxConnections: options.maxConnections ?? Number.POSITIVE_INFINITY,
    idleMs: options.idle ?? null,
    rules,
  };
}

export function serveEvents(
  { tell, progress }: Pick<Running, 'tell' | 'progress'>,
  options: ListeningOptions,
  rules: readonly AccessRule[],
  tls: ServerTls | null,
): ServeEvents {
  const fail = (code: number, error: SocketError, remote: string | null, behind = '') => {
    const { call, code: errno, local, message } = error;
    tell(
      'error',
      { code, call, errno, local, remote, message },
      `socklab: ${visibleText(message)}${behind}`,
    );
  };
  return {
    listening(local) {
      const { pid } = process;
      const fingerprint = tls === null ? {} : { fingerprint: tls.certificate.fingerprint };
      const sentence = `${introduced(tls)}listening on ${visibleText(local)} (pid ${pid})`;
      tell('listening', { local, pid, ...fingerprint }, sentence);
      warnIfWide(tell, local, rules);
      if (options.readyFd !== undefined) sayReady(options.readyFd, local);
    },
    refused({ local, remote }) {
      tell('refused', { local, remote }, `refused ${shown(remote)}: not allowed`, 'news');
    },
    accepted(connection) {
      const { local, remote } = connection;
      progress.add(connection);
      tell('accepted', { local, remote }, `connected from ${shown(remote)}`, 'news');
    },
    closed(connection, lost) {
      const { local, remote, bytesIn, bytesOut } = connection;
      progress.remove(connection);
      if (lost !== null && !options.once) fail(codeOf(lost), lost, remote);
      const moved = { bytes_in: bytesIn, bytes_out: bytesOut };
      tell('closed', { local, remote, ...moved }, `closed ${shown(remote)}`, 'news');
    },
    exhausted: (error) =>
      fail(EXIT.unsupported, error, null, '; waiting until connections are closed'),
  };
}

function introduced(tls: ServerTls | null): string {
  if (tls === null || !tls.isNew) return '';
  const { names, fingerprint } = tls.certificate;
  return `made a self-signed certificate for ${names.join(', ')}\nSHA-256 fingerprint ${fingerprint}\n`;
}

/** A Unix socket's client may have no name, or one that it has chosen itself. */
function shown(remote: string | null): string {
  return remote === null ? 'a client without a name' : visibleText(remote);
}

/** Others than this machine can reach it, and nothing keeps them out. */
export function warnIfWide(
  tell: Running['tell'],
  local: string,
  rules: readonly AccessRule[],
): void {
  if (rules.length > 0 || /^(127\.|\[::1\]|\[::ffff:127\.|unix)/.test(local)) return;
  const message = 'warning: whoever can reach this machine can connect; --allow narrows it';
  tell('warning', { local, message }, message);
}

/** What the commands that listen have in common: their options, and what they tell. */
import type { AccessRule } from '../../socket/access.ts';
import type { ServeEvents, ServeOptions } from '../../socket/plan/serve.ts';
import type { RuleWords } from '../commands/listening.ts';
import { familyOf } from '../endpoints.ts';
import { EXIT } from '../exit.ts';
import type { Running, RunOptions } from '../running.ts';
import { shownAddress, tellError, tellListening } from './tell.ts';
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
  { tell, tellsNews, progress }: Pick<Running, 'tell' | 'tellsNews' | 'progress'>,
  options: ListeningOptions,
  rules: readonly AccessRule[],
  tls: ServerTls | null,
): ServeEvents {
  return {
    listening(local) {
      const fields = tls === null ? {} : { fingerprint: tls.certificate.fingerprint };
      tellListening(tell, local, { ...options, rules, fields, before: introduced(tls) });
    },
    refused({ local, remote }) {
      tell('refused', { local, remote }, `refused ${shownAddress(remote)}: not allowed`, 'news');
    },
    accepted(connection) {
      progress.add(connection);
      if (!tellsNews) return;
      const { local, remote } = connection;
      tell('accepted', { local, remote }, `connected from ${shownAddress(remote)}`, 'news');
    },
    closed(connection, lost) {
      progress.remove(connection);
      if (lost === null && !tellsNews) return;
      const { local, remote, bytesIn, bytesOut } = connection;
      if (lost !== null && !options.once) tellError(tell, lost, local, { remote });
      const moved = { bytes_in: bytesIn, bytes_out: bytesOut };
      tell('closed', { local, remote, ...moved }, `closed ${shownAddress(remote)}`, 'news');
    },
    exhausted: (error) =>
      tellError(tell, error, error.local, {
        code: EXIT.unsupported,
        behind: '; waiting until connections are closed',
      }),
  };
}

function introduced(tls: ServerTls | null): string {
  if (tls === null || !tls.isNew) return '';
  const { names, fingerprint } = tls.certificate;
  return `made a self-signed certificate for ${names.join(', ')}\nSHA-256 fingerprint ${fingerprint}\n`;
}

/** `socklab serve`. */
import { closeSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
import { Input } from '../socket/plan/input.ts';
import { serve } from '../socket/plan/serve.ts';
import { services } from '../socket/services/service.ts';
import { visibleText } from '../view/visible.ts';
import type { Context } from './context.ts';
import { streamEndpoint } from './endpoints.ts';
import { codeOf, EXIT, Failure } from './exit.ts';
import { type RunOptions, running } from './running.ts';
import { type ServerTls, serverTls, type TlsServerArguments } from './tls.ts';

export interface ServeCommandOptions extends RunOptions, TlsServerArguments {
  readonly once?: boolean;
  readonly service?: string;
  readonly backlog: number;
  readonly maxConnections?: number;
  readonly readyFd?: number;
  readonly 4?: boolean;
  readonly 6?: boolean;
}

export async function serveCommand(
  context: Context,
  where: string,
  options: ServeCommandOptions,
): Promise<number> {
  const endpoint = streamEndpoint(where);
  const tls = await serverTls(endpoint, options);
  const service =
    options.service === undefined ? null : (services.get(options.service)?.() ?? null);
  return running(context, options, async ({ session, stdio, output, tell }) => {
    const { source, interactive } = stdio.stdin(options.step === true);
    const input = new Input(source, interactive);
    await serve(
      session,
      endpoint,
      {
        family: options[4] ? 4 : options[6] ? 6 : 0,
        backlog: options.backlog,
        once: options.once === true,
        maxConnections: options.maxConnections ?? Number.POSITIVE_INFINITY,
        service,
        secure: tls?.securing(tell) ?? null,
        input,
        output,
      },
      {
        listening(local) {
          const { pid } = process;
          const sentence = `${introduced(tls)}listening on ${local} (pid ${pid})`;
          const fingerprint = tls === null ? {} : { fingerprint: tls.certificate.fingerprint };
          tell('listening', { local, pid, ...fingerprint }, sentence);
          if (options.readyFd !== undefined) sayReady(options.readyFd, local);
        },
        accepted({ local, remote }) {
          tell('accepted', { local, remote }, `connected from ${remote}`, 'news');
        },
        closed({ local, remote, bytesIn, bytesOut }, lost) {
          if (lost !== null && !options.once) {
            const { call, code: errno, message } = lost;
            tell(
              'error',
              { code: codeOf(lost), call, errno, local, remote, message },
              `socklab: ${visibleText(message)}`,
            );
          }
          const moved = { bytes_in: bytesIn, bytes_out: bytesOut };
          tell('closed', { local, remote, ...moved }, `closed ${remote}`, 'news');
        },
        exhausted(error) {
          const { call, code: errno, message } = error;
          const sentence = `socklab: ${message}; waiting until connections are closed`;
          tell(
            'error',
            { code: EXIT.unsupported, call, errno, local: error.local, remote: null, message },
            sentence,
          );
        },
      },
    );
  });
}

/** A certificate that nobody can know yet: its fingerprint is what a client can compare. */
function introduced(tls: ServerTls | null): string {
  if (tls === null || !tls.isNew) return '';
  const { names, fingerprint } = tls.certificate;
  return `made a self-signed certificate for ${names.join(', ')}\nSHA-256 fingerprint ${fingerprint}\n`;
}

/** --ready-fd: whoever started us reads the address there, and needs neither sleep nor parsing. */
function sayReady(fd: number, local: string): void {
  try {
    if (isOurOwn(fd)) throw new Error('it was not handed to socklab');
    writeSync(fd, `${local}\n`);
    if (fd > 2) closeSync(fd);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(`--ready-fd ${fd}: ${why}`, EXIT.usage);
  }
}

/**
 * Whether the descriptor is one of Node's: its event loop's (an anonymous inode, or a pipe with
 * both ends here). To write to those, or close them, would end the process.
 */
function isOurOwn(fd: number): boolean {
  const target = linkOf(String(fd));
  if (target === null || fd <= 2) return false;
  if (target.startsWith('anon_inode:')) return true;
  const same = readdirSync('/proc/self/fd').filter((other) => linkOf(other) === target);
  return target.startsWith('pipe:') && same.length > 1;
}

/** What a descriptor leads to: proc(5); null where it is closed, or there is no /proc. */
function linkOf(fd: string): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return null;
  }
}

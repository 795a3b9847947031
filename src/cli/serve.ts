/** `socklab serve`. */
import { Input } from '../socket/plan/input.ts';
import { serve } from '../socket/plan/serve.ts';
import { services } from '../socket/services/service.ts';
import type { Context } from './context.ts';
import { datagramEndpoint, streamEndpoint } from './endpoints.ts';
import { EXIT } from './exit.ts';
import { sayReady } from './ready-fd.ts';
import { type RunOptions, running } from './running.ts';

export interface ServeCommandOptions extends RunOptions {
  readonly once?: boolean;
  readonly service?: string;
  readonly backlog: number;
  readonly maxConnections?: number;
  readonly readyFd?: number;
  /** The options that were given, by their flags. */
  readonly given: ReadonlySet<string>;
  readonly 4?: boolean;
  readonly 6?: boolean;
}

export async function serveCommand(
  context: Context,
  where: string,
  options: ServeCommandOptions,
): Promise<number> {
  const service =
    options.service === undefined ? null : (services.get(options.service)?.() ?? null);
  const datagrams = datagramEndpoint(where);
  if (datagrams !== null) {
    const { serveDatagramsCommand } = await import('./datagrams/serve.ts');
    return serveDatagramsCommand(context, datagrams, options, service);
  }
  const endpoint = streamEndpoint(where);
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
        input,
        output,
      },
      {
        listening(local) {
          const { pid } = process;
          tell('listening', { local, pid }, `listening on ${local} (pid ${pid})`);
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
              { code: EXIT.reset, call, errno, local, remote, message },
              `socklab: ${message}`,
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

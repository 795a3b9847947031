/** `socklab serve`. */
import { Input } from '../../socket/plan/input.ts';
import { serve } from '../../socket/plan/serve.ts';
import { withEol } from '../../socket/stream/eol.ts';
import type { Eol } from '../../wire/eol.ts';
import type { Context } from '../context.ts';
import { datagramEndpoint, rulesFrom, streamEndpoint } from '../endpoints.ts';
import { running } from '../running.ts';
import { type ListeningOptions, listenOptions, serveEvents } from './listening.ts';
import { checkReady } from './ready-fd.ts';
import { checkService, type ServiceOptions, serviceFor } from './service.ts';
import { serverTls, type TlsServerArguments } from './tls.ts';
import { trafficOf } from './traffic.ts';

export interface ServeCommandOptions extends ListeningOptions, ServiceOptions, TlsServerArguments {
  readonly eol?: Eol;
  readonly hex?: boolean;
  /** The options that were given, by their flags. */
  readonly given: ReadonlySet<string>;
}

export async function serveCommand(
  context: Context,
  where: string,
  options: ServeCommandOptions,
): Promise<number> {
  checkService(options);
  checkReady(options.readyFd);
  const datagrams = datagramEndpoint(where);
  if (datagrams !== null) {
    const { serveDatagramsCommand } = await import('./datagrams/serve.ts');
    return serveDatagramsCommand(context, datagrams, options);
  }
  const endpoint = streamEndpoint(where);
  const rules = rulesFrom(options.rules, endpoint);
  const tls = await serverTls(endpoint, options);
  return running(
    context,
    options,
    async ({ session, stdio, output, progress, tellsNews, tell }) => {
      const service = serviceFor(options, session, tell);
      const { source, interactive } = stdio.stdin(options.step === true);
      const input = new Input(withEol(source, options.eol), interactive);
      const traffic = trafficOf(context, options, options.hex === true);
      const around = { through: traffic.through, output: traffic.output(output) };
      const secure = tls?.securing(tell) ?? null;
      const plan = { ...listenOptions(options, rules), ...around, secure, service, input };
      await serve(
        session,
        endpoint,
        plan,
        serveEvents({ tell, tellsNews, progress }, options, rules, tls),
      );
    },
  );
}

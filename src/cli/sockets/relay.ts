/** `socklab relay`. */
import type { DatagramEndpoint, StreamEndpoint } from '../../socket/plan/addresses.ts';
import { Input } from '../../socket/plan/input.ts';
import { relayTo } from '../../socket/plan/relay.ts';
import { serve } from '../../socket/plan/serve.ts';
import { nowhere } from '../../socket/stream/nowhere.ts';
import { noBytes } from '../../socket/stream/stream.ts';
import type { Context } from '../context.ts';
import { datagramEndpoint, rulesFrom, streamEndpoint } from '../endpoints.ts';
import { EXIT, Failure } from '../exit.ts';
import { running } from '../running.ts';
import { type ClientOptions, connectOptions } from './client.ts';
import { type ListeningOptions, listenOptions, serveEvents } from './listening.ts';
import { Looking, type LookingOptions, recordOf } from './looking.ts';
import { checkReady } from './ready-fd.ts';
import { clientTls, serverTls, type TlsClientArguments, type TlsServerArguments } from './tls.ts';

export interface RelayCommandOptions
  extends ListeningOptions,
    ClientOptions,
    LookingOptions,
    TlsServerArguments,
    TlsClientArguments {}

export async function relayCommand(
  context: Context,
  from: string,
  to: string,
  options: RelayCommandOptions,
): Promise<number> {
  checkReady(options.readyFd);
  const [front, back] = [datagramEndpoint(from), datagramEndpoint(to)];
  if (front !== null && back !== null) {
    const { relayDatagramsCommand } = await import('./datagrams/relay.ts');
    return relayDatagramsCommand(context, [from, front], [to, back], options);
  }
  mustBeAlike(front ?? back, front === null ? from : to);
  return relayStreams(context, from, to, options);
}

/** @throws Failure: a stream has no borders that datagrams could be made of, and the other way round */
function mustBeAlike(datagrams: DatagramEndpoint | null, stream: string): void {
  if (datagrams === null) return;
  const { transport } = streamEndpoint(stream);
  throw new Failure(
    `a relay can’t pass ${datagrams.transport} on as ${transport}: a stream keeps no borders of datagrams`,
    EXIT.usage,
  );
}

async function relayStreams(
  context: Context,
  from: string,
  to: string,
  options: RelayCommandOptions,
): Promise<number> {
  const [front, back] = [streamEndpoint(from), streamEndpoint(to)];
  const rules = rulesFrom(options.rules, front);
  const plan = connectOptions(options, null);
  const tls = await tlsOfBoth(front, back, options);
  const record = recordOf(options, from, to, false);
  try {
    return await running(context, options, async ({ session, progress, tellsNews, tell }) => {
      const looking = new Looking(context, options, tell, record);
      const secure = tls.back?.(tell) ?? null;
      const service = relayTo(
        session,
        back,
        { ...plan, secure },
        {
          relaying: (number, client, server) => looking.open(number, client, server),
          relayed: (number, lost) => looking.close(number, lost),
        },
      );
      const ends = { input: new Input(noBytes, false), output: nowhere };
      const server = {
        ...listenOptions(options, rules),
        ...ends,
        secure: tls.front?.securing(tell) ?? null,
        service,
      };
      await serve(
        session,
        front,
        server,
        serveEvents({ tell, tellsNews, progress }, options, rules, tls.front),
      );
    });
  } finally {
    record?.close();
  }
}

/** --alpn is for whichever side speaks TLS. */
async function tlsOfBoth(
  front: StreamEndpoint,
  back: StreamEndpoint,
  { alpn, ...options }: RelayCommandOptions,
) {
  const some = alpn === undefined ? {} : { alpn };
  const [forFront, forBack] = [front, back].map(({ transport }) => transport === 'tls');
  return {
    front: await serverTls(front, { ...options, ...(forFront || !forBack ? some : {}) }),
    back: await clientTls(back, { ...options, ...(forBack ? some : {}) }),
  };
}

/** `socklab relay`. */
import type { SocketError } from '../socket/errors.ts';
import type { StreamEndpoint } from '../socket/plan/addresses.ts';
import { Input } from '../socket/plan/input.ts';
import { type Onlooker, type RelayEvents, relayTo, type Side } from '../socket/plan/relay.ts';
import { serve } from '../socket/plan/serve.ts';
import type { Connection } from '../socket/stream/connection.ts';
import { nowhere } from '../socket/stream/nowhere.ts';
import { noBytes } from '../socket/stream/stream.ts';
import { bytesJson } from '../wire/json.ts';
import { type ClientOptions, connectOptions } from './client.ts';
import { type Context, drained } from './context.ts';
import { rulesFrom, streamEndpoint } from './endpoints.ts';
import { type ListeningOptions, listenOptions, serveEvents } from './listening.ts';
import { RecordFile } from './record-file.ts';
import { type Running, running } from './running.ts';
import { clientTls, serverTls, type TlsClientArguments, type TlsServerArguments } from './tls.ts';
import { type Traffic, trafficOf } from './traffic.ts';

export interface RelayCommandOptions
  extends ListeningOptions,
    ClientOptions,
    TlsServerArguments,
    TlsClientArguments {
  readonly hex?: boolean;
  readonly record?: string;
}

export async function relayCommand(
  context: Context,
  from: string,
  to: string,
  options: RelayCommandOptions,
): Promise<number> {
  const front = streamEndpoint(from);
  const back = streamEndpoint(to);
  const rules = rulesFrom(options.rules, front);
  const plan = connectOptions(options, null);
  const tls = await tlsOfBoth(front, back, options);
  const record = options.record === undefined ? null : new RecordFile(options.record);
  try {
    return await running(context, options, async ({ session, tell }) => {
      const started = new Date().toISOString();
      record?.write({ type: 'recording', from, to, datagrams: false, started });
      const looking = new Looking(context, options, tell, record);
      const secure = tls.back?.(tell) ?? null;
      const service = relayTo(session, back, { ...plan, secure }, looking);
      const ends = { input: new Input(noBytes, false), output: nowhere };
      const server = {
        ...listenOptions(options, rules),
        ...ends,
        secure: tls.front?.securing(tell) ?? null,
        service,
      };
      await serve(session, front, server, serveEvents(tell, options, rules, tls.front));
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
    back: await clientTls(back, { ...options, ...(forBack ? some : {}) }, options.timeout),
  };
}

/** What a relay shows and records of what passes. */
class Looking implements RelayEvents {
  private readonly context: Context;
  private readonly json: boolean;
  private readonly hex: Traffic | null;
  private readonly tell: Running['tell'];
  private readonly record: RecordFile | null;

  constructor(
    context: Context,
    options: RelayCommandOptions,
    tell: Running['tell'],
    record: RecordFile | null,
  ) {
    this.context = context;
    this.json = options.json === true;
    this.hex = options.hex && !this.json ? trafficOf(context, options, true) : null;
    this.tell = tell;
    this.record = record;
  }

  relaying(number: number, client: Connection, server: Connection): Onlooker | null {
    const ends = { client: client.remote, server: server.remote };
    const news = `${client.remote} is passed on to ${server.remote}`;
    this.tell('relaying', { connection: number, ...ends }, news, 'news');
    this.record?.write({ type: 'open', connection: number, timeUs: this.record.now, ...ends });
    if (!this.json && this.hex === null && this.record === null) return null;
    const offsets = { client: 0, server: 0 };
    return {
      passed: (from, bytes) => {
        const offset = offsets[from];
        offsets[from] += bytes.length;
        this.write(number, from, bytes);
        return this.show(number, from, client, offset, bytes);
      },
      ended: (from) => {
        const timeUs = this.record?.now ?? 0;
        this.record?.write({ type: 'end', connection: number, timeUs, from });
        this.tell('end', { connection: number, from }, `the ${from} has sent its end`, 'news');
      },
    };
  }

  relayed(number: number, _: Connection, lost: SocketError | null): void {
    const timeUs = this.record?.now ?? 0;
    this.record?.write({ type: 'close', connection: number, timeUs, errno: lost?.code ?? null });
  }

  private write(connection: number, from: Side, bytes: Uint8Array): void {
    if (this.record === null) return;
    this.record.write({ type: 'data', connection, timeUs: this.record.now, from, bytes });
  }

  /** `→` comes from the client, `←` from the server; the address is the client's. */
  private show(
    connection: number,
    from: Side,
    client: Connection,
    offset: number,
    bytes: Uint8Array,
  ): Promise<void> | undefined {
    if (this.hex !== null)
      return this.hex.show(from === 'client' ? 'out' : 'in', client, offset, bytes);
    if (!this.json) return undefined;
    this.tell('data', { connection, from, offset, data: bytesJson(bytes) }, '', 'news');
    const { stderr } = this.context;
    return stderr.writableNeedDrain ? drained(stderr) : undefined;
  }
}

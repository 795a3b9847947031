/** What a relay shows and records of what passes. */
import type { SocketError } from '../../socket/errors.ts';
import type { Onlooker, Side } from '../../socket/plan/relay.ts';
import { bytesJson } from '../../wire/json.ts';
import { type Context, drained } from '../context.ts';
import type { Running, RunOptions } from '../running.ts';
import { RecordFile } from './record-file.ts';
import { shownAddress } from './tell.ts';
import { type Traffic, trafficOf } from './traffic.ts';

export interface LookingOptions extends RunOptions {
  readonly hex?: boolean;
  readonly record?: string;
}

/** One end of what is relayed, as an endpoint is written. */
interface End {
  readonly local: string | null;
  readonly remote: string | null;
  readonly name?: string;
}

/** Begins the recording, where one is wanted. @throws Failure where the file can't be written */
export function recordOf(
  { record }: LookingOptions,
  from: string,
  to: string,
  datagrams: boolean,
): RecordFile | null {
  if (record === undefined) return null;
  const file = new RecordFile(record);
  file.write({ type: 'recording', from, to, datagrams, started: new Date().toISOString() });
  return file;
}

export class Looking {
  private readonly context: Context;
  private readonly json: boolean;
  private readonly hex: Traffic | null;
  private readonly tell: Running['tell'];
  private readonly record: RecordFile | null;

  constructor(
    context: Context,
    options: LookingOptions,
    tell: Running['tell'],
    record: RecordFile | null,
  ) {
    this.context = context;
    this.json = options.json === true;
    this.hex = options.hex && !this.json ? trafficOf(context, options, true) : null;
    this.tell = tell;
    this.record = record;
  }

  /**
   * Bytes begin to pass between the two.
   * @param datagrams each then begins at offset 0
   * @returns who looks on; null where nobody does, so that bytes may go the short way
   */
  open(number: number, client: End, server: End, datagrams = false): Onlooker | null {
    const ends = { client: client.remote, server: server.remote };
    const news = `${shownAddress(client.remote)} is passed on to ${shownAddress(server.remote)}`;
    this.tell('relaying', { connection: number, ...ends }, news, 'news');
    this.record?.write({ type: 'open', connection: number, timeUs: this.record.now, ...ends });
    if (!this.json && this.hex === null && this.record === null) return null;
    const offsets = { client: 0, server: 0 };
    return {
      passed: (from, bytes) => {
        const offset = offsets[from];
        if (!datagrams) offsets[from] += bytes.length;
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

  close(number: number, lost: SocketError | null): void {
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
    client: End,
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

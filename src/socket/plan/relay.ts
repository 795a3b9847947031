/** `relay` as a service: for each client a connection of our own to the server, and bytes both ways. */
import { SocketError } from '../errors.ts';
import type { Service } from '../services/service.ts';
import type { Session } from '../session/session.ts';
import type { Connection } from '../stream/connection.ts';
import { pump } from '../stream/pump.ts';
import type { Sink } from '../stream/stream.ts';
import type { StreamEndpoint } from './addresses.ts';
import { reachesItself } from './itself.ts';
import { type ConnectOptions, openConnection } from './open-connection.ts';

/**
 * Who sends this much in vain, and takes nothing meanwhile, does not wait for room: it would never
 * take what the other side said.
 */
const MOST_DROPPED = 16 * 1024 * 1024;

/** Who sent what passes. */
export type Side = 'client' | 'server';

/** Somebody who looks on at one relayed connection. Bytes are a view: copy them to keep them. */
export interface Onlooker {
  /** @returns a promise where it needs time: nothing more is moved this way until then */
  passed(from: Side, bytes: Uint8Array): Promise<void> | undefined;
  /** This side has sent FIN. */
  ended(from: Side): void;
}

export interface RelayEvents {
  /**
   * The connection to the server stands; clients are numbered in the order in which they came.
   * @returns who looks on; null where nobody does
   */
  relaying(number: number, client: Connection, server: Connection): Onlooker | null;
  /** Both are over; `lost` is null where they ended in order. */
  relayed(number: number, lost: SocketError | null): void;
}

/**
 * A service that passes everything on to another endpoint, and back. FIN is passed on as FIN and a
 * reset as a reset: neither side can tell the other's end wrongly.
 */
export function relayTo(
  session: Session,
  endpoint: StreamEndpoint,
  options: ConnectOptions,
  events: RelayEvents,
): Service {
  let clients = 0;
  let circle: SocketError | null = null;
  return {
    async connection(client, givenUp) {
      const number = ++clients;
      let server: Connection;
      try {
        // The connection that has told so is accepted, too, and must not make the next one.
        if (circle !== null) throw circle;
        server = await openConnection(session, endpoint, { ...options, name: `${client.name}_on` });
      } catch (error) {
        // FIN would look like an empty answer.
        await client.reset();
        throw error;
      }
      if (reachesItself(client, endpoint, server)) {
        circle = itself(server);
        await Promise.all([client.reset(), server.reset()]);
        throw circle;
      }
      // The server may be full, and quiet: then no byte tells that the client has been closed.
      givenUp?.then(() => server.reset());
      const onlooker = events.relaying(number, client, server);
      const lost = await exchange(client, server, onlooker);
      events.relayed(number, lost);
      if (lost !== null) throw lost;
    },
  };
}

function itself({ remote }: Connection): SocketError {
  const text = 'the relay listens there itself: each connection would make another one';
  return new SocketError({ call: 'connect', code: 'ELOOP', text }, { remote });
}

/** @returns why it was lost; null where both sides have ended in order */
async function exchange(
  client: Connection,
  server: Connection,
  onlooker: Onlooker | null,
): Promise<SocketError | null> {
  let lost: SocketError | null = null;
  let going = 2;
  const resetBoth = async () => void (await Promise.all([client.reset(), server.reset()]));
  const oneWay = async (side: Side, from: Connection, to: Connection): Promise<void> => {
    let unwanted = false;
    try {
      await pump(from.source, seen(to.sink, side, onlooker), from.buffer);
      while (to.sink.busy !== null) await to.sink.busy;
      onlooker?.ended(side);
      await to.halfClose();
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      lost ??= error;
      unwanted = error.call === 'write';
    }
    going--;
    if (lost === null) return;
    // Who takes no more may still have said something: the other direction tells when that is
    // over. Who can't be read any more is gone.
    if (unwanted && going > 0) await drop(from, resetBoth);
    else await resetBoth();
  };
  try {
    await Promise.all([oneWay('client', client, server), oneWay('server', server, client)]);
  } finally {
    if (lost === null) await server.close();
    else await resetBoth();
  }
  return lost;
}

/**
 * Reads on what nobody takes any more: whoever waits for room for it (an echo) reads nothing until
 * then, and the other direction, which waits for that reader, would never be over. It ends this.
 */
async function drop(from: Connection, resetBoth: () => Promise<void>): Promise<void> {
  try {
    await pump(from.source, dropping(from, resetBoth), from.buffer);
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    await resetBoth();
  }
}

function dropping(from: Connection, resetBoth: () => Promise<void>): Sink {
  let taken = from.bytesOut;
  let dropped = 0;
  return {
    busy: null,
    write({ length }) {
      dropped = from.bytesOut === taken ? dropped + length : 0;
      taken = from.bytesOut;
      return dropped > MOST_DROPPED ? resetBoth() : null;
    },
  };
}

/** The same sink, and the onlooker sees what goes into it. */
function seen(sink: Sink, side: Side, onlooker: Onlooker | null): Sink {
  if (onlooker === null) return sink;
  return {
    get busy() {
      return sink.busy;
    },
    write(bytes) {
      const looking = onlooker.passed(side, bytes);
      const writing = sink.write(bytes);
      return looking === undefined ? writing : Promise.all([looking, writing]).then(() => {});
    },
  };
}

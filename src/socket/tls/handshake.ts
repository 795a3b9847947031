/** The handshake, for either side: done, failed, or not done in time. */
import type { TLSSocket } from 'node:tls';
import type { Connection } from '../stream/connection.ts';
import type { Carrier } from './carrier.ts';
import type { TlsDetails } from './details.ts';
import { RawDuplex } from './duplex.ts';
import { nativeCarrier } from './native.ts';
import { tlsFailure, tlsProblem } from './problem.ts';
import { TlsConnection } from './tls-connection.ts';

interface Handshake {
  readonly raw: Connection;
  readonly carrier: Carrier;
  readonly socket: TLSSocket;
  /** The event that tells of its end. */
  readonly event: 'secure' | 'secureConnect';
  readonly timeoutMs: number;
  readonly details: () => TlsDetails;
}

/** Node's own stream where nobody sees the connection's reads and writes, and there is one. */
export function carrierOf(raw: Connection): Carrier {
  return nativeCarrier(raw) ?? new RawDuplex(raw);
}

/**
 * Closes the connection below where it fails.
 * @throws SocketError: call `tls` where TLS failed, or took too long (ETIMEDOUT); else what the
 *   connection below failed with, such as a reset
 */
export async function handshake(it: Handshake): Promise<TlsConnection> {
  try {
    return await done(it);
  } catch (error) {
    it.socket.destroy();
    await it.raw.close();
    throw error;
  }
}

function done({
  raw,
  carrier,
  socket,
  event,
  timeoutMs,
  details,
}: Handshake): Promise<TlsConnection> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // What is left of a client's time is no round number.
      const unit = timeoutMs < 1000 ? 1 : 100;
      const seconds = (unit * Math.round(timeoutMs / unit)) / 1000;
      const text = `the handshake was not done within ${seconds} s`;
      reject(tlsProblem('ETIMEDOUT', text, raw));
    }, timeoutMs);
    let connection: TlsConnection | null = null;
    const fail = (error: unknown) => {
      // It is the connection's to tell, behind the bytes that came before it.
      if (connection !== null) return;
      clearTimeout(timer);
      const early = tlsProblem('EOF', 'the peer ended the connection during the handshake', raw);
      // Node tells of TCP's end as of a reset: ECONNRESET.
      reject(carrier.atEnd ? early : tlsFailure(carrier.cause(error), raw));
    };
    socket.on('error', fail);
    carrier.over.then(fail);
    carrier.deliver(socket, (bytes, count) => connection?.take(bytes, count));
    // At once, so that nothing that comes behind the handshake is missed.
    socket.once(event, () => {
      clearTimeout(timer);
      const made = new TlsConnection(raw, carrier, socket, details());
      connection = made;
      // OpenSSL tells of the end within it, before our Finished (RFC 8446 §4.4.4) is written: to end the
      // connection right there would send FIN in its stead.
      setImmediate(() => resolve(made));
    });
  });
}

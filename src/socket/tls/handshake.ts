/** The handshake, for either side: done, failed, or not done in time. */
import type { TLSSocket } from 'node:tls';
import type { Connection } from '../stream/connection.ts';
import type { TlsDetails } from './details.ts';
import type { RawDuplex } from './duplex.ts';
import { tlsFailure, tlsProblem } from './problem.ts';
import { TlsConnection } from './tls-connection.ts';

interface Handshake {
  readonly raw: Connection;
  readonly duplex: RawDuplex;
  readonly socket: TLSSocket;
  /** The event that tells of its end. */
  readonly event: 'secure' | 'secureConnect';
  readonly timeoutMs: number;
  readonly details: () => TlsDetails;
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
  duplex,
  socket,
  event,
  timeoutMs,
  details,
}: Handshake): Promise<TlsConnection> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const text = `the handshake was not done within ${timeoutMs / 1000} s`;
      reject(tlsProblem('ETIMEDOUT', text, raw));
    }, timeoutMs);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      const early = tlsProblem('EOF', 'the peer ended the connection during the handshake', raw);
      // Node tells of TCP's end as of a reset: ECONNRESET.
      reject(duplex.atEnd ? early : tlsFailure(error, raw));
    };
    socket.on('error', fail);
    duplex.over.then(fail);
    // At once, so that nothing that comes behind the handshake is missed.
    socket.once(event, () => {
      clearTimeout(timer);
      resolve(new TlsConnection(raw, duplex, socket, details()));
    });
  });
}

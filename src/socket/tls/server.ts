/** TLS as a server, over a connection that was accepted. */
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Connection } from '../stream/connection.ts';
import { detailsOf } from './details.ts';
import { carrierOf, handshake } from './handshake.ts';
import type { TlsConnection } from './tls-connection.ts';

/** How long a client may take for the handshake. */
const HANDSHAKE_MS = 10_000;

export interface TlsServerOptions {
  /** The certificate, and those that lead to its root, in PEM form. */
  readonly cert: Uint8Array;
  /** Its private key, in PEM form. */
  readonly key: Uint8Array;
  /** The application's protocols that are spoken, the best first (ALPN). */
  readonly alpn?: readonly string[] | undefined;
}

/** What all connections of one server have in common. */
export interface TlsServerContext {
  readonly secureContext: SecureContext;
  readonly alpn: readonly string[] | undefined;
}

/** @throws Error where OpenSSL can't use the certificate and the key */
export function serverContext({ cert, key, alpn }: TlsServerOptions): TlsServerContext {
  const secureContext = createSecureContext({ cert: Buffer.from(cert), key: Buffer.from(key) });
  return { secureContext, alpn };
}

/**
 * Waits for the client's handshake. Clients are not asked for certificates.
 * @throws SocketError: call `tls` where it fails, ETIMEDOUT where it is not done in time
 */
export async function secureServer(
  raw: Connection,
  context: TlsServerContext,
  timeoutMs: number = HANDSHAKE_MS,
): Promise<TlsConnection> {
  const carrier = carrierOf(raw);
  const socket = new TLSSocket(carrier.stream, {
    isServer: true,
    secureContext: context.secureContext,
    ...(context.alpn === undefined ? {} : { ALPNProtocols: [...context.alpn] }),
  });
  // A client that asks for one handshake after the other costs much more than it pays.
  socket.disableRenegotiation();
  return handshake({
    raw,
    carrier,
    socket,
    event: 'secure',
    timeoutMs,
    details: () => detailsOf(socket, []),
  });
}

/** TLS as a client, over a connection that stands. */

import { connect } from 'node:tls';
import { type Endpoint, type Host, isHostName } from '../endpoint.ts';
import type { Connection } from '../stream/connection.ts';
import { checkHost, isAddress, objectionsTo } from './certificate.ts';
import { detailsOf } from './details.ts';
import { carrierOf, handshake } from './handshake.ts';
import { tlsProblem } from './problem.ts';
import type { TlsConnection } from './tls-connection.ts';

export interface TlsClientOptions {
  /** Whom the certificate must be for: a name, which is asked for too (SNI), or an address, which isn't. */
  readonly host: string;
  /** Another name to ask for, and to check, than `host`. */
  readonly sni?: string | undefined;
  /** The application's protocols to offer, the best first (ALPN). */
  readonly alpn?: readonly string[] | undefined;
  /** Trusted certificates in PEM form, in place of those that Node has. */
  readonly ca?: Uint8Array | undefined;
  /** Goes on with whatever certificate there is; what speaks against it is in the details. */
  readonly insecure: boolean;
  /** How long the handshake may take. */
  readonly timeoutMs: number;
}

/**
 * Makes the handshake, and verifies the peer's certificate before any byte of the application.
 * @throws SocketError: call `tls` where it fails; `code` is OpenSSL's name for what is wrong
 */
export async function secureClient(
  raw: Connection,
  options: TlsClientOptions,
): Promise<TlsConnection> {
  const name = options.sni ?? options.host;
  const carrier = carrierOf(raw);
  const socket = connect({
    socket: carrier.stream,
    host: name,
    // RFC 6066 §3: "Literal IPv4 and IPv6 addresses are not permitted".
    ...(!isAddress(name) ? { servername: name } : {}),
    ...(options.alpn === undefined ? {} : { ALPNProtocols: [...options.alpn] }),
    ...(options.ca === undefined ? {} : { ca: Buffer.from(options.ca) }),
    checkServerIdentity: checkHost,
    // Verified all the same; refused below, where the certificate can still be looked at.
    rejectUnauthorized: false,
  });
  const connection = await handshake({
    raw,
    carrier,
    socket,
    event: 'secureConnect',
    timeoutMs: options.timeoutMs,
    details: () => detailsOf(socket, objectionsTo(socket, name)),
  });
  const [objection] = connection.details.objections;
  if (objection === undefined || options.insecure) return connection;
  await connection.close();
  throw tlsProblem(objection.code, objection.text, raw);
}

/** Whether it can be asked for: a host's name, and not an address (RFC 6066 §3). */
export function isServerName(name: string): boolean {
  return !isAddress(name) && isHostName(name);
}

/** The host of an endpoint as a certificate has it. */
export function hostOf(endpoint: Endpoint): string {
  return 'host' in endpoint ? nameOf(endpoint.host) : 'localhost';
}

function nameOf(host: Host): string {
  switch (host.kind) {
    // Nothing was written: this machine, whose certificates say localhost.
    case 'loopback':
    case 'any':
      return 'localhost';
    case 'hostname':
      // A dot at the end is for the resolver (RFC 6066 §3: "without a trailing dot").
      return host.name.replace(/\.$/, '');
    case 'inet':
    case 'inet6':
      return host.literal;
  }
}

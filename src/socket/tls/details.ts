/** What the two ends of a TLS connection agreed on. */
import type { TLSSocket } from 'node:tls';
import { type Certificate, type Objection, peerCertificate } from './certificate.ts';

export interface TlsDetails {
  /** `TLSv1.3`. */
  readonly version: string;
  /** As IANA names it: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** The application's protocol (ALPN, RFC 7301); null where none was agreed on. */
  readonly alpn: string | null;
  /** The name that the client asked for (SNI, RFC 6066 §3); null where it asked for none. */
  readonly sni: string | null;
  /** The peer's certificate; null where it showed none, as clients do. */
  readonly certificate: Certificate | null;
  /** What speaks against it, the worst first. A server asks for none, and verifies nothing. */
  readonly objections: readonly Objection[];
}

export function detailsOf(socket: TLSSocket, objections: readonly Objection[]): TlsDetails {
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    alpn: textOf(socket.alpnProtocol),
    sni: textOf('servername' in socket ? socket.servername : null),
    certificate: peerCertificate(socket),
    objections,
  };
}

/** Node has false where there is none. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

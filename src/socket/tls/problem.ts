/** What went wrong in TLS, as an error that says so exactly. */
import { SocketError, type Where } from '../errors.ts';

/** The code of an end of TCP's stream without close_notify, as OpenSSL calls it. */
export const UNEXPECTED_EOF = 'UNEXPECTED_EOF';

const FORGED = 'a record was damaged or forged on its way';

/** OpenSSL's and Node's names for what may happen, and what each means. */
const MEANINGS: Readonly<Record<string, string>> = {
  WRONG_VERSION_NUMBER: 'what came from the peer is not TLS',
  PACKET_LENGTH_TOO_LONG: 'what came from the peer is not TLS',
  HTTP_REQUEST: 'the peer sent an HTTP request without TLS',
  HTTPS_PROXY_REQUEST: 'the peer sent an HTTP proxy request without TLS',
  UNSUPPORTED_PROTOCOL: 'the peer speaks only versions of TLS that are too old',
  NO_SHARED_CIPHER: 'the two ends have no cipher in common',
  NO_APPLICATION_PROTOCOL: 'the peer offers no protocol (ALPN) that is spoken here',
  DECRYPTION_FAILED_OR_BAD_RECORD_MAC: FORGED,
  // TLS 1.2 with a modern cipher says it so.
  CIPHER_OPERATION_FAILED: FORGED,
};

/** The peer's fatal alerts (RFC 8446 §6.2). */
const ALERTS: Readonly<Record<string, string>> = {
  HANDSHAKE_FAILURE: 'the peer found nothing acceptable in what was offered',
  PROTOCOL_VERSION: 'the peer does not speak the versions of TLS that were offered',
  UNRECOGNIZED_NAME: 'the peer does not know the name that was asked for (SNI)',
  NO_APPLICATION_PROTOCOL: 'the peer speaks none of the protocols that were offered (ALPN)',
  CERTIFICATE_REQUIRED: 'the peer wants a certificate of ours, and there is none',
  UNKNOWN_CA: 'the peer does not trust our certificate: it does not know who issued it',
  BAD_CERTIFICATE: 'the peer does not accept our certificate',
  CERTIFICATE_EXPIRED: 'to the peer, our certificate has expired',
  CERTIFICATE_UNKNOWN: 'the peer does not accept our certificate',
  UNSUPPORTED_CERTIFICATE: 'the peer can’t use a certificate of this kind',
};

/** @param code as OpenSSL or Node names it, or an errno */
export function tlsProblem(code: string, text: string, where: Where): SocketError {
  return new SocketError({ call: 'tls', code, text }, where);
}

/**
 * An error of node:tls as ours. A SocketError stays what it is: the connection below was lost, and
 * TLS is not to blame.
 */
export function tlsFailure(error: unknown, where: Where): unknown {
  if (error instanceof SocketError || !(error instanceof Error)) return error;
  const named = 'code' in error ? String(error.code) : '';
  // A defect of ours, such as a wrong argument, must be seen as one.
  if (!/^(?:ERR_SSL_|ERR_TLS_|ERR_STREAM_|E[A-Z]+$)/.test(named)) return error;
  const code = named.replace(/^ERR_(?:SSL|TLS)_/, '');
  // OpenSSL 3.2 and later: SSL/TLS_ALERT_HANDSHAKE_FAILURE; before: SSLV3_ALERT_HANDSHAKE_FAILURE.
  const alert = /^(?:SSLV3|TLSV1|TLSV13|SSL\/TLS)_ALERT_(.+)$/.exec(code)?.[1];
  if (alert !== undefined) {
    const meaning = ALERTS[alert] ?? 'the peer refused to go on';
    return tlsProblem(code, `${meaning}; its alert: ${words(alert)}`, where);
  }
  return tlsProblem(code, MEANINGS[code] ?? reasonOf(error) ?? error.message, where);
}

/** What OpenSSL says, without where in its own source it says so. */
function reasonOf(error: Error): string | null {
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : null;
}

function words(name: string): string {
  return name.toLowerCase().replaceAll('_', ' ');
}

/** What helps where TLS fails. What is wrong, the error itself says. */
import type { Explanations } from './circumstances.ts';

const UNKNOWN_ISSUER =
  'whoever signed it is vouched for by nobody here. With --ca FILE you name whom to trust; --insecure goes on without knowing who answers.';
const NO_TLS =
  'a server that does not speak TLS at this port looks like this. Without tls: in front, the same endpoint is plain TCP.';
const NOT_TRUSTED =
  'the client ended it, for it could not verify the certificate. It needs that certificate, or the one of whoever issued it, among those that it trusts.';
const TIME =
  'a certificate counts between two dates only, by this machine’s clock. --insecure goes on without knowing who answers.';

export const tls: Explanations = {
  'tls CERT_HAS_EXPIRED': () => TIME,
  'tls CERT_NOT_YET_VALID': () => TIME,
  'tls DEPTH_ZERO_SELF_SIGNED_CERT': () => UNKNOWN_ISSUER,
  'tls SELF_SIGNED_CERT_IN_CHAIN': () => UNKNOWN_ISSUER,
  'tls UNABLE_TO_GET_ISSUER_CERT': () => UNKNOWN_ISSUER,
  'tls UNABLE_TO_GET_ISSUER_CERT_LOCALLY': () => UNKNOWN_ISSUER,
  'tls UNABLE_TO_VERIFY_LEAF_SIGNATURE': () => UNKNOWN_ISSUER,
  'tls CERT_ALTNAME_INVALID': () =>
    'another host may have answered. --sni NAME asks for another name, and checks that one; --insecure goes on without knowing who answers.',
  'tls WRONG_VERSION_NUMBER': () => NO_TLS,
  'tls PACKET_LENGTH_TOO_LONG': () => NO_TLS,
  'tls EOF': () =>
    'a peer that does not speak TLS at this port, or that found no version and cipher to its liking, may hang up like this.',
  'tls ETIMEDOUT': () =>
    'a peer that does not speak TLS may wait for something else, while the handshake waits for it.',
  'tls UNEXPECTED_EOF': () =>
    'each end says by close_notify that it is done (RFC 8446 §6.1); FIN alone anybody on the way could have sent. What came was written out. Some programs never send it.',
  'tls HTTP_REQUEST': () =>
    'the client speaks plain HTTP to this port: http:// in place of https://.',
  'tls TLSV1_ALERT_UNKNOWN_CA': () => NOT_TRUSTED,
  'tls SSLV3_ALERT_CERTIFICATE_UNKNOWN': () => NOT_TRUSTED,
  'tls SSLV3_ALERT_BAD_CERTIFICATE': () => NOT_TRUSTED,
};

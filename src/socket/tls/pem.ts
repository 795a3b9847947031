/** Certificates and keys in PEM form (RFC 7468): what is in a file, and what is wrong with it. */
import { createPrivateKey, X509Certificate } from 'node:crypto';

const PEM = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END [A-Z0-9 ]+-----/g;

/**
 * The certificates in a text in PEM form, in its order.
 * @throws Error where one of them is damaged
 */
export function certificatesIn(pem: Uint8Array): X509Certificate[] {
  const found = new TextDecoder('latin1').decode(pem).match(PEM) ?? [];
  return found.map((one) => new X509Certificate(one));
}

/**
 * Why a private key in PEM form can't be used with a certificate; null where it can.
 * @param cert in PEM form; its first certificate is the one that matters
 */
export function keyProblem(key: Uint8Array, cert: Uint8Array): string | null {
  const text = new TextDecoder('latin1').decode(key);
  if (!/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text))
    return 'no private key in PEM form (-----BEGIN PRIVATE KEY-----) is in it';
  if (/-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(text))
    return 'the key is encrypted, and no passphrase is asked for; openssl pkey writes one that is not';
  try {
    const parsed = createPrivateKey(Buffer.from(key));
    const [own] = certificatesIn(cert);
    return own?.checkPrivateKey(parsed) === true
      ? null
      : 'the key does not belong to the certificate';
  } catch {
    return 'the private key in it is damaged';
  }
}

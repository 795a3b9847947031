/** A certificate that is made on the fly, for a server that was given none. */
import { KeyObject, X509Certificate } from 'node:crypto';
import { Integer, OctetString, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
} from 'pkijs';
import { parseIPv4, parseIPv6 } from '../../sys/inet.ts';

export interface SelfSigned {
  /** Both in PEM form. */
  readonly cert: Uint8Array;
  readonly key: Uint8Array;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };

/** Object identifiers (RFC 5280 §4.2.1 and appendix A). */
const COMMON_NAME = '2.5.4.3';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
/** GeneralName (§4.2.1.6): `dNSName [2]`, `iPAddress [7]`. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

const HOUR_MS = 3_600_000;
/** Clocks differ: it is valid from a little earlier on. */
const BEFORE_MS = HOUR_MS;
const VALID_MS = 365 * 24 * HOUR_MS;

/**
 * Makes a key (P-256) and a certificate that it signs itself.
 * @param hosts names, and addresses as they are written; the first is the common name, too
 */
export async function selfSigned(hosts: readonly string[]): Promise<SelfSigned> {
  const keys = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const certificate = new Certificate();
  // "v3(2)" (§4.1.2.1): with extensions.
  certificate.version = 2;
  certificate.serialNumber = new Integer({ valueHex: serialNumber() });
  for (const name of [certificate.subject, certificate.issuer]) {
    const value = new Utf8String({ value: hosts[0] ?? 'localhost' });
    name.typesAndValues.push(new AttributeTypeAndValue({ type: COMMON_NAME, value }));
  }
  certificate.notBefore.value = new Date(Date.now() - BEFORE_MS);
  certificate.notAfter.value = new Date(Date.now() + VALID_MS);
  const names = new GeneralNames({ names: hosts.map(generalName) });
  certificate.extensions = [
    extension(SUBJECT_ALT_NAME, names, false),
    // No authority: whoever trusts it trusts this server, and nobody that its key would vouch for.
    extension(BASIC_CONSTRAINTS, new BasicConstraints({ cA: false }), true),
    extension(EXTENDED_KEY_USAGE, new ExtKeyUsage({ keyPurposes: [SERVER_AUTH] }), false),
  ];
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign(keys.privateKey, 'SHA-256');
  const der = new Uint8Array(certificate.toSchema(true).toBER(false));
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { cert: Buffer.from(new X509Certificate(der).toString()), key: Buffer.from(key) };
}

/** 126 random bits: "positive", "at most 20 octets" (§4.1.2.2). */
function serialNumber(): ArrayBuffer {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // Without a leading zero byte, which DER would forbid.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.buffer;
}

function generalName(host: string): GeneralName {
  const address = parseIPv4(host) ?? parseIPv6(host);
  if (address === null) return new GeneralName({ type: DNS_NAME, value: host });
  const valueHex = new Uint8Array(address).buffer;
  return new GeneralName({ type: IP_ADDRESS, value: new OctetString({ valueHex }) });
}

function extension(
  extnID: string,
  content: GeneralNames | BasicConstraints | ExtKeyUsage,
  critical: boolean,
): Extension {
  return new Extension({ extnID, critical, extnValue: content.toSchema().toBER(false) });
}

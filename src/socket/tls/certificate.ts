/** Certificates as values: what one says, and what speaks against it. */
import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import { formatIPv6, parseIPv4, parseIPv6 } from '../../sys/inet.ts';

/** What a certificate (RFC 5280) says. All of it is text of a stranger's until it is verified. */
export interface Certificate {
  /** As `CN=example.org, O=Example`. */
  readonly subject: string;
  readonly issuer: string;
  /** The hosts that it is valid for: names, and addresses as they are written. */
  readonly names: readonly string[];
  /** As ISO 8601 has it: `2026-01-31T12:00:00Z`. */
  readonly validFrom: string;
  readonly validTo: string;
  /** SHA-256 of the whole, as `AB:CD:…`. */
  readonly fingerprint: string;
}

/** What speaks against a certificate: the code as OpenSSL or Node names it, and a sentence. */
export interface Objection {
  readonly code: string;
  readonly text: string;
}

/** More names than this are counted, not shown. */
const MOST_NAMES = 8;

export function certificateOf(certificate: X509Certificate): Certificate {
  const { subject, issuer, validFrom, validTo, fingerprint256 } = certificate;
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    names: namesOf(certificate),
    validFrom: dateOf(validFrom),
    validTo: dateOf(validTo),
    fingerprint: fingerprint256,
  };
}

/** The peer's certificate; null where it showed none. */
export function peerCertificate(socket: TLSSocket): Certificate | null {
  // getPeerX509Certificate() is not for us: it takes the certificate out of the chain (Node 20).
  const { raw } = socket.getPeerCertificate() ?? {};
  return raw === undefined ? null : certificateOf(new X509Certificate(raw));
}

const WRONG_NAME = 'CERT_ALTNAME_INVALID';

/**
 * Whether a certificate is for this host: what node:tls asks once the chain is found good.
 * @returns undefined where it is
 */
export function checkHost(name: string, peer: PeerCertificate): Error | undefined {
  const isFor = isAddress(name)
    ? // Of addresses Node 22.23 has no idea: it takes every IPv6 one for a name.
      new X509Certificate(peer.raw).checkIP(name) !== undefined
    : checkServerIdentity(name, peer) === undefined;
  return isFor ? undefined : Object.assign(new Error(WRONG_NAME), { code: WRONG_NAME });
}

export function isAddress(name: string): boolean {
  return parseIPv4(name) !== null || parseIPv6(name) !== null;
}

/**
 * Everything that speaks against the peer's certificate, the worst first; nothing where it is good.
 * @param name the host that it must be valid for
 */
export function objectionsTo(socket: TLSSocket, name: string): readonly Objection[] {
  if (socket.authorized) return [];
  const code = String(socket.authorizationError);
  const certificate = peerCertificate(socket);
  if (certificate === null) return [{ code, text: 'the peer showed no certificate' }];
  const wrongName = { code: WRONG_NAME, text: otherNames(name, certificate) };
  if (code === WRONG_NAME) return [wrongName];
  // Whether the chain is good was asked first, and then the name no more.
  const chain = { code, text: chainObjection(code, certificate, new Date()) };
  const named = checkHost(name, socket.getPeerCertificate()) === undefined;
  return named ? [chain] : [chain, wrongName];
}

function otherNames(name: string, { names, subject }: Certificate): string {
  const valid = names.length === 0 ? `no host (it is ${subject})` : listed(names);
  return `the certificate is for ${valid}, not for ${name}`;
}

/** By OpenSSL's codes: openssl-verification-options(1), X509_STORE_CTX_get_error(3). */
function chainObjection(code: string, certificate: Certificate, now: Date): string {
  const { subject, issuer, validFrom, validTo } = certificate;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return new Date(validTo) < now
        ? `the certificate of ${subject} expired on ${inWords(validTo)}`
        : `a certificate on the way from ${subject} to its root has expired`;
    case 'CERT_NOT_YET_VALID':
      return new Date(validFrom) > now
        ? `the certificate of ${subject} is valid only from ${inWords(validFrom)} on`
        : `a certificate on the way from ${subject} to its root is not valid yet`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `the certificate of ${subject} is self-signed, and is not among those that are trusted`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return `the certificate of ${subject} leads to a root that is not among those that are trusted`;
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `the certificate of ${subject} was issued by ${issuer}, which is not among those that are trusted`;
    default:
      return `the certificate of ${subject}: ${code.toLowerCase().replaceAll('_', ' ')}`;
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length <= MOST_NAMES ? shown : `${shown} and ${names.length - MOST_NAMES} more`;
}

/**
 * The subject's alternative names, and where there are none of a kind that matters the common name
 * (RFC 6125 §6.4.4): as Node checks them.
 */
function namesOf(certificate: X509Certificate): readonly string[] {
  // Entries are divided by commas; Node puts into quotes what has one inside.
  const entries = certificate.subjectAltName?.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  const names = entries.flatMap((entry) => {
    const [, kind, value = ''] = /^\s*(DNS|IP Address):(.*)$/s.exec(entry) ?? [];
    if (kind === undefined) return [];
    const six = parseIPv6(value);
    return [six === null ? value : formatIPv6(six)];
  });
  if (names.length > 0) return names;
  const common = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  return common === undefined ? [] : [common];
}

/** Node has one part of a name on each line. */
function oneLine(name: string | undefined): string {
  return name === undefined || name === '' ? 'nobody' : name.split('\n').join(', ');
}

/** `Jan 31 12:00:00 2026 GMT` → `2026-01-31T12:00:00Z`. */
function dateOf(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function inWords(date: string): string {
  return date.replace('T', ' ').replace('Z', ' UTC');
}

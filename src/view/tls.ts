/** What two ends agreed on by TLS, as a sentence and as JSON. */
import type { Certificate } from '../socket/tls/certificate.ts';
import type { TlsDetails } from '../socket/tls/details.ts';
import { visibleText } from './visible.ts';

/** One line: what was agreed on; or, where something speaks against the certificate, that. */
export function renderSecured(details: TlsDetails): string {
  const { version, cipher, alpn, sni, certificate, objections } = details;
  if (objections.length > 0) {
    const against = objections.map(({ text }) => text).join('; ');
    const which = certificate === null ? '' : ` (SHA-256 ${certificate.fingerprint})`;
    return visibleText(`not verified: ${against}${which}`);
  }
  const parts = [
    `secured by ${version}, ${cipher}`,
    ...(alpn === null ? [] : [`protocol ${alpn}`]),
    ...(certificate === null
      ? [sni === null ? 'no name asked for' : `asked for ${sni}`]
      : [`certificate of ${certificate.subject}, issued by ${certificate.issuer}`]),
  ];
  return visibleText(parts.join(', '));
}

/** The fields of the event `secured`. */
export function securedFields(details: TlsDetails): Readonly<Record<string, unknown>> {
  const { version, cipher, alpn, sni, certificate, objections } = details;
  return {
    version,
    cipher,
    alpn,
    sni,
    authorized: certificate !== null && objections.length === 0,
    certificate: certificate === null ? null : certificateFields(certificate),
    objections: objections.map(({ code, text }) => ({ code, message: text })),
  };
}

function certificateFields(certificate: Certificate): Readonly<Record<string, unknown>> {
  const { subject, issuer, names, validFrom, validTo, fingerprint } = certificate;
  return { subject, issuer, names, valid_from: validFrom, valid_to: validTo, fingerprint };
}

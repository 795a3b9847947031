import { describe, expect, it } from 'vitest';
import type { TlsDetails } from '../../src/socket/tls/details.ts';
import { renderSecured, securedFields } from '../../src/view/tls.ts';

const CERTIFICATE = {
  subject: 'CN=example.org, O=Example',
  issuer: 'CN=Root',
  names: ['example.org'],
  validFrom: '2026-01-01T00:00:00Z',
  validTo: '2027-01-01T00:00:00Z',
  fingerprint: 'AB:CD',
};
const DETAILS: TlsDetails = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  alpn: 'h2',
  sni: 'example.org',
  certificate: CERTIFICATE,
  objections: [],
};

describe('a connection that was secured', () => {
  it('is told by a client with the certificate', () => {
    expect(renderSecured(DETAILS)).toBe(
      'secured by TLSv1.3, TLS_AES_256_GCM_SHA384, protocol h2, certificate of CN=example.org, O=Example, issued by CN=Root',
    );
  });

  it('is told by a server with the name that was asked for', () => {
    const server = { ...DETAILS, alpn: null, certificate: null };
    const start = 'secured by TLSv1.3, TLS_AES_256_GCM_SHA384';
    expect(renderSecured(server)).toBe(`${start}, asked for example.org`);
    expect(renderSecured({ ...server, sni: null })).toBe(`${start}, no name asked for`);
  });

  it('says what was not verified', () => {
    const objections = [
      { code: 'CERT_HAS_EXPIRED', text: 'it has expired' },
      { code: 'CERT_ALTNAME_INVALID', text: 'it is for another' },
    ];
    expect(renderSecured({ ...DETAILS, objections })).toBe(
      'not verified: it has expired; it is for another (SHA-256 AB:CD)',
    );
  });

  it('does nothing to a terminal, whatever the peer wrote into its certificate', () => {
    const subject = 'CN=\x1b]0;owned\x07\u202e\x9b1m\n';
    const certificate = { ...CERTIFICATE, subject, issuer: subject };
    for (const objections of [[], [{ code: 'X', text: `for ${subject}` }]])
      expect(renderSecured({ ...DETAILS, certificate, objections, alpn: '\x1b[2J' })).not.toMatch(
        /[\p{Cc}\u202e]/u,
      );
  });

  it('has the fields of an event', () => {
    expect(securedFields(DETAILS)).toEqual({
      version: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      alpn: 'h2',
      sni: 'example.org',
      authorized: true,
      certificate: {
        subject: 'CN=example.org, O=Example',
        issuer: 'CN=Root',
        names: ['example.org'],
        valid_from: '2026-01-01T00:00:00Z',
        valid_to: '2027-01-01T00:00:00Z',
        fingerprint: 'AB:CD',
      },
      objections: [],
    });
    const objections = [{ code: 'CERT_HAS_EXPIRED', text: 'it has expired' }];
    expect(securedFields({ ...DETAILS, objections })).toMatchObject({
      authorized: false,
      objections: [{ code: 'CERT_HAS_EXPIRED', message: 'it has expired' }],
    });
    expect(securedFields({ ...DETAILS, certificate: null })).toMatchObject({
      authorized: false,
      certificate: null,
    });
  });
});

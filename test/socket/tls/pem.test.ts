/** Files in PEM form: what is in them, and what is wrong with them. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certificateOf } from '../../../src/socket/tls/certificate.ts';
import { certificatesIn, keyProblem } from '../../../src/socket/tls/pem.ts';
import { selfSigned } from '../../../src/socket/tls/self-signed.ts';
import { localhostPair } from '../../support/tls.ts';

describe('certificates in a text', () => {
  it('are read in its order, whatever stands between them', async () => {
    const two = await Promise.all([selfSigned(['one.example']), selfSigned(['two.example'])]);
    const [one, other] = two.map(({ cert }) => Buffer.from(cert).toString());
    const text = `subject=one\n${one}\r\nwords — ü\n${Buffer.from(two[0].key)}${other}`;
    const found = certificatesIn(Buffer.from(text)).map(certificateOf);
    expect(found.map(({ names }) => names)).toEqual([['one.example'], ['two.example']]);
  });

  it('are none in anything else', async () => {
    const { key } = await localhostPair();
    for (const text of ['', 'x', String(key), '-----BEGIN CERTIFICATE-----'])
      expect(certificatesIn(Buffer.from(text))).toEqual([]);
  });

  it('are damaged where they can’t be read', async () => {
    const text = String((await localhostPair()).cert).replace(/\n.{8}/, '\nAAAAAAAA');
    expect(() => certificatesIn(Buffer.from(text))).toThrow();
  });
});

describe('a key', () => {
  it('belongs to its certificate, and to no other', async () => {
    const { cert, key } = await localhostPair();
    const other = await selfSigned(['localhost']);
    expect(keyProblem(key, cert)).toBeNull();
    expect(keyProblem(Buffer.concat([cert, key]), cert)).toBeNull();
    expect(keyProblem(other.key, cert)).toBe('the key does not belong to the certificate');
  });

  it('is missing, damaged or encrypted', async () => {
    const { cert, key } = await localhostPair();
    expect(keyProblem(cert, cert)).toMatch(/^no private key in PEM form/);
    const damaged = String(key).replace(/\n.{8}/, '\nAAAAAAAA');
    expect(keyProblem(Buffer.from(damaged), cert)).toBe('the private key in it is damaged');
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'secret' };
    const parsed = createPrivateKey(key);
    for (const written of [
      parsed.export({ type: 'pkcs8', format: 'pem', ...cipher }),
      parsed.export({ type: 'sec1', format: 'pem', ...cipher }),
    ])
      expect(keyProblem(Buffer.from(written), cert)).toMatch(/^the key is encrypted/);
  });

  it('of another kind is fine, where it fits', async () => {
    const { cert } = await localhostPair();
    const { privateKey } = generateKeyPairSync('ed25519');
    const written = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(keyProblem(written, cert)).toBe('the key does not belong to the certificate');
  });
});

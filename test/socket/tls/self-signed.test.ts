/** A certificate that is made on the fly: judged by openssl and by Node. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keyProblem } from '../../../src/socket/tls/pem.ts';
import { selfSigned } from '../../../src/socket/tls/self-signed.ts';
import { scratch } from '../../support/payload.ts';
import { has } from '../../support/tools.ts';

const HOSTS = ['localhost', '127.0.0.1', '::1', 'host.example'];

it('is for its hosts and this day, and belongs to its key', async () => {
  const { cert, key } = await selfSigned(HOSTS);
  const made = new X509Certificate(cert);
  expect(made.checkHost('localhost')).toBe('localhost');
  expect(made.checkHost('host.example')).toBe('host.example');
  expect(made.checkHost('other.example')).toBeUndefined();
  expect(made.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(made.checkIP('::1')).toBe('::1');
  expect([made.subject, made.issuer, made.ca]).toEqual(['CN=localhost', 'CN=localhost', false]);
  const now = Date.now();
  expect(new Date(made.validFrom).getTime()).toBeLessThan(now);
  expect(new Date(made.validTo).getTime()).toBeGreaterThan(now + 300 * 24 * 3_600_000);
  expect(keyProblem(key, cert)).toBeNull();
});

it('has a key and a number of its own each time', async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => selfSigned(HOSTS)));
  const certificates = made.map(({ cert }) => new X509Certificate(cert));
  expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(20);
  expect(new Set(certificates.map(({ fingerprint256 }) => fingerprint256)).size).toBe(20);
  expect(new Set(made.map(({ key }) => Buffer.from(key).toString())).size).toBe(20);
  // Positive, and as short as DER wants it (RFC 5280 §4.1.2.2).
  for (const { serialNumber } of certificates) expect(serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
});

it('is one to OpenSSL, which verifies it strictly', async (context) => {
  if (!has('openssl')) return context.skip('openssl is not installed');
  const { cert, key } = await selfSigned(HOSTS);
  const [certFile, keyFile] = ['cert.pem', 'key.pem'].map((name) => join(scratch(), name));
  if (certFile === undefined || keyFile === undefined) throw new Error('no files');
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8' });
  const checks = ['-purpose', 'sslserver', '-verify_hostname', 'host.example', '-verify_ip', '::1'];
  expect(openssl('verify', '-x509_strict', '-CAfile', certFile, ...checks, certFile)).toMatch(
    /: OK$/m,
  );
  const text = openssl('x509', '-in', certFile, '-noout', '-text');
  expect(text).toMatch(
    /DNS:localhost, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1, DNS:host\.example/,
  );
  expect(text).toMatch(/ASN1 OID: prime256v1/);
  expect(text).toMatch(/Signature Algorithm: ecdsa-with-SHA256/);
  expect(openssl('pkey', '-in', keyFile, '-check', '-noout')).toMatch(/valid/);
});

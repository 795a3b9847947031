/** Certificates that the page's servers show, made by openssl(1): one is good, three are not. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;

/** Writes `ca.pem`, and `NAME.pem` with `NAME.key` for good, expired, alone and other. */
export function makeCertificates(folder: string): void {
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const alone = (name: string, subject: string, ...more: readonly string[]) =>
    openssl(
      ...['req', '-x509', ...KEY, '-days', '30', '-subj', subject, ...more],
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
    );
  const signed = (name: string, host: string, days: number) => {
    openssl('req', ...KEY, '-subj', `/CN=${host}`, '-keyout', `${name}.key`, '-out', 'request');
    writeFileSync(join(folder, 'extensions'), `subjectAltName=DNS:${host}\n`);
    openssl(
      ...['x509', '-req', '-in', 'request', '-extfile', 'extensions', '-days', String(days)],
      ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', `${name}.pem`],
    );
  };
  alone('ca', '/CN=The class CA');
  alone('alone', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost');
  signed('good', 'localhost', 30);
  // It ended a day before it began.
  signed('expired', 'localhost', -1);
  signed('other', 'other.example', 30);
}

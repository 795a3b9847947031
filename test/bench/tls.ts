/** A gigabyte from a file to /dev/null, encrypted: socklab at both ends, openssl at both ends. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { has } from '../support/tools.ts';
import { amount, asked, short } from './harness/options.ts';
import { socklab } from './harness/program.ts';
import { report, skip } from './harness/report.ts';
import { interleaved, paired } from './harness/rounds.ts';
import { type Mover, moved, movesAll, type Way, withFile } from './harness/transfer.ts';

const BYTES = amount(2 ** 30, 2 ** 27);
const ROUNDS = amount(5, 1);
/** What both agree on by themselves. It is named, so that it can’t be that they do not. */
const CIPHER = 'TLS_AES_256_GCM_SHA384';

function movers(cert: string, key: string): Mover[] {
  const ours: Mover = {
    name: 'socklab',
    server: (port) =>
      socklab('serve', '--quiet', '--once', '--cert', cert, '--key', key, `tls::${port}`),
    client: (port) => socklab('connect', '--quiet', '--insecure', `tls::${port}`),
  };
  const openssl: Mover = {
    name: 'openssl',
    server: (port) => [
      'openssl',
      ...['s_server', '-quiet', '-naccept', '1', '-ciphersuites', CIPHER],
      ...['-cert', cert, '-key', key, '-accept', `127.0.0.1:${port}`],
    ],
    // By itself, -quiet would go on after the end of stdin, and take letters for commands.
    client: (port) => [
      'openssl',
      ...['s_client', '-quiet', '-no_ign_eof', '-nocommands'],
      ...['-ciphersuites', CIPHER, '-connect', `127.0.0.1:${port}`],
    ],
  };
  return [ours, openssl];
}

function selfSigned(folder: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', '/CN=localhost', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  return { cert, key };
}

async function measured(row: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'socklab-bench-'));
  try {
    const { cert, key } = selfSigned(folder);
    const way: Way = { bytes: BYTES, from: 'file', to: '/dev/null' };
    await withFile(BYTES, async (file) => {
      const all = movers(cert, key);
      if (!short) for (const mover of all) await movesAll(mover, file, way);
      const contenders = all.map((mover) => ({
        name: mover.name,
        run: () => moved(mover, file, way),
      }));
      const taken = await interleaved(contenders, ROUNDS);
      const what = `${BYTES / 2 ** 20} MiB by TLS 1.3, ${CIPHER}`;
      const figure = paired('socklab', 'openssl', taken, (ours, theirs) => ours / theirs);
      report({ row, what, unit: 'GB/s', contenders: taken, figure });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (asked('tls/file')) {
  if (has('openssl')) await measured('tls/file');
  else skip('tls/file', 'openssl is not installed');
}

/** Certificates of every kind, made by openssl(1): a root, and what it has signed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** openssl ca(1) can set the dates of what it signs, where openssl x509 can’t in every version. */
const CONFIG = `
[ca]
default_ca = ours
[ours]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
organizationName = optional
[req]
distinguished_name = name
[name]
`;

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export interface Leaf {
  /** As openssl writes it: `/CN=localhost`. */
  readonly subject?: string;
  /** `DNS:localhost,IP:127.0.0.1`; null for no extension of that kind. */
  readonly names?: string | null;
  /** `20200131120000Z`. */
  readonly from?: string;
  readonly to?: string;
}

export interface Pair {
  /** Paths of files in PEM form. */
  readonly cert: string;
  readonly key: string;
}

/** A root and what it signs, in a folder of its own. */
export class Authority {
  readonly directory = mkdtempSync(join(tmpdir(), 'socklab-tls-'));
  /** The root’s certificate. */
  readonly ca = this.path('ca.pem');

  constructor() {
    writeFileSync(this.path('config'), CONFIG);
    writeFileSync(this.path('index.txt'), '');
    const root = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', '/CN=Test Root'];
    this.openssl(
      'req',
      '-x509',
      ...P256,
      '-config',
      'config',
      ...root,
      '-addext',
      'basicConstraints=critical,CA:TRUE',
    );
  }

  /** A certificate that the root has signed. */
  signed(name: string, leaf: Leaf = {}): Pair {
    const { subject = '/CN=localhost', names = 'DNS:localhost,IP:127.0.0.1,IP:::1' } = leaf;
    this.openssl(
      'req',
      ...P256,
      '-config',
      'config',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      subject,
    );
    writeFileSync(this.path(`${name}.ext`), names === null ? '' : `subjectAltName=${names}\n`);
    const dates = [
      '-startdate',
      leaf.from ?? '20200101000000Z',
      '-enddate',
      leaf.to ?? '20490101000000Z',
    ];
    this.openssl(
      ...[
        'ca',
        '-config',
        'config',
        '-batch',
        '-notext',
        '-cert',
        'ca.pem',
        '-keyfile',
        'ca.key',
        '-utf8',
      ],
      ...['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`, ...dates],
    );
    return this.pair(name);
  }

  /** One that nobody has signed but itself. */
  selfSigned(name: string): Pair {
    const made = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '30'];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    this.openssl('req', '-x509', ...P256, '-config', 'config', ...made, ...names);
    return this.pair(name);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  private pair(name: string): Pair {
    return { cert: this.path(`${name}.pem`), key: this.path(`${name}.key`) };
  }

  private openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.directory, stdio: 'pipe' });
  }
}

/** The content of both files, as Node's options and ours take them. */
export function contents({ cert, key }: Pair): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

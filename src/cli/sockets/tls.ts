/** The options of TLS → what is done to a connection, and what is told of it. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Endpoint } from '../../socket/endpoint.ts';
import type { SecureClient } from '../../socket/plan/open-connection.ts';
import type { Secure } from '../../socket/plan/serve.ts';
import type { Certificate } from '../../socket/tls/certificate.ts';
import type { TlsServerContext } from '../../socket/tls/server.ts';
import type { TlsConnection } from '../../socket/tls/tls-connection.ts';
import { renderSecured, securedFields } from '../../view/tls.ts';
import { visibleText } from '../../view/visible.ts';
import { EXIT, Failure } from '../exit.ts';
import type { Running } from '../running.ts';

// node:tls takes some 10 ms to load: what is built on it is imported only for tls endpoints.

export interface TlsClientArguments {
  readonly sni?: string;
  readonly alpn?: readonly string[];
  readonly ca?: string;
  readonly insecure?: boolean;
}

export interface TlsServerArguments {
  readonly cert?: string;
  readonly key?: string;
  readonly alpn?: readonly string[];
}

/** Makes TLS of a connection, and tells of it. */
type Securing<How> = (tell: Running['tell']) => How;

/**
 * @returns null where the endpoint is not a tls one
 * @throws Failure where an option makes no sense, or a file can't be used
 */
export async function clientTls(
  endpoint: Endpoint,
  options: TlsClientArguments,
): Promise<Securing<SecureClient> | null> {
  if (endpoint.transport !== 'tls') return refuse(options, ['sni', 'alpn', 'ca', 'insecure']);
  const { hostOf, isServerName, secureClient } = await import('../../socket/tls/client.ts');
  const { sni, alpn, insecure } = options;
  if (sni !== undefined && !isServerName(sni))
    throw usage(`--sni takes the name of a host, not ${visibleText(sni)}`);
  const ca = options.ca === undefined ? undefined : await certificatesFrom('--ca', options.ca);
  const all = { host: hostOf(endpoint), sni, alpn, ca, insecure: insecure === true };
  return (tell) => async (raw, timeoutMs) =>
    told(await secureClient(raw, { ...all, timeoutMs }), tell);
}

/** What a server that speaks TLS is run with. */
export interface ServerTls {
  readonly securing: Securing<Secure>;
  readonly certificate: Certificate;
  /** It was made just now: nobody can know it. */
  readonly isNew: boolean;
}

/** @returns, throws as {@link clientTls} */
export async function serverTls(
  endpoint: Endpoint,
  options: TlsServerArguments,
): Promise<ServerTls | null> {
  if (endpoint.transport !== 'tls') return refuse(options, ['cert', 'key', 'alpn']);
  if (options.cert === undefined && options.key !== undefined)
    throw usage('--key needs the certificate that it belongs to: --cert FILE');
  const { secureServer, serverContext } = await import('../../socket/tls/server.ts');
  const { certificateOf } = await import('../../socket/tls/certificate.ts');
  const { certificatesIn } = await import('../../socket/tls/pem.ts');
  const pair =
    options.cert === undefined
      ? await madeFor(endpoint)
      : await pairFrom(options.cert, options.key);
  const [own] = certificatesIn(pair.cert);
  if (own === undefined) throw new Error('a certificate that was checked is none');
  const context: TlsServerContext = serverContext({ ...pair, alpn: options.alpn });
  return {
    securing: (tell) => async (raw) => told(await secureServer(raw, context), tell),
    certificate: certificateOf(own),
    isNew: options.cert === undefined,
  };
}

function told(connection: TlsConnection, tell: Running['tell']): TlsConnection {
  const { details, local, remote } = connection;
  // What was not verified is said also where nobody looks at a terminal.
  const news = details.objections.length === 0 ? 'news' : undefined;
  tell('secured', { local, remote, ...securedFields(details) }, renderSecured(details), news);
  return connection;
}

async function madeFor(endpoint: Endpoint): Promise<{ cert: Uint8Array; key: Uint8Array }> {
  const { selfSigned } = await import('../../socket/tls/self-signed.ts');
  const { hostOf } = await import('../../socket/tls/client.ts');
  const everywhere = 'host' in endpoint && endpoint.host.kind === 'any';
  const bound = everywhere ? hostname() : hostOf(endpoint);
  return selfSigned([...new Set(['localhost', '127.0.0.1', '::1', bound])]);
}

async function pairFrom(
  certFile: string,
  keyFile: string = certFile,
): Promise<{ cert: Uint8Array; key: Uint8Array }> {
  const { keyProblem } = await import('../../socket/tls/pem.ts');
  const cert = await certificatesFrom('--cert', certFile);
  const key = fileFrom('--key', keyFile);
  const problem = keyProblem(key, cert);
  if (problem !== null) throw usage(`--key ${visibleText(keyFile)}: ${problem}`);
  return { cert, key };
}

/** The content of a file with at least one certificate. */
async function certificatesFrom(option: string, file: string): Promise<Uint8Array> {
  const content = fileFrom(option, file);
  const { certificatesIn } = await import('../../socket/tls/pem.ts');
  const fail = (problem: string) => usage(`${option} ${visibleText(file)}: ${problem}`);
  try {
    if (certificatesIn(content).length > 0) return content;
  } catch {
    throw fail('a certificate in it is damaged');
  }
  throw fail('no certificate in PEM form (-----BEGIN CERTIFICATE-----) is in it');
}

function fileFrom(option: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw usage(`${option} ${visibleText(file)}: it can’t be read (${code})`);
  }
}

/** Options of TLS say that TLS was meant. */
function refuse<T extends object>(options: T, names: readonly (keyof T & string)[]): null {
  const given = names.find((name) => options[name] !== undefined);
  if (given === undefined) return null;
  throw usage(`--${given} is for TLS: write the endpoint as tls:HOST:PORT`);
}

function usage(message: string): Failure {
  return new Failure(message, EXIT.usage);
}

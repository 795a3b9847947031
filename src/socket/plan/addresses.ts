/** An endpoint → the addresses to try, in order. */
import { resolver } from '../../sys/resolver.ts';
import type { SocketAddress } from '../../sys/sockaddr.ts';
import type { Arg } from '../call.ts';
import type { Endpoint } from '../endpoint.ts';
import { SocketError } from '../errors.ts';
import { LATE, within } from '../stream/within.ts';

type Internet = Extract<SocketAddress, { port: number }>;

/** Which IP version is wanted: 0 takes either. */
export type Family = 0 | 4 | 6;

/** A host and a port: tcp, udp, tls. */
export type InternetEndpoint = Extract<Endpoint, { port: number }>;
/** A path, or an abstract name (unix(7)). */
type UnixEndpoint = Exclude<Endpoint, InternetEndpoint>;

/** What has connections, and what has datagrams. */
export type StreamEndpoint = Endpoint & { readonly transport: 'tcp' | 'tls' | 'unix' };
export type DatagramEndpoint = Endpoint & { readonly transport: 'udp' | 'unixgram' };

/** An address to bind or connect a socket to, as calls take it. */
export interface Target {
  readonly domain: 'AF_INET' | 'AF_INET6' | 'AF_UNIX';
  readonly address: Arg;
}

/** The name does not resolve: getaddrinfo(3). */
class UnresolvedName extends SocketError {
  constructor(host: string, code: string) {
    const text =
      code === 'EAI_AGAIN' ? 'the name server does not answer' : 'the name does not resolve';
    // Node says ENOTFOUND; getaddrinfo(3) says EAI_NONAME.
    const name = code === 'ENOTFOUND' ? 'EAI_NONAME' : code;
    super({ call: 'getaddrinfo', code: name, text }, { remote: host });
  }
}

/** @throws UnresolvedName; see addressesFor() */
export async function targetsFor(
  endpoint: Endpoint,
  family: Family,
  use: 'bind' | 'connect',
): Promise<Target[]> {
  if (isUnix(endpoint)) return [{ domain: 'AF_UNIX', address: { kind: 'endpoint', endpoint } }];
  const addresses = await addressesFor(endpoint, family, use);
  return addresses.map((address) => ({
    domain: address.family === 'inet' ? 'AF_INET' : 'AF_INET6',
    address: addressArg(address),
  }));
}

/**
 * The same to connect to, but a name server is not waited for longer.
 * @throws SocketError with ETIMEDOUT where it does not answer in time; as targetsFor()
 */
export async function targetsInTime(
  endpoint: Endpoint,
  family: Family,
  ms: number,
): Promise<Target[]> {
  const targets = await within(ms, targetsFor(endpoint, family, 'connect'));
  if (targets !== LATE) return targets;
  const host = 'host' in endpoint && endpoint.host.kind === 'hostname' ? endpoint.host.name : null;
  const text = 'the name server has not answered in time';
  throw new SocketError({ call: 'getaddrinfo', code: 'ETIMEDOUT', text }, { remote: host });
}

export function isUnix(endpoint: Endpoint): endpoint is UnixEndpoint {
  return !('port' in endpoint);
}

/**
 * @param use whether the address is bound to, or connected to
 * @throws UnresolvedName
 */
export async function addressesFor(
  endpoint: InternetEndpoint,
  family: Family,
  use: 'bind' | 'connect',
): Promise<Internet[]> {
  const { host, port } = endpoint;
  const four = (address: string): Internet => ({ family: 'inet', host: address, port });
  const six = (address: string, scope = 0): Internet => ({
    family: 'inet6',
    host: address,
    port,
    scope,
  });
  switch (host.kind) {
    case 'loopback':
      return family === 6 ? [six('::1')] : [four('127.0.0.1')];
    case 'any': {
      // [::] takes IPv4 too, unless a system forbids it or has no IPv6: hence both, in this order.
      const both = use === 'bind' ? [six('::'), four('0.0.0.0')] : [four('127.0.0.1'), six('::1')];
      return both.filter(
        (address) => family === 0 || (family === 6) === (address.family === 'inet6'),
      );
    }
    case 'inet':
      return family === 6 ? unsuitable(host.literal, 6) : [four(host.literal)];
    case 'inet6':
      return family === 4 ? unsuitable(host.literal, 4) : [six(host.literal, host.scope)];
    case 'hostname':
      return resolve(host.name, port, family);
  }
}

/** The address as an argument of a call. */
export function addressArg(address: Internet): Arg {
  const { port } = address;
  const host =
    address.family === 'inet'
      ? ({ kind: 'inet', literal: address.host } as const)
      : ({ kind: 'inet6', literal: address.host, scope: address.scope } as const);
  return { kind: 'endpoint', endpoint: { transport: 'tcp', host, port } };
}

async function resolve(name: string, port: number, family: Family): Promise<Internet[]> {
  try {
    return await resolver.addressesOf(name, port, family);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'EAI_FAIL';
    throw new UnresolvedName(name, code);
  }
}

function unsuitable(literal: string, family: 4 | 6): never {
  throw new UnresolvedName(`${literal} as IPv${family}`, 'EAI_ADDRFAMILY');
}

/** What `inspect` is asked about, as it is written: an address, a prefix, an endpoint, a name. */
import { parseIPv4, parseIPv6 } from '../../sys/inet.ts';
import { type Resolver, resolver } from '../../sys/resolver.ts';
import { type SocketAddress, UNIX_PATH_SIZE } from '../../sys/sockaddr.ts';
import {
  type Endpoint,
  EndpointError,
  type Host,
  parseEndpoint,
  type Transport,
} from '../endpoint.ts';

export type Internet = Extract<SocketAddress, { port: number }>;
type Unix = Extract<SocketAddress, { family: 'unix' | 'abstract' }>;

/** How the address came to be: written as it is, left out (`:80`), or `*`. */
type Written = 'literal' | 'loopback' | 'any';

interface Reachable {
  /** null where neither a port nor a transport was written. */
  readonly transport: Transport | null;
  /** null where none was written. */
  readonly port: number | null;
}

export interface AddressSubject extends Reachable {
  readonly kind: 'address';
  /** With port 0 where none was written. */
  readonly address: Internet;
  readonly written: Written;
  /** The interface of an IPv6 address as it was written: the `lo` of `fe80::1%lo`. */
  readonly zone: string | null;
  /** Of `/24`; null where none was written. */
  readonly prefix: number | null;
}

export interface NameSubject extends Reachable {
  readonly kind: 'name';
  readonly name: string;
}

export interface UnixSubject {
  readonly kind: 'unix';
  readonly transport: 'unix' | 'unixgram';
  readonly address: Unix;
}

export type Subject = AddressSubject | NameSubject | UnixSubject;

/**
 * Reads an address (`10.0.0.1`, `::1`, `fe80::1%lo`), one with a prefix (`10.0.0.1/8`), a name, or
 * an endpoint of any kind. Literals follow inet_pton(3). Nothing is looked up but interfaces and
 * services.
 * @throws EndpointError with the span of the part that is wrong
 */
export function parseSubject(text: string, names: Resolver = resolver): Subject {
  if (text === '') throw new EndpointError('an address or a name is missing', text, [0, 1]);
  if (text.startsWith('/')) {
    throw new EndpointError('a Unix socket’s path is written unix:/path', text, [0, text.length]);
  }
  if (/^(tcp|udp|tls|unix|unixgram):|:\/\//i.test(text)) return ofEndpoint(text, names);
  const slash = text.indexOf('/');
  if (slash !== -1) return withPrefix(text, slash, names);
  return isEndpoint(text) ? ofEndpoint(text, names) : ofHost(hostOf(text, text, names), text);
}

/** A port alone (`8888`), or anything with a port behind it. */
function isEndpoint(text: string): boolean {
  if (/^[0-9]+$/.test(text)) return true;
  if (text.startsWith('[')) return !text.endsWith(']');
  const colons = text.split(':').length - 1;
  // Two colons and more make an IPv6 address, unless a word stands before them: `tpc:host:80`.
  return (
    colons === 1 || (/^[a-z][a-z0-9+-]*:[^:]+:[^:]*$/i.test(text) && !/^[0-9a-f:.]+$/i.test(text))
  );
}

function ofEndpoint(text: string, names: Resolver): Subject {
  const endpoint = parseEndpoint(text, names);
  if (!('port' in endpoint)) return ofUnix(endpoint, text);
  const { transport, port } = endpoint;
  const subject = ofHost(endpoint.host, text);
  if (subject.kind === 'name') return { ...subject, transport, port };
  return { ...subject, transport, port, address: { ...subject.address, port } };
}

function ofUnix(endpoint: Exclude<Endpoint, { port: number }>, text: string): UnixSubject {
  const { transport } = endpoint;
  const address: Unix =
    'path' in endpoint
      ? { family: 'unix', path: endpoint.path }
      : { family: 'abstract', name: endpoint.abstract };
  // A path has a zero byte behind it, an abstract name one before it (unix(7)).
  const most = UNIX_PATH_SIZE - 1;
  const name = address.family === 'unix' ? address.path : address.name;
  const bytes = Buffer.byteLength(name);
  if (bytes > most) {
    const message = `too long: sun_path has room for ${most} bytes and a zero byte, and these are ${bytes}`;
    throw new EndpointError(message, text, [text.length - name.length, text.length]);
  }
  return { kind: 'unix', transport, address };
}

function withPrefix(text: string, slash: number, names: Resolver): AddressSubject {
  const fail = (message: string, from: number, to: number): never => {
    throw new EndpointError(message, text, [from, Math.max(to, from + 1)]);
  };
  const before = text.slice(0, slash);
  if (isEndpoint(before) && /[^0-9]/.test(before)) {
    fail('a prefix goes with an address alone, without a port', slash, text.length);
  }
  const subject = ofHost(hostOf(before, text, names), before);
  if (subject.kind === 'name') {
    return fail('a prefix goes with an address, not with a name', 0, slash);
  }
  const bits = subject.address.family === 'inet' ? 32 : 128;
  const digits = text.slice(slash + 1);
  if (!/^(0|[1-9][0-9]{0,2})$/.test(digits) || Number(digits) > bits) {
    fail(`a prefix is a number of bits from 0 to ${bits}`, slash + 1, text.length);
  }
  return { ...subject, prefix: Number(digits) };
}

/** A host without a port, read as that of an endpoint is. @param whole what errors are about */
function hostOf(text: string, whole: string, names: Resolver): Host {
  const bare = text.includes(':') && !text.startsWith('[');
  // With the scheme written out, so that a host may be named `udp`.
  const before = bare ? 'tcp:[' : 'tcp:';
  try {
    const endpoint = parseEndpoint(`${before}${text}${bare ? ']' : ''}:0`, names);
    if ('host' in endpoint) return endpoint.host;
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    const [from, to] = error.span;
    const start = Math.min(Math.max(0, from - before.length), text.length);
    const end = Math.max(start + 1, Math.min(to - before.length, text.length));
    throw new EndpointError(error.message, whole, [start, end]);
  }
  throw new EndpointError('not an address and not a name', whole, [0, whole.length]);
}

function ofHost(host: Host, text: string): AddressSubject | NameSubject {
  const rest = { transport: null, port: null } as const;
  if (host.kind === 'hostname') return { kind: 'name', name: host.name, ...rest };
  const common = { kind: 'address', prefix: null, zone: null, ...rest } as const;
  const four = (address: string, written: Written): AddressSubject => ({
    ...common,
    written,
    address: { family: 'inet', host: address, port: 0 },
  });
  switch (host.kind) {
    case 'loopback':
      return four('127.0.0.1', 'loopback');
    case 'any':
      return four('0.0.0.0', 'any');
    case 'inet':
      return four(host.literal, 'literal');
    case 'inet6': {
      const zone = /%([^\]]+)/.exec(text)?.[1] ?? null;
      const address = { family: 'inet6', host: host.literal, port: 0, scope: host.scope } as const;
      return { ...common, written: 'literal', zone, address };
    }
  }
}

/** The address's bytes in network order: 4 or 16. */
export function bytesOf({ family, host }: Internet): Uint8Array {
  const bytes = family === 'inet' ? parseIPv4(host) : parseIPv6(host);
  if (bytes === null) throw new RangeError(`not an address literal: ${host}`);
  return bytes;
}

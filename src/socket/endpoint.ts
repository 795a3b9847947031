/** Where a socket can be reached, as it is written: `127.0.0.1:8888`, `[::1]:http`, `unix:/path`. */
import { formatIPv6, parseIPv4, parseIPv6 } from '../sys/inet.ts';
import { type Resolver, resolver } from '../sys/resolver.ts';

export type Transport = 'tcp' | 'udp' | 'tls' | 'unix' | 'unixgram';

export type Host =
  | { readonly kind: 'loopback' } // none was written: `:8888`
  | { readonly kind: 'any' } // `*`: every interface
  | { readonly kind: 'inet'; readonly literal: string }
  | { readonly kind: 'inet6'; readonly literal: string; readonly scope: number }
  | { readonly kind: 'hostname'; readonly name: string };

export type Endpoint =
  | { readonly transport: 'tcp' | 'udp' | 'tls'; readonly host: Host; readonly port: number }
  | { readonly transport: 'unix' | 'unixgram'; readonly path: string }
  | { readonly transport: 'unix' | 'unixgram'; readonly abstract: string };

/** A bad endpoint: what is wrong, and which part of the text it is about. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  readonly text: string;
  /** The first character that is wrong, and the one behind the last. */
  readonly span: readonly [number, number];

  constructor(message: string, text: string, span: readonly [number, number]) {
    super(message);
    this.text = text;
    this.span = span;
  }
}

/** Labels of letters, digits, hyphens inside (RFC 1123 §2.1), and the underscores that people use. */
const HOST_NAME =
  /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

const TRANSPORTS: readonly Transport[] = ['tcp', 'udp', 'tls', 'unix', 'unixgram'];

/**
 * Reads an endpoint.
 * @throws EndpointError with the span of the part that is wrong
 */
export function parseEndpoint(text: string, names: Resolver = resolver): Endpoint {
  const scheme = /^([a-z][a-z0-9+-]*):(\/\/)?/i.exec(text);
  const word = scheme?.[1]?.toLowerCase() ?? '';
  const transport = TRANSPORTS.find((known) => known === word);
  if (transport === undefined) {
    // `localhost:http` has a word before a colon too; `tpc:host:80` and `http://host` do not parse.
    const isUrl =
      scheme?.[2] !== undefined ||
      (/^[a-z][a-z0-9+-]*:[^:]*:[^:]*$/i.test(text) && !/^[0-9a-f:.]+$/i.test(text));
    if (isUrl) {
      throw new EndpointError(`unknown scheme; there are ${TRANSPORTS.join(', ')}`, text, [
        0,
        word.length,
      ]);
    }
    return internet('tcp', text, 0, names);
  }
  const start = scheme?.[0].length ?? 0;
  if (transport === 'unix' || transport === 'unixgram') return unix(transport, text, start);
  return internet(transport, text, start, names);
}

/** Writes an endpoint so that {@link parseEndpoint} gives it back. */
export function formatEndpoint(endpoint: Endpoint): string {
  if ('path' in endpoint) {
    // `unix://x` would be read as URL style.
    return `${endpoint.transport}:${endpoint.path.startsWith('//') ? '//' : ''}${endpoint.path}`;
  }
  if ('abstract' in endpoint) return `${endpoint.transport}:@${endpoint.abstract}`;
  // A host may be named like a transport: tcp:udp:53 is the host udp.
  const named = endpoint.host.kind === 'hostname' && isTransport(endpoint.host.name);
  const scheme = endpoint.transport === 'tcp' && !named ? '' : `${endpoint.transport}:`;
  return `${scheme}${formatHost(endpoint.host)}:${endpoint.port}`;
}

/** The endpoint as the kernel would tell it: `:80` is 127.0.0.1, `[0:0::1]` is ::1, tcp needs no word. */
export function canonicalEndpoint(endpoint: Endpoint): Endpoint {
  if (!('host' in endpoint)) return endpoint;
  const { host, port } = endpoint;
  if (host.kind === 'inet6') {
    const literal = formatIPv6(parseIPv6(host.literal) ?? new Uint8Array(16));
    return { transport: 'tcp', host: { ...host, literal }, port };
  }
  const plain: Host = host.kind === 'loopback' ? { kind: 'inet', literal: '127.0.0.1' } : host;
  return { transport: 'tcp', host: plain, port };
}

function formatHost(host: Host): string {
  switch (host.kind) {
    case 'loopback':
      return '';
    case 'any':
      return '*';
    case 'inet':
      return host.literal;
    case 'inet6':
      return `[${host.literal}${host.scope === 0 ? '' : `%${host.scope}`}]`;
    case 'hostname':
      return host.name;
  }
}

/** Whether it is written as a host's name is; an address in digits is, too. */
export function isHostName(word: string): boolean {
  return HOST_NAME.test(word) && word.length <= 253;
}

function isTransport(word: string): boolean {
  return TRANSPORTS.some((known) => known === word.toLowerCase());
}

function unix(transport: 'unix' | 'unixgram', text: string, start: number): Endpoint {
  const path = text.slice(start);
  const whole: [number, number] = [start, Math.max(text.length, start + 1)];
  if (path === '' || path === '@') throw new EndpointError('a path is missing', text, whole);
  if (path.includes('\0')) throw new EndpointError('a path has no zero byte', text, whole);
  return path.startsWith('@') ? { transport, abstract: path.slice(1) } : { transport, path };
}

function internet(
  transport: 'tcp' | 'udp' | 'tls',
  text: string,
  start: number,
  names: Resolver,
): Endpoint {
  const fail = (message: string, from: number, to: number): never => {
    throw new EndpointError(message, text, [from, Math.max(to, from + 1)]);
  };
  const rest = text.slice(start);
  if (/^[0-9]+$/.test(rest)) return { transport, host: { kind: 'loopback' }, port: portAt(start) };
  if (rest.startsWith('[')) {
    const end = text.indexOf(']', start);
    if (end === -1) fail('the closing ] is missing', start, text.length);
    if (text[end + 1] !== ':') fail('a port is missing: [host]:port', end + 1, text.length);
    const host = bracketed(text.slice(start + 1, end), start + 1, end);
    return { transport, host, port: portAt(end + 2) };
  }
  const colon = text.indexOf(':', start);
  if (/^(\.{0,2}\/|@)/.test(rest) && colon === -1) {
    fail(`a Unix socket is written unix:${rest}`, start, text.length);
  }
  if (colon === -1) {
    fail(
      rest === '' ? 'an endpoint is missing' : 'a port is missing: host:port',
      text.length,
      text.length,
    );
  }
  if (text.indexOf(':', colon + 1) !== -1) {
    fail('an IPv6 address stands in brackets: [::1]:8888', start, text.length);
  }
  return { transport, host: hostAt(start, colon), port: portAt(colon + 1) };

  function portAt(from: number): number {
    const word = text.slice(from);
    if (word === '') fail('a port is missing', from, from);
    if (/^[0-9]+$/.test(word)) {
      const port = Number(word);
      return port <= 65535 ? port : fail('a port is a number from 0 to 65535', from, text.length);
    }
    const port = names.portOf(word, transport === 'udp' ? 'udp' : 'tcp');
    return port ?? fail(`no service has the name '${word}'`, from, text.length);
  }

  function bracketed(literal: string, from: number, to: number): Host {
    const percent = literal.indexOf('%');
    const address = percent === -1 ? literal : literal.slice(0, percent);
    const zone = percent === -1 ? undefined : literal.slice(percent + 1);
    if (parseIPv6(address) === null) {
      const zoneAt = zone === undefined ? to : from + address.length;
      fail('not an IPv6 address', from, zoneAt);
    }
    if (zone === undefined) return { kind: 'inet6', literal: address, scope: 0 };
    const scope = names.scopeOf(zone);
    if (scope === null)
      return fail(`no network interface has the name '${zone}'`, to - zone.length, to);
    return { kind: 'inet6', literal: address, scope };
  }

  function hostAt(from: number, to: number): Host {
    const word = text.slice(from, to);
    if (word === '') return { kind: 'loopback' };
    if (word === '*') return { kind: 'any' };
    if (parseIPv4(word) !== null) return { kind: 'inet', literal: word };
    // What looks like an address must be one: 127.1 and 0177.0.0.1 are mistakes, not host names.
    if (/(^|\.)(0x[0-9a-f]*|[0-9]+)\.?$/i.test(word)) {
      fail('not an IPv4 address: four numbers from 0 to 255, without leading zeros', from, to);
    }
    if (!isHostName(word)) fail('not a host name', from, to);
    return { kind: 'hostname', name: word };
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Endpoint,
  EndpointError,
  formatEndpoint,
  type Host,
  parseEndpoint,
} from '../../src/socket/endpoint.ts';
import type { Resolver } from '../../src/sys/resolver.ts';
import { resolver } from '../../src/sys/resolver.ts';
import { marked, marking } from '../support/marked.ts';

const LOOPBACK: Host = { kind: 'loopback' };
const ANY: Host = { kind: 'any' };
const inet = (literal: string): Host => ({ kind: 'inet', literal });
const inet6 = (literal: string, scope = 0): Host => ({ kind: 'inet6', literal, scope });
const hostname = (name: string): Host => ({ kind: 'hostname', name });
const tcp = (host: Host, port: number): Endpoint => ({ transport: 'tcp', host, port });

function problemOf(text: string): EndpointError {
  try {
    parseEndpoint(text);
  } catch (error) {
    if (error instanceof EndpointError) return error;
    throw error;
  }
  throw new Error(`no problem in ${text}`);
}

describe('an endpoint', () => {
  it.each<[string, Endpoint]>([
    ['8888', tcp(LOOPBACK, 8888)],
    [':8888', tcp(LOOPBACK, 8888)],
    [':0', tcp(LOOPBACK, 0)],
    [':65535', tcp(LOOPBACK, 65535)],
    [':http', tcp(LOOPBACK, 80)],
    ['127.0.0.1:8888', tcp(inet('127.0.0.1'), 8888)],
    ['[::1]:8888', tcp(inet6('::1'), 8888)],
    ['[2001:DB8::192.0.2.1]:443', tcp(inet6('2001:DB8::192.0.2.1'), 443)],
    ['localhost:http', tcp(hostname('localhost'), 80)],
    ['example.org:80', tcp(hostname('example.org'), 80)],
    ['xn--bcher-kva.example:80', tcp(hostname('xn--bcher-kva.example'), 80)],
    ['3com.example:80', tcp(hostname('3com.example'), 80)],
    ['my_host.:80', tcp(hostname('my_host.'), 80)],
    ['*:8888', tcp(ANY, 8888)],
    ['0.0.0.0:8888', tcp(inet('0.0.0.0'), 8888)],
    ['[::]:8888', tcp(inet6('::'), 8888)],
    ['udp:8888', { transport: 'udp', host: LOOPBACK, port: 8888 }],
    ['udp::8888', { transport: 'udp', host: LOOPBACK, port: 8888 }],
    ['udp:[::1]:53', { transport: 'udp', host: inet6('::1'), port: 53 }],
    ['udp:*:53', { transport: 'udp', host: ANY, port: 53 }],
    ['tls:example.org:443', { transport: 'tls', host: hostname('example.org'), port: 443 }],
    ['tcp:localhost:80', tcp(hostname('localhost'), 80)],
    ['unix:/run/x.sock', { transport: 'unix', path: '/run/x.sock' }],
    ['unix:x y', { transport: 'unix', path: 'x y' }],
    ['unix:@name', { transport: 'unix', abstract: 'name' }],
    ['unixgram:/run/x', { transport: 'unixgram', path: '/run/x' }],
    ['unixgram:@name', { transport: 'unixgram', abstract: 'name' }],
    ['tcp://127.0.0.1:80', tcp(inet('127.0.0.1'), 80)],
    ['TCP://127.0.0.1:80', tcp(inet('127.0.0.1'), 80)],
    ['udp://:53', { transport: 'udp', host: LOOPBACK, port: 53 }],
    ['tls://[::1]:443', { transport: 'tls', host: inet6('::1'), port: 443 }],
    ['unix:///run/x', { transport: 'unix', path: '/run/x' }],
    ['unix://@name', { transport: 'unix', abstract: 'name' }],
    ['unixgram:///run/x', { transport: 'unixgram', path: '/run/x' }],
  ])('%s', (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
  });

  it('asks the resolver for services and interfaces', () => {
    const names: Resolver = {
      ...resolver,
      portOf: (service) => (service === 'gopher-2' ? 70 : null),
      scopeOf: (zone) => (zone === 'eth9' ? 9 : null),
    };
    expect(parseEndpoint('[fe80::1%eth9]:gopher-2', names)).toEqual(tcp(inet6('fe80::1', 9), 70));
    expect(parseEndpoint('udp:h:gopher-2', names)).toMatchObject({ port: 70 });
    expect(() => parseEndpoint('[fe80::1%eth8]:70', names)).toThrow(/no network interface/);
  });
});

describe('a mistake is marked', () => {
  it.each([
    ['«»', /endpoint is missing/],
    ['tcp:«»', /endpoint is missing/],
    ['host«»', /port is missing/],
    ['127.0.0.1«»', /port is missing/],
    ['tcp:host«»', /port is missing/],
    ['host:«»', /port is missing/],
    [':«»', /port is missing/],
    ['[::1]:«»', /port is missing/],
    ['[::1]«»', /port is missing/],
    ['[::1]«80»', /port is missing/],
    ['«[::1»', /closing ]/],
    ['udp:«[::1»', /closing ]/],
    ['«::1:80»', /brackets/],
    ['tcp:«::1:80»', /brackets/],
    ['«2001:db8::1:80»', /brackets/],
    ['«fe80::1»', /brackets/],
    ['[«::g»]:80', /not an IPv6 address/],
    ['[«]»:80', /not an IPv6 address/],
    ['[«1:2:3»]:80', /not an IPv6 address/],
    ['[«127.0.0.1»]:80', /not an IPv6 address/],
    ['[«x»%lo]:80', /not an IPv6 address/],
    ['[fe80::1%«nosuchif»]:80', /no network interface/],
    ['[fe80::1%«lo%junk»]:80', /no network interface/],
    ['«127.1»:80', /not an IPv4 address/],
    ['«0177.0.0.1»:80', /not an IPv4 address/],
    ['«127.0.0.010»:80', /not an IPv4 address/],
    ['«0x7f.1»:80', /not an IPv4 address/],
    ['«256.1.1.1»:80', /not an IPv4 address/],
    ['«1.2.3.4.5»:80', /not an IPv4 address/],
    ['«1.2.3.4.»:80', /not an IPv4 address/],
    ['«2130706433»:80', /not an IPv4 address/],
    ['«0x7f000001»:80', /not an IPv4 address/],
    ['tcp:«127.1»:80', /not an IPv4 address/],
    ['«a b»:80', /not a host name/],
    ['«-a»:80', /not a host name/],
    ['«a..b»:80', /not a host name/],
    ['«bücher.example»:80', /not a host name/],
    [`«${'a'.repeat(64)}.example»:80`, /not a host name/],
    [`«${'a.'.repeat(127)}»:80`, /not a host name/],
    ['127.0.0.1:«65536»', /0 to 65535/],
    ['127.0.0.1:«99999999999999999999»', /0 to 65535/],
    ['«65536»', /0 to 65535/],
    ['127.0.0.1:«-1»', /no service/],
    ['127.0.0.1:«8o»', /no service/],
    ['127.0.0.1:«80 »', /no service/],
    // Every JavaScript object has these names.
    ['127.0.0.1:«constructor»', /no service/],
    ['127.0.0.1:«toString»', /no service/],
    ['«tpc»:127.0.0.1:80', /unknown scheme; there are tcp, udp/],
    ['«http»://x', /unknown scheme/],
    ['«http»://x:80/', /unknown scheme/],
    ['unix:«»', /path is missing/],
    ['unix://«»', /path is missing/],
    ['unix:«@»', /path is missing/],
    ['unix:«/a\0b»', /zero byte/],
  ])('%s', (written, message) => {
    const { text } = marked(written);
    const problem = problemOf(text);
    expect(marking(text, problem.span)).toBe(written);
    expect(problem.message).toMatch(message);
    expect(problem.text).toBe(text);
  });
});

const byte = fc.integer({ min: 0, max: 255 });
const host: fc.Arbitrary<Host> = fc.oneof(
  fc.constant(LOOPBACK),
  fc.constant(ANY),
  fc.tuple(byte, byte, byte, byte).map((parts) => inet(parts.join('.'))),
  fc.tuple(fc.ipV6(), fc.constantFrom(0, 1, 7)).map(([literal, scope]) => inet6(literal, scope)),
  fc.domain().map(hostname),
  // A host can bear a scheme's name.
  fc.constantFrom('localhost', 'tcp', 'udp', 'tls', 'unix', 'a_b', 'x.').map(hostname),
);
const path = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom('/tmp/x', '//tmp/x', '///', '/', 'x', ':', '/a:80', 'tcp:80'),
);
const endpoints: fc.Arbitrary<Endpoint> = fc.oneof(
  fc.record({
    transport: fc.constantFrom('tcp' as const, 'udp' as const, 'tls' as const),
    host,
    port: fc.integer({ min: 0, max: 65535 }),
  }),
  fc.record({
    transport: fc.constantFrom('unix' as const, 'unixgram' as const),
    path: path.filter((text) => !text.startsWith('@') && !text.includes('\0')),
  }),
  fc.record({
    transport: fc.constantFrom('unix' as const, 'unixgram' as const),
    abstract: path.filter((text) => !text.includes('\0')),
  }),
);

const PIECES = [
  'tcp:',
  'udp://',
  'unix:',
  'http:',
  '[',
  ']',
  '::1',
  '%',
  'lo',
  ':',
  '80',
  '0',
  '.',
];
const texts = fc.oneof(
  fc
    .array(fc.constantFrom(...PIECES, '127.0.0.1', '99999', 'a', '-', '@', '/', ' ', '*', 'é'), {
      maxLength: 8,
    })
    .map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

describe('formatEndpoint', () => {
  it('writes any endpoint so that it can be read back', () => {
    fc.assert(
      fc.property(endpoints, (endpoint) => {
        expect(parseEndpoint(formatEndpoint(endpoint))).toEqual(endpoint);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['tcp://127.0.0.1:http', '127.0.0.1:80'],
    ['8888', ':8888'],
    ['udp://[::1]:53', 'udp:[::1]:53'],
    ['unix:///tmp/x', 'unix:/tmp/x'],
    ['unixgram:@a', 'unixgram:@a'],
  ])('writes %s the short way: %s', (text, short) => {
    expect(formatEndpoint(parseEndpoint(text))).toBe(short);
  });
});

describe('any text', () => {
  it('is an endpoint, or is refused with a place within it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const endpoint = parseEndpoint(text);
          if ('port' in endpoint) expect(Number.isInteger(endpoint.port)).toBe(true);
          expect(parseEndpoint(formatEndpoint(endpoint))).toEqual(endpoint);
        } catch (error) {
          if (!(error instanceof EndpointError)) throw error;
          const [from, to] = error.span;
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

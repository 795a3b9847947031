import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EndpointError } from '../../../src/socket/endpoint.ts';
import { bytesOf, parseSubject, type Subject } from '../../../src/socket/inspect/subject.ts';
import { type Resolver, resolver } from '../../../src/sys/resolver.ts';
import { encodeAddress } from '../../../src/sys/sockaddr.ts';
import { marked, marking } from '../../support/marked.ts';

const names: Resolver = {
  ...resolver,
  portOf: (service) => (service === 'http' ? 80 : null),
  scopeOf: (zone) => (zone === 'lo' ? 1 : null),
};

const read = (text: string): Subject => parseSubject(text, names);

function problemOf(text: string): EndpointError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof EndpointError) return error;
    throw error;
  }
  throw new Error(`no problem in ${text}`);
}

const four = (host: string, port = 0) => ({ family: 'inet', host, port }) as const;
const six = (host: string, port = 0, scope = 0) =>
  ({ family: 'inet6', host, port, scope }) as const;

describe('what can be asked about', () => {
  const ALONE = { written: 'literal', zone: null, prefix: null, port: null, transport: null };
  const TCP = { ...ALONE, transport: 'tcp' };
  it.each<[string, object]>([
    ['129.128.243.70', { ...ALONE, address: four('129.128.243.70') }],
    ['::1', { ...ALONE, address: six('::1') }],
    ['[::1]', { ...ALONE, address: six('::1') }],
    ['::1:8888', { ...ALONE, address: six('::1:8888') }],
    ['::ffff:127.0.0.1', { ...ALONE, address: six('::ffff:127.0.0.1') }],
    ['fe80::1%lo', { ...ALONE, zone: 'lo', address: six('fe80::1', 0, 1) }],
    ['192.168.1.17/24', { ...ALONE, prefix: 24, address: four('192.168.1.17') }],
    ['0.0.0.0/0', { ...ALONE, prefix: 0, address: four('0.0.0.0') }],
    ['10.0.0.1/32', { ...ALONE, prefix: 32, address: four('10.0.0.1') }],
    ['2001:db8::1/64', { ...ALONE, prefix: 64, address: six('2001:db8::1') }],
    ['[::1]/128', { ...ALONE, prefix: 128, address: six('::1') }],
    ['fe80::1%lo/64', { ...ALONE, zone: 'lo', prefix: 64, address: six('fe80::1', 0, 1) }],
    ['127.0.0.1:8888', { ...TCP, port: 8888, address: four('127.0.0.1', 8888) }],
    ['[::1]:8888', { ...TCP, port: 8888, address: six('::1', 8888) }],
    ['[fe80::1%lo]:http', { ...TCP, zone: 'lo', port: 80, address: six('fe80::1', 80, 1) }],
    [':8888', { ...TCP, written: 'loopback', port: 8888, address: four('127.0.0.1', 8888) }],
    ['8888', { ...TCP, written: 'loopback', port: 8888, address: four('127.0.0.1', 8888) }],
    ['*:80', { ...TCP, written: 'any', port: 80, address: four('0.0.0.0', 80) }],
    ['*', { ...ALONE, written: 'any', address: four('0.0.0.0') }],
    ['udp:[::1]:53', { ...ALONE, transport: 'udp', port: 53, address: six('::1', 53) }],
    [
      'tls://127.0.0.1:443',
      { ...ALONE, transport: 'tls', port: 443, address: four('127.0.0.1', 443) },
    ],
  ])('an address: %s', (text, subject) => {
    expect(read(text)).toEqual({ kind: 'address', ...subject });
  });

  it.each<[string, object]>([
    ['localhost', { name: 'localhost', port: null, transport: null }],
    ['ccid.example', { name: 'ccid.example', port: null, transport: null }],
    // Hosts can bear the names of schemes.
    ['udp', { name: 'udp', port: null, transport: null }],
    ['beef', { name: 'beef', port: null, transport: null }],
    ['localhost:http', { name: 'localhost', port: 80, transport: 'tcp' }],
    ['udp:localhost:53', { name: 'localhost', port: 53, transport: 'udp' }],
  ])('a name: %s', (text, subject) => {
    expect(read(text)).toEqual({ kind: 'name', ...subject });
  });

  it.each<[string, string, object]>([
    ['unix:/run/x', 'unix', { family: 'unix', path: '/run/x' }],
    ['unix:@x', 'unix', { family: 'abstract', name: 'x' }],
    ['unix:///run/x', 'unix', { family: 'unix', path: '/run/x' }],
    ['unixgram:/run/x', 'unixgram', { family: 'unix', path: '/run/x' }],
    [`unix:${'a'.repeat(103)}`, 'unix', { family: 'unix', path: 'a'.repeat(103) }],
  ])('a Unix socket: %s', (text, transport, address) => {
    expect(read(text)).toEqual({ kind: 'unix', transport, address });
  });
});

describe('a mistake is marked', () => {
  it.each([
    ['«»', /is missing/],
    ['«127.1»', /not an IPv4 address/],
    ['«0177.0.0.1»', /not an IPv4 address/],
    ['«256.1.1.1»', /not an IPv4 address/],
    ['«1.2.3»', /not an IPv4 address/],
    ['«127.1»/8', /not an IPv4 address/],
    ['«8888»/24', /not an IPv4 address/],
    ['1.2.3.4/«33»', /0 to 32/],
    ['1.2.3.4/«»', /0 to 32/],
    ['1.2.3.4/«08»', /0 to 32/],
    ['1.2.3.4/«-1»', /0 to 32/],
    ['1.2.3.4/«255.255.255.0»', /0 to 32/],
    ['1.2.3.4/«24/24»', /0 to 32/],
    ['::1/«129»', /0 to 128/],
    ['«localhost»/24', /not with a name/],
    ['1.2.3.4:80«/24»', /without a port/],
    ['[::1]:80«/24»', /without a port/],
    ['«::g»', /not an IPv6 address/],
    ['«1:2:3»', /not an IPv6 address/],
    ['[«::g»]', /not an IPv6 address/],
    ['[«]»', /not an IPv6 address/],
    ['fe80::1%«nope»', /no network interface/],
    ['fe80::1%«nope»/64', /no network interface/],
    ['[fe80::1%«nope»]:80', /no network interface/],
    ['«[::1»', /closing ]/],
    ['[::1]«80»', /port is missing/],
    ['«/tmp/x»', /unix:\/path/],
    ['«a b»', /not a host name/],
    ['«a b»/24', /not a host name/],
    ['127.0.0.1:«65536»', /0 to 65535/],
    ['127.0.0.1:«»', /port is missing/],
    ['«65536»', /0 to 65535/],
    ['«http»://x/', /unknown scheme/],
    ['«tpc»:127.0.0.1:80', /unknown scheme/],
    ['unix:«»', /path is missing/],
    [`unix:«/${'a'.repeat(107)}»`, /room for 10[37] bytes .* these are 108/],
    [`unix:@«${'é'.repeat(54)}»`, /room for 10[37] bytes .* these are 108/],
  ])('%s', (written, message) => {
    const { text } = marked(written);
    const problem = problemOf(text);
    expect(marking(text, problem.span)).toBe(written);
    expect(problem.message).toMatch(message);
    expect(problem.text).toBe(text);
  });
});

const PIECES = [
  'tcp:',
  'unix:',
  '[',
  ']',
  '::1',
  '%',
  'lo',
  ':',
  '80',
  '.',
  '/',
  '24',
  '127.0.0.1',
];
const texts = fc.oneof(
  fc
    .array(fc.constantFrom(...PIECES, 'fe80::1', '99999', 'a', '-', '@', ' ', '*', 'é', '%25'), {
      maxLength: 8,
    })
    .map((pieces) => pieces.join('')),
  fc
    .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 140 }))
    .map((all) => all.join('/')),
  fc.string({ unit: 'binary', maxLength: 120 }),
);

describe('any text', () => {
  it('is described, or is refused with a place within it', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const subject = read(text);
          seen.add(subject.kind);
          if (subject.kind === 'name') return;
          expect(encodeAddress(subject.address).length).toBeGreaterThan(2);
          if (subject.kind === 'unix') return;
          const bits = bytesOf(subject.address).length * 8;
          expect(subject.prefix ?? 0).toBeLessThanOrEqual(bits);
        } catch (error) {
          if (!(error instanceof EndpointError)) throw error;
          seen.add('refused');
          const [from, to] = error.span;
          expect(error.text).toBe(text);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 3000 },
    );
    expect(seen).toEqual(new Set(['address', 'name', 'unix', 'refused']));
  });
});

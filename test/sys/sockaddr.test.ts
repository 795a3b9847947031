import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { formatIPv6, parseIPv6 } from '../../src/sys/inet.ts';
import { constant } from '../../src/sys/platform.ts';
import {
  addressFields,
  decodeAddress,
  encodeAddress,
  formatAddress,
  type SocketAddress,
} from '../../src/sys/sockaddr.ts';
import { outBuffer, written } from '../../src/sys/sys.ts';
import { systemCalls } from '../../src/sys/syscalls.ts';
import { localOf, ok, Sockets } from '../support/sockets.ts';

const sockets = new Sockets();
afterEach(() => sockets.closeAll());

/** sizeof(sun_path) is 108 on Linux and 104 on macOS. */
const PATH_ROOM = process.platform === 'darwin' ? 104 : 108;

const port = fc.integer({ min: 0, max: 65535 });
/** As decodeAddress spells it: RFC 5952. */
const ipv6 = fc.ipV6().map((text) => formatIPv6(parseIPv6(text) ?? new Uint8Array(16)));
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((text) => !text.includes('\0') && Buffer.byteLength(text) < PATH_ROOM);
const address: fc.Arbitrary<SocketAddress> = fc.oneof(
  fc.record({ family: fc.constant('inet' as const), host: fc.ipV4(), port }),
  fc.record({ family: fc.constant('inet6' as const), host: ipv6, port, scope: fc.nat() }),
  fc.record({ family: fc.constant('unix' as const), path: name }),
  fc.record({ family: fc.constant('abstract' as const), name }),
  fc.constant({ family: 'unnamed' as const }),
  // AF_NETLINK, AF_PACKET and AF_VSOCK: families that we know nothing of.
  fc.record({ family: fc.constant('other' as const), number: fc.constantFrom(16, 17, 40) }),
);
/** Any bytes, most of them with a family that means something. */
const bytes = fc
  .tuple(
    fc.option(
      fc.constantFrom<'AF_UNIX' | 'AF_INET' | 'AF_INET6'>('AF_UNIX', 'AF_INET', 'AF_INET6'),
    ),
    fc.uint8Array({ maxLength: 130 }),
    fc.nat({ max: 3 }),
  )
  .map(([family, content, offset]) => {
    const header = encodeAddress({ family: 'unnamed' });
    if (family !== null) header[header.indexOf(constant('AF_UNIX'))] = constant(family);
    const whole = family === null ? content : Uint8Array.of(...header, ...content);
    // As a part of a larger buffer: a reader that forgets byteOffset reads the wrong bytes.
    return Uint8Array.of(...new Uint8Array(offset).fill(0xee), ...whole).subarray(offset);
  });

describe('encodeAddress and decodeAddress', () => {
  it('give every address back', () => {
    fc.assert(
      fc.property(address, (address) => {
        expect(decodeAddress(encodeAddress(address))).toEqual(address);
      }),
    );
  });

  it('read any bytes as some address', () => {
    fc.assert(
      fc.property(bytes, (bytes) => {
        const address = decodeAddress(bytes);
        expect(formatAddress(address)).toBeTypeOf('string');
        expect(decodeAddress(bytes.slice())).toEqual(address);
      }),
      { numRuns: 2000 },
    );
  });

  it('take the kernel at its word: what was bound is what getsockname() tells', () => {
    const fd = sockets.udp();
    const { port } = localOf(fd);
    expect(localOf(fd)).toEqual({ family: 'inet', host: '127.0.0.1', port });
    expect(port).toBeGreaterThan(0);
    const listener = sockets.listener('::1');
    expect(localOf(listener)).toMatchObject({ family: 'inet6', host: '::1', scope: 0 });
  });

  it('make a Unix socket appear at its path', () => {
    const directory = mkdtempSync(join(tmpdir(), 'socklab-unix-'));
    try {
      const path = join(directory, 'socket');
      const fd = bound({ family: 'unix', path });
      expect(statSync(path).isSocket()).toBe(true);
      expect(nameOf(fd)).toEqual({ family: 'unix', path });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('put an abstract name where the kernel lists it', (context) => {
    if (process.platform !== 'linux') context.skip('abstract names are of Linux only');
    const name = `socklab-test-${process.pid}`;
    const fd = bound({ family: 'abstract', name });
    expect(readFileSync('/proc/net/unix', 'utf8')).toMatch(new RegExp(` @${name}$`, 'm'));
    expect(nameOf(fd)).toEqual({ family: 'abstract', name });
  });

  it('know an empty abstract name, which Linux allows, from no name', () => {
    const empty = { family: 'abstract', name: '' } as const;
    expect(decodeAddress(encodeAddress(empty))).toEqual(empty);
  });

  it('see that a socket without a name has none', () => {
    const fd = sockets.own(systemCalls.socket(constant('AF_UNIX'), constant('SOCK_STREAM'), 0));
    expect(nameOf(fd)).toEqual({ family: 'unnamed' });
  });

  function bound(address: SocketAddress): number {
    const fd = sockets.own(systemCalls.socket(constant('AF_UNIX'), constant('SOCK_STREAM'), 0));
    ok(systemCalls.bind(fd, encodeAddress(address)));
    return fd;
  }

  function nameOf(fd: number): SocketAddress {
    const buffer = outBuffer(128);
    ok(systemCalls.getsockname(fd, buffer));
    return decodeAddress(written(buffer));
  }
});

describe('encodeAddress', () => {
  it('refuses a port that is none', () => {
    for (const port of [-1, 65_536, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const message = `a port is a number from 0 to 65535, not ${port}`;
      expect(() => encodeAddress({ family: 'inet', host: '127.0.0.1', port })).toThrow(message);
      expect(() => encodeAddress({ family: 'inet6', host: '::1', port, scope: 0 })).toThrow(
        RangeError,
      );
    }
  });

  it('refuses what is no address literal', () => {
    for (const host of ['localhost', '127.1', '::1', ''])
      expect(() => encodeAddress({ family: 'inet', host, port: 1 }), host).toThrow(RangeError);
    for (const host of ['localhost', '127.0.0.1', '::1%lo', ''])
      expect(() => encodeAddress({ family: 'inet6', host, port: 1, scope: 0 }), host).toThrow(
        RangeError,
      );
  });

  it('refuses a Unix name that has no room, counted in bytes and not in characters', () => {
    const most = PATH_ROOM - 1; // a path's zero byte at its end, an abstract name's before it
    expect(encodeAddress({ family: 'unix', path: 'x'.repeat(most) })).toHaveLength(2 + PATH_ROOM);
    for (const text of ['x'.repeat(most + 1), 'ü'.repeat(54)]) {
      const message = `is too long: a Unix socket's path has ${most} bytes`;
      expect(() => encodeAddress({ family: 'unix', path: text })).toThrow(
        `unix:${text} ${message}`,
      );
      expect(() => encodeAddress({ family: 'abstract', name: text })).toThrow(
        `unix:@${text} ${message}`,
      );
    }
  });

  it('refuses a path that would name another socket', () => {
    // The kernel reads a path up to its first zero byte, and an empty one as an abstract name.
    for (const path of ['a\0b', ''])
      expect(() => encodeAddress({ family: 'unix', path }), JSON.stringify(path)).toThrow(
        RangeError,
      );
  });
});

describe('addressFields', () => {
  it('are together all the bytes, whatever they are', () => {
    fc.assert(
      fc.property(bytes, (bytes) => {
        const fields = addressFields(bytes);
        expect(Buffer.concat(fields.map((field) => field.bytes))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('have the names of the structure, in its order', () => {
    const shown = (address: SocketAddress) =>
      addressFields(encodeAddress(address)).map(({ label, bytes }) => [label, ...bytes]);
    const inet = shown({ family: 'inet', host: '127.0.0.1', port: 8888 });
    expect(inet.map(([label]) => label)).toEqual(['family', 'port', 'address', 'padding']);
    expect(inet.slice(1)).toEqual([
      ['port', 0x22, 0xb8],
      ['address', 127, 0, 0, 1],
      ['padding', 0, 0, 0, 0, 0, 0, 0, 0],
    ]);
    const inet6 = shown({ family: 'inet6', host: '::1', port: 80, scope: 5 });
    expect(inet6.slice(1)).toEqual([
      ['port', 0, 80],
      ['flow', 0, 0, 0, 0],
      ['address', ...new Array<number>(15).fill(0), 1],
      ['scope', 5, 0, 0, 0],
    ]);
    expect(shown({ family: 'unix', path: 'ab' }).slice(1)).toEqual([['path', 97, 98, 0]]);
    expect(shown({ family: 'abstract', name: 'ab' }).slice(1)).toEqual([['path', 0, 97, 98]]);
  });
});

describe('formatAddress', () => {
  it('writes an address as an endpoint is written', () => {
    expect(formatAddress({ family: 'inet', host: '127.0.0.1', port: 80 })).toBe('127.0.0.1:80');
    expect(formatAddress({ family: 'inet6', host: '::1', port: 80, scope: 0 })).toBe('[::1]:80');
    expect(formatAddress({ family: 'inet6', host: 'fe80::1', port: 80, scope: 3 })).toBe(
      '[fe80::1%3]:80',
    );
    expect(formatAddress({ family: 'unix', path: '/a b' })).toBe('unix:/a b');
    expect(formatAddress({ family: 'abstract', name: 'n' })).toBe('unix:@n');
    expect(formatAddress({ family: 'unnamed' })).toBe('unix:(unnamed)');
    expect(formatAddress({ family: 'other', number: 16 })).toBe('(address family 16)');
  });
});

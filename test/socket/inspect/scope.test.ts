import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../src/socket/inspect/scope.ts';
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../../../src/sys/inet.ts';
import { inSigns } from '../../../src/view/signs.ts';
import { createTheme } from '../../../src/view/theme.ts';
import { Python } from '../../support/python.ts';
import { has } from '../../support/tools.ts';

function of(text: string) {
  const bytes = parseIPv4(text) ?? parseIPv6(text);
  if (bytes === null) throw new Error(`${text} is no address`);
  return scopeOf(bytes);
}

describe('the scope of an address', () => {
  // The first and last addresses of each block as its RFC gives it, and their neighbours.
  it.each([
    ['0.0.0.0', 'unspecified', 'RFC 1122 §3.2.1.3'],
    ['0.0.0.1', 'this network', 'RFC 1122 §3.2.1.3'],
    ['9.255.255.255', 'global', 'RFC 6890'],
    ['10.0.0.0', 'private', 'RFC 1918'],
    ['10.255.255.255', 'private', 'RFC 1918'],
    ['11.0.0.0', 'global', 'RFC 6890'],
    ['100.63.255.255', 'global', 'RFC 6890'],
    ['100.64.0.0', 'shared', 'RFC 6598'],
    ['100.127.255.255', 'shared', 'RFC 6598'],
    ['127.0.0.1', 'loopback', 'RFC 1122 §3.2.1.3'],
    ['127.255.255.255', 'loopback', 'RFC 1122 §3.2.1.3'],
    ['129.128.243.70', 'global', 'RFC 6890'],
    ['169.254.1.1', 'link-local', 'RFC 3927'],
    ['172.15.255.255', 'global', 'RFC 6890'],
    ['172.16.0.0', 'private', 'RFC 1918'],
    ['172.31.255.255', 'private', 'RFC 1918'],
    ['172.32.0.0', 'global', 'RFC 6890'],
    ['192.0.0.8', 'protocols', 'RFC 6890 §2.1'],
    ['192.0.2.1', 'documentation', 'RFC 5737'],
    ['192.31.196.1', 'AS112', 'RFC 7534'],
    ['192.52.193.1', 'AMT', 'RFC 7450'],
    ['192.88.99.1', '6to4 relay', 'RFC 7526'],
    ['192.168.1.17', 'private', 'RFC 1918'],
    ['198.17.255.255', 'global', 'RFC 6890'],
    ['198.18.0.0', 'benchmarking', 'RFC 2544'],
    ['198.19.255.255', 'benchmarking', 'RFC 2544'],
    ['198.51.100.7', 'documentation', 'RFC 5737'],
    ['203.0.113.7', 'documentation', 'RFC 5737'],
    ['224.0.0.1', 'multicast', 'RFC 1112'],
    ['239.255.255.255', 'multicast', 'RFC 1112'],
    ['240.0.0.0', 'reserved', 'RFC 1112 §4'],
    ['255.255.255.254', 'reserved', 'RFC 1112 §4'],
    ['255.255.255.255', 'broadcast', 'RFC 919 §7'],
    ['::', 'unspecified', 'RFC 4291 §2.5.2'],
    ['::1', 'loopback', 'RFC 4291 §2.5.3'],
    ['::2', 'IPv4-compatible', 'RFC 4291 §2.5.5.1'],
    ['::127.0.0.1', 'IPv4-compatible', 'RFC 4291 §2.5.5.1'],
    ['::ffff:127.0.0.1', 'IPv4-mapped', 'RFC 4291 §2.5.5.2'],
    ['::ffff:0:127.0.0.1', 'IPv4-translated', 'RFC 2765 §2.1'],
    ['64:ff9b::127.0.0.1', 'translation', 'RFC 6052'],
    ['64:ff9b:1::1', 'translation', 'RFC 8215'],
    ['100::1', 'discard-only', 'RFC 6666'],
    ['2001::1', 'Teredo', 'RFC 4380'],
    ['2001:2::1', 'benchmarking', 'RFC 5180'],
    ['2001:3::1', 'AMT', 'RFC 7450'],
    ['2001:4:112::1', 'AS112', 'RFC 7535'],
    ['2001:10::1', 'ORCHID', 'RFC 4843'],
    ['2001:20::1', 'ORCHID', 'RFC 7343'],
    ['2001:30::1', 'drone remote ID', 'RFC 9374'],
    ['2001:100::1', 'protocols', 'RFC 2928'],
    ['2001:db8::1', 'documentation', 'RFC 3849'],
    ['2001:db9::', 'global', 'RFC 4291 §2.5.4'],
    ['2002::1', '6to4', 'RFC 3056'],
    ['2606:2800:220:1::1', 'global', 'RFC 4291 §2.5.4'],
    ['3fff:fff::1', 'documentation', 'RFC 9637'],
    ['3fff:1000::', 'global', 'RFC 4291 §2.5.4'],
    ['4000::', 'unassigned', 'RFC 4291 §2.4'],
    ['5f00::1', 'segment routing', 'RFC 9602'],
    ['fc00::1', 'unique local', 'RFC 4193'],
    ['fdff::1', 'unique local', 'RFC 4193'],
    ['fe80::1', 'link-local', 'RFC 4291 §2.5.6'],
    ['febf::1', 'link-local', 'RFC 4291 §2.5.6'],
    ['fec0::1', 'site-local', 'RFC 3879'],
    ['ff02::1', 'multicast', 'RFC 4291 §2.7'],
  ])('%s is %s (%s)', (text, word, source) => {
    expect(of(text)).toMatchObject({ word, source });
  });

  it('is told in one short line of ASCII and signs', () => {
    const ascii = createTheme({ color: false, ascii: true });
    for (const text of ['0.0.0.1', '10.0.0.1', '100.64.0.1', 'fd00::1', '64:ff9b:1::', '1.1.1.1']) {
      const { means } = of(text);
      expect(means.length).toBeGreaterThan(10);
      expect(means.length).toBeLessThan(90);
      expect(inSigns(means, ascii)).toMatch(/^[\x20-\x7e]+[^.]$/);
    }
  });
});

const any = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** Addresses near the edges of blocks: some first bytes that begin them, and anything behind. */
const STARTS = [
  [0],
  [10],
  [100, 64],
  [127],
  [169, 254],
  [172, 16],
  [192, 0],
  [192, 168],
  [198, 18],
  [224],
  [240],
  [255],
];
const STARTS6 = [
  [0, 0],
  [0x20, 0x01, 0x0d, 0xb8],
  [0x20, 0x02],
  [0xfc],
  [0xfd],
  [0xfe, 0x80],
  [0xfe, 0xc0],
  [0xff],
];
const near = (starts: readonly number[][], length: number) =>
  fc
    .tuple(fc.constantFrom(...starts), any(length))
    .map(([start, rest]) => Uint8Array.from([...start, ...rest.subarray(start.length)]));
const addresses = fc.oneof(near(STARTS, 4), any(4), near(STARTS6, 16), any(16));

/** Python's words, and those of ours that are the same. */
const SAME: readonly (readonly [python: string, ours: readonly string[]])[] = [
  ['is_loopback', ['loopback']],
  ['is_multicast', ['multicast']],
  ['is_link_local', ['link-local']],
  ['is_unspecified', ['unspecified']],
  ['is_site_local', ['site-local']],
];

describe('any address', () => {
  it('has the scope that Python’s ipaddress gives it', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<string, Record<string, boolean>>(`
import ipaddress
def answer(text):
    address = ipaddress.ip_address(text)
    return {name: bool(getattr(address, name, False)) for name in (
        'is_loopback', 'is_multicast', 'is_link_local', 'is_unspecified', 'is_site_local', 'is_private')}`);
    await fc.assert(
      fc.asyncProperty(addresses, async (bytes) => {
        const text = bytes.length === 4 ? formatIPv4(bytes) : formatIPv6(bytes);
        const told = await python.ask(text);
        const { word } = scopeOf(bytes);
        if (word !== 'IPv4-mapped')
          for (const [name, ours] of SAME)
            expect([text, ours.includes(word)]).toEqual([text, told?.[name]]);
        if (word === 'global') expect([text, told?.is_private]).toEqual([text, false]);
        if (['private', 'unique local', 'documentation', 'benchmarking'].includes(word))
          // Newer than many a Python: RFC 9637.
          expect([text, told?.is_private || text.startsWith('3fff')]).toEqual([text, true]);
      }),
      { numRuns: 800 },
    );
  });
});

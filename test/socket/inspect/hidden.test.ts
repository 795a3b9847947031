import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedIPv4, reachOf } from '../../../src/socket/inspect/hidden.ts';
import { formatIPv6, parseIPv4, parseIPv6 } from '../../../src/sys/inet.ts';
import { Python } from '../../support/python.ts';
import { has } from '../../support/tools.ts';

const bytesOf = (text: string) => parseIPv4(text) ?? parseIPv6(text) ?? new Uint8Array(0);

describe('an IPv4 address within an IPv6 one', () => {
  it.each([
    ['::ffff:127.0.0.1', 'mapped', '127.0.0.1'],
    ['::129.128.243.70', 'compatible', '129.128.243.70'],
    ['::ffff:0:192.0.2.1', 'translated', '192.0.2.1'],
    // RFC 6052 §2.4.
    ['64:ff9b::192.0.2.33', 'NAT64', '192.0.2.33'],
    ['2002:c000:204::1', '6to4', '192.0.2.4'],
    // RFC 4380 §4: the client's address, every bit inverted.
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'Teredo', '192.0.2.45'],
  ])('%s is seen: %s', (text, form, address) => {
    expect(embeddedIPv4(bytesOf(text))).toEqual({ form, address });
  });

  it.each(['::', '::1', '2001:db8::1', 'fe80::1', '10.0.0.1'])('is not seen in %s', (text) => {
    expect(embeddedIPv4(bytesOf(text))).toBeNull();
  });

  it('is the one that Python finds', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<string, (string | null)[]>(`
import ipaddress
def answer(text):
    address = ipaddress.IPv6Address(text)
    found = [address.ipv4_mapped, address.sixtofour, address.teredo and address.teredo[1]]
    return [str(one) if one else None for one in found]`);
    const starts = ['20010000', '2002', '00000000000000000000ffff', ''].map((hex) =>
      Buffer.from(hex, 'hex'),
    );
    const inputs = fc
      .tuple(fc.constantFrom(...starts), fc.uint8Array({ minLength: 16, maxLength: 16 }))
      .map(([start, rest]) => Uint8Array.from([...start, ...rest.subarray(start.length)]));
    await fc.assert(
      fc.asyncProperty(inputs, async (bytes) => {
        const ours = embeddedIPv4(bytes);
        const told = ['mapped', '6to4', 'Teredo'].map((form) =>
          ours?.form === form ? ours.address : null,
        );
        expect(told).toEqual(await python.ask(formatIPv6(bytes)));
      }),
      { numRuns: 300 },
    );
  });
});

describe('how far a group reaches', () => {
  it.each([
    ['224.0.0.1', 'link-local', 'RFC 5771 §4'],
    ['224.0.1.1', 'global', 'RFC 5771'],
    ['239.1.2.3', 'organization-local', 'RFC 2365'],
    ['ff01::1', 'interface-local', 'RFC 7346 §2'],
    ['ff02::1', 'link-local', 'RFC 7346 §2'],
    ['ff05::1:3', 'site-local', 'RFC 7346 §2'],
    ['ff08::1', 'organization-local', 'RFC 7346 §2'],
    ['ff1e::1', 'global', 'RFC 7346 §2'],
    ['ff00::1', 'reserved or unassigned', 'RFC 7346 §2'],
  ])('%s: %s', (text, word, source) => {
    expect(reachOf(bytesOf(text))).toEqual({ word, source });
  });

  it.each(['223.255.255.255', '240.0.0.1', 'fe80::1', '::1'])('%s is no group', (text) => {
    expect(reachOf(bytesOf(text))).toBeNull();
  });
});

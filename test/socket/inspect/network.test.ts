import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf, numberOf } from '../../../src/socket/inspect/network.ts';
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../../../src/sys/inet.ts';
import { Python } from '../../support/python.ts';
import { has } from '../../support/tools.ts';

interface Told {
  readonly network: string;
  readonly mask: string;
  readonly last: string;
  readonly first_host: string;
  /** Numbers as text: they have up to 39 digits. */
  readonly host: string;
  readonly total: string;
  /** The hosts, counted one by one, where there are few. */
  readonly few: readonly [count: number, last: string] | null;
}

const of = (text: string, prefix: number) =>
  networkOf(parseIPv4(text) ?? parseIPv6(text) ?? new Uint8Array(0), prefix);

describe('a prefix', () => {
  it('cuts the lecture’s address into three fields and one', () => {
    expect(of('129.128.243.70', 24)).toEqual({
      prefix: 24,
      mask: '255.255.255.0',
      network: '129.128.243.0',
      host: 70n,
      hostPart: '0.0.0.70',
      broadcast: '129.128.243.255',
      first: '129.128.243.1',
      last: '129.128.243.254',
      hosts: 254n,
    });
  });

  it('of 31 leaves two hosts and no broadcast (RFC 3021), of 32 one', () => {
    expect(of('10.0.0.1', 31)).toMatchObject({
      first: '10.0.0.0',
      last: '10.0.0.1',
      hosts: 2n,
      broadcast: null,
    });
    expect(of('10.0.0.1', 32)).toMatchObject({
      first: '10.0.0.1',
      last: '10.0.0.1',
      hosts: 1n,
      broadcast: null,
    });
  });

  it('of IPv6 leaves out the address of any router, and knows no broadcast', () => {
    expect(of('2001:db8::1', 64)).toMatchObject({
      network: '2001:db8::',
      hostPart: '::1',
      first: '2001:db8::1',
      last: '2001:db8::ffff:ffff:ffff:ffff',
      hosts: 2n ** 64n - 1n,
      broadcast: null,
    });
    expect(of('2001:db8::1', 127)).toMatchObject({ hosts: 2n, first: '2001:db8::' });
  });

  const sized = (length: number) =>
    fc.tuple(
      fc.uint8Array({ minLength: length, maxLength: length }),
      fc.integer({ min: 0, max: length * 8 }),
    );

  it('is cut as Python’s ipaddress does it, for any address', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<string, Told>(`
import ipaddress
def answer(text):
    at = ipaddress.ip_interface(text)
    net = at.network
    few = None
    if net.num_addresses <= 512:
        hosts = list(net.hosts())
        few = [len(hosts), str(hosts[-1])]
    return {
        'network': str(net.network_address), 'mask': str(net.netmask),
        'last': str(net.broadcast_address), 'first_host': str(next(iter(net.hosts()))),
        'host': str(int(at.ip) & int(net.hostmask)), 'total': str(net.num_addresses), 'few': few,
    }`);
    // Python writes ::1.2.3.4 in groups.
    const canonical = (text: string) => {
      const bytes = parseIPv4(text) ?? parseIPv6(text) ?? new Uint8Array(0);
      return bytes.length === 4 ? formatIPv4(bytes) : formatIPv6(bytes);
    };
    await fc.assert(
      fc.asyncProperty(fc.oneof(sized(4), sized(16)), async ([bytes, prefix]) => {
        const text = bytes.length === 4 ? formatIPv4(bytes) : formatIPv6(bytes);
        const ours = networkOf(bytes, prefix);
        const told = await python.ask(`${text}/${prefix}`);
        if (told === null) throw new Error(`${text}/${prefix} is nothing to Python`);
        expect(ours.network).toBe(canonical(told.network));
        expect(ours.mask).toBe(canonical(told.mask));
        expect(ours.first).toBe(canonical(told.first_host));
        expect(ours.host).toBe(BigInt(told.host));
        if (ours.broadcast !== null) expect(ours.broadcast).toBe(told.last);
        const spared = BigInt(told.total) <= 2n ? 0n : bytes.length === 4 ? 2n : 1n;
        expect(ours.hosts).toBe(BigInt(told.total) - spared);
        if (told.few !== null)
          expect([Number(ours.hosts), ours.last]).toEqual([told.few[0], canonical(told.few[1])]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an address as a number', () => {
  it('has its first byte in front', () => {
    expect(numberOf(Uint8Array.of(0x81, 0x80, 0xf3, 0x46))).toBe(0x8180f346n);
  });
});

/** Who may connect. The oracle for what a network covers is Python's ipaddress. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admits, parseRule } from '../../src/socket/access.ts';
import { EndpointError } from '../../src/socket/endpoint.ts';

const allow = (text: string) => parseRule(true, text);
const deny = (text: string) => parseRule(false, text);

describe('access', () => {
  it.each([
    // No rule matches: in, unless something is allowed.
    [[], '127.0.0.1:9', true],
    [[deny('10.0.0.0/8')], '127.0.0.1:9', true],
    [[allow('10.0.0.0/8')], '127.0.0.1:9', false],
    // The first that matches decides.
    [[deny('10.1.0.0/16'), allow('10.0.0.0/8')], '10.1.2.3:9', false],
    [[deny('10.1.0.0/16'), allow('10.0.0.0/8')], '10.2.2.3:9', true],
    [[allow('10.0.0.0/8'), deny('10.1.0.0/16')], '10.1.2.3:9', true],
    [[deny('0.0.0.0/0')], '8.8.8.8:9', false],
    [[deny('0.0.0.0/0')], '[2001:db8::1]:9', true],
    [[deny('::/0')], '[2001:db8::1]:9', false],
    // Bits inside a byte.
    [[deny('10.0.0.128/25')], '10.0.0.127:9', true],
    [[deny('10.0.0.128/25')], '10.0.0.128:9', false],
    [[deny('10.0.0.129/25')], '10.0.0.200:9', false],
    [[deny('10.0.0.1')], '10.0.0.1:9', false],
    [[deny('10.0.0.1')], '10.0.0.2:9', true],
    [[deny('2001:db8::/33')], '[2001:db8:8000::1]:9', true],
    [[deny('2001:db8::/33')], '[2001:db8:7fff::1]:9', false],
    // IPv4 over a socket of IPv6 is IPv4; in rules, too.
    [[deny('127.0.0.0/8')], '[::ffff:127.0.0.1]:9', false],
    [[deny('127.0.0.0/8')], '[::ffff:7f00:1]:9', false],
    [[deny('::ffff:127.0.0.0/104')], '127.0.0.1:9', false],
    [[deny('::ffff:127.0.0.1')], '127.0.0.1:9', false],
    [[deny('::/0')], '[::ffff:127.0.0.1]:9', true],
    [[deny('fe80::/10')], '[fe80::1%1]:9', false],
    // Peers without an address.
    [[allow('10.0.0.0/8')], 'unix:@peer', true],
    [[allow('10.0.0.0/8')], null, true],
    // A Unix socket’s name is its owner's to choose, and is not looked into.
    [[], 'unix:@', true],
    [[], 'unix:@a\0b', true],
    [[deny('::/0')], 'unix:@]:8 [::1]:9', true],
    [[deny('::/0')], 'unix:/x [::1]:9', true],
  ])('case %#: %j, %s → %s', (rules, remote, admitted) => {
    expect(admits(rules, remote)).toBe(admitted);
  });

  it.each([
    ['10.0.0.0/33', 9, 11],
    ['10.0.0/8', 0, 6],
    ['10.0.0.0/', 9, 10],
    ['localhost', 0, 9],
    ['10.0.0.1:80', 0, 11],
    ['*', 0, 1],
    ['', 0, 1],
  ])('%j is no network', (text, from, to) => {
    let problem: unknown = null;
    try {
      allow(text);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(EndpointError);
    expect(problem).toMatchObject({ text, span: [from, to] });
  });

  it('covers what Python says it covers', () => {
    const byte = fc.nat(255);
    const near = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
    const cases = fc.sample(fc.tuple(near, fc.nat(32), near, fc.nat(32)), 300);
    // The second address shares its first bits with the first, so that about half are covered.
    const pairs = cases.map(([network, prefix, other, shared]) => {
      const word = (text: string) =>
        text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
      const mask = shared === 0 ? 0 : (0xffffffff << (32 - shared)) >>> 0;
      const value = (((word(network) & mask) >>> 0) | ((word(other) & ~mask) >>> 0)) >>> 0;
      const address = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
      return [network, prefix, address] as const;
    });
    const program = `
import ipaddress, json, sys
print(json.dumps([ipaddress.ip_address(a) in ipaddress.ip_network(f'{n}/{p}', strict=False) for n, p, a in json.load(sys.stdin)]))
`;
    const { stdout } = spawnSync('python3', ['-c', program], { input: JSON.stringify(pairs) });
    const expected: unknown = JSON.parse(stdout.toString());
    const ours = pairs.map(
      ([network, prefix, address]) => !admits([deny(`${network}/${prefix}`)], `${address}:1`),
    );
    expect(ours).toEqual(expected);
    expect(new Set(ours).size).toBe(2);
  });
});

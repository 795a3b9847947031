import { describe, expect, it } from 'vitest';
import { inspectionJson } from '../../../src/view/inspect/json.ts';
import { inspected } from '../../support/inspections.ts';

async function told(text: string): Promise<unknown> {
  return JSON.parse(inspectionJson(await inspected(text), text));
}

describe('an inspection as JSON', () => {
  it('has all facts of an address', async () => {
    expect(await told('192.168.1.17/24')).toEqual({
      v: 1,
      type: 'inspect',
      input: '192.168.1.17/24',
      kind: 'address',
      transport: null,
      version: 4,
      address: '192.168.1.17',
      full: '192.168.1.17',
      fields: [192, 168, 1, 17],
      bits: '11000000101010000000000100010001',
      hex: '0xc0a80111',
      zone: null,
      interface: null,
      network: {
        prefix: 24,
        from: 'written',
        netmask: '255.255.255.0',
        network: '192.168.1.0',
        host_part: '0.0.0.17',
        broadcast: '192.168.1.255',
        first_host: '192.168.1.1',
        last_host: '192.168.1.254',
        hosts: '254',
      },
      scope: { word: 'private', source: 'RFC 1918', means: expect.stringContaining('route') },
      multicast_scope: null,
      embedded_ipv4: null,
      port: null,
      sockaddr: {
        hex: '02000000c0a801110000000000000000',
        fields: [
          { name: 'family', hex: '0200' },
          { name: 'port', hex: '0000' },
          { name: 'address', hex: 'c0a80111' },
          { name: 'padding', hex: '0000000000000000' },
        ],
      },
      name: null,
      name_lookup: 'none',
    });
  });

  it('has those of an IPv6 endpoint, with its zone', async () => {
    expect(await told('udp:[fe80::1%eth0]:35091')).toMatchObject({
      transport: 'udp',
      version: 6,
      address: 'fe80::1',
      full: 'fe80:0000:0000:0000:0000:0000:0000:0001',
      fields: ['fe80', '0000', '0000', '0000', '0000', '0000', '0000', '0001'],
      zone: { name: 'eth0', index: 2 },
      interface: { name: 'eth0', prefix: 64 },
      network: { prefix: 64, from: 'interface', hosts: '18446744073709551615' },
      port: { number: 35091, hex: '8913', swapped: 5001, without_htons: 5001 },
    });
  });

  it('has a group’s reach and an address’s inside', async () => {
    expect(await told('ff02::1')).toMatchObject({ multicast_scope: { word: 'link-local' } });
    expect(await told('::ffff:10.0.0.1')).toMatchObject({
      embedded_ipv4: { form: 'mapped', address: '10.0.0.1', scope: { word: 'private' } },
    });
  });

  it('has a name’s addresses, each with its scope and bytes', async () => {
    expect(await told('localhost:80')).toMatchObject({
      kind: 'name',
      name: 'localhost',
      port: { number: 80 },
      addresses: expect.arrayContaining([
        expect.objectContaining({ scope: expect.objectContaining({ word: 'loopback' }) }),
      ]),
    });
  });

  it('has a Unix socket’s path', async () => {
    expect(await told('unix:/a')).toEqual({
      v: 1,
      type: 'inspect',
      input: 'unix:/a',
      kind: 'unix',
      transport: 'unix',
      form: 'path',
      name: '/a',
      sockaddr: {
        hex: '01002f6100',
        fields: [
          { name: 'family', hex: '0100' },
          { name: 'path', hex: '2f6100' },
        ],
      },
    });
  });

  it('is one line that begins with the version and the type, keys in snake_case', async () => {
    for (const text of ['::1', 'localhost', 'unix:@a\u202e', '10.0.0.1:80']) {
      const line = inspectionJson(await inspected(text), text);
      expect(line).toMatch(/^\{"v":1,"type":"inspect","input":/);
      expect(line).not.toMatch(/\n|\u202e/);
      for (const [, key] of line.matchAll(/"([^"]+)":/g)) expect(key).toMatch(/^[a-z0-9_]+$/);
    }
  });
});

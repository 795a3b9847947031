import { describe, expect, it } from 'vitest';
import { inspect, world } from '../../../src/socket/inspect/inspect.ts';
import { parseSubject } from '../../../src/socket/inspect/subject.ts';
import { inspected } from '../../support/inspections.ts';
import { Python } from '../../support/python.ts';
import { has } from '../../support/tools.ts';

const never = () => new Promise<never>(() => {});

describe('an address', () => {
  it('has the network of its prefix, and of this machine’s interface where it has one', async () => {
    const network = async (text: string) => {
      const { address } = (await inspected(text)) as {
        address?: { network?: object; interface?: object };
      };
      return [address?.network, address?.interface];
    };
    const lo = { name: 'lo', prefix: 8 };
    expect(await network('10.0.0.1/24')).toMatchObject([{ prefix: 24, from: 'written' }, null]);
    expect(await network('127.0.0.1')).toMatchObject([{ prefix: 8, from: 'interface' }, lo]);
    expect(await network('127.0.0.1:80')).toMatchObject([{ prefix: 8, from: 'interface' }, lo]);
    expect(await network('127.0.0.1/16')).toMatchObject([{ prefix: 16, from: 'written' }, lo]);
    expect(await network('0:0::1')).toMatchObject([{ prefix: 128 }, { name: 'lo' }]);
    expect(await network('129.128.243.70')).toEqual([null, null]);
  });

  it('that is on every link is looked for on the link that its zone names', async () => {
    for (const [text, name, prefix] of [
      ['fe80::1%eth0', 'eth0', 64],
      ['fe80::1%eth1', 'eth1', 72],
    ] as const)
      expect(await inspected(text)).toMatchObject({
        address: { interface: { name, prefix }, zone: { name, index: name === 'eth0' ? 2 : 3 } },
      });
    expect(await inspected('fe80::1%lo')).toMatchObject({ address: { interface: null } });
  });

  it('is looked up with its zone, and found or not', async () => {
    const asked: string[] = [];
    const nameOf = async (address: string) => {
      asked.push(address);
      return address === '192.0.2.2' ? 'here.example' : null;
    };
    expect(await inspected('192.0.2.2:80', { nameOf })).toMatchObject({
      name: { kind: 'found', name: 'here.example' },
    });
    expect(await inspected('fe80::1%eth0', { nameOf })).toMatchObject({ name: { kind: 'none' } });
    expect(asked).toEqual(['192.0.2.2', 'fe80::1%eth0']);
  });

  it('is shown without its name where the resolver is late', async () => {
    const late = await inspected('10.0.0.1', { nameOf: never, patienceMs: 1 });
    expect(late).toMatchObject({ address: { text: '10.0.0.1' }, name: { kind: 'late' } });
  });

  it('carries its port, with the bytes that htons makes', async () => {
    expect(await inspected('127.0.0.1:35091')).toMatchObject({
      port: { number: 35091, bytes: [0x89, 0x13], swapped: 5001, meant: 5001 },
    });
    expect(await inspected('127.0.0.1')).toMatchObject({ port: null, transport: null });
    expect(await inspected('udp::0')).toMatchObject({ port: { number: 0 }, transport: 'udp' });
  });

  it('tells of the IPv4 address within it', async () => {
    expect(await inspected('::ffff:127.0.0.1')).toMatchObject({
      address: {
        scope: { word: 'IPv4-mapped' },
        embedded: { form: 'mapped', address: '127.0.0.1', scope: { word: 'loopback' } },
      },
    });
  });

  it('has the sockaddr that C has', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    if (process.platform !== 'linux') context.skip('sin_family is two bytes on Linux');
    const python = new Python<[family: number, host: string, port: number], string>(`
import socket, struct
def answer(question):
    version, host, port = question
    if version == 4:
        return struct.pack('=HH', socket.AF_INET, socket.htons(port)).hex() + socket.inet_pton(socket.AF_INET, host).hex() + '00' * 8
    return struct.pack('=HHI', socket.AF_INET6, socket.htons(port), 0).hex() + socket.inet_pton(socket.AF_INET6, host).hex() + '00' * 4`);
    for (const [text, version, host, port] of [
      ['129.128.243.70:8888', 4, '129.128.243.70', 8888],
      ['10.0.0.1/8', 4, '10.0.0.1', 0],
      ['[2001:db8::1]:443', 6, '2001:db8::1', 443],
    ] as const) {
      const inspection = await inspected(text);
      if (inspection.kind !== 'address') throw new Error(`${text} is an address`);
      const hex = Buffer.concat(inspection.sockaddr.map(({ bytes }) => bytes)).toString('hex');
      expect(hex).toBe(await python.ask([version, host, port]));
    }
  });
});

describe('a name', () => {
  it('has the addresses that getaddrinfo gives, in its order', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<string, string[]>(`
import socket
def answer(name):
    return [at[4][0] for at in socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM)]`);
    const found = await inspect(parseSubject('localhost:80'));
    if (found.kind !== 'name') throw new Error('localhost is a name');
    expect(found.found.map(({ address }) => address)).toEqual(await python.ask('localhost'));
    expect(found.found.map(({ scope }) => scope.word)).toContain('loopback');
    expect(found.port).toMatchObject({ number: 80 });
  });

  it('that nobody knows is getaddrinfo’s error', async () => {
    // A label has at most 63 bytes (RFC 1035 §2.3.4), so that no server is asked about this one.
    const unknown = {
      kind: 'name',
      name: `${'x'.repeat(64)}.example`,
      port: null,
      transport: null,
    } as const;
    await expect(inspect(unknown)).rejects.toMatchObject({
      call: 'getaddrinfo',
      code: 'EAI_NONAME',
    });
  });

  it('is given up in time', async () => {
    const late = inspected('host.example', { addressesFor: never, patienceMs: 1 });
    await expect(late).rejects.toMatchObject({ call: 'getaddrinfo', code: 'EAI_AGAIN' });
    expect(world.patienceMs).toBe(2000);
  });

  it('keeps the zones of its addresses', async () => {
    const addressesFor = async () => [
      { family: 'inet6', host: 'fe80::1', port: 0, scope: 2 } as const,
      { family: 'inet', host: '10.0.0.1', port: 0 } as const,
    ];
    const { found } = (await inspected('both.example', { addressesFor })) as { found?: object[] };
    expect(found).toMatchObject([
      { address: 'fe80::1%2', scope: { word: 'link-local' } },
      { address: '10.0.0.1', scope: { word: 'private' } },
    ]);
  });
});

describe('a Unix socket', () => {
  it.each([
    ['unix:/run/x', { form: 'path', name: '/run/x', transport: 'unix' }, '/run/x\0'],
    ['unixgram:@x', { form: 'abstract', name: 'x', transport: 'unixgram' }, '\0x'],
  ])('%s', async (text, expected, path) => {
    const inspection = await inspected(text);
    expect(inspection).toMatchObject({ kind: 'unix', ...expected });
    expect(
      Buffer.from(
        inspection.kind === 'unix' ? (inspection.sockaddr[1]?.bytes ?? []) : [],
      ).toString(),
    ).toBe(path);
  });
});

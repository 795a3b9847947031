/** A bound socket and its peers, with a watcher and without. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peerNamed } from '../../../src/socket/datagram/datagram.ts';
import { openClient, openServer } from '../../../src/socket/datagram/open.ts';
import { type DatagramEndpoint, targetsFor } from '../../../src/socket/plan/addresses.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { openDescriptors, portOf } from '../../support/bare.ts';
import { udp, udpPeer } from '../../support/datagrams.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { hasIPv6 } from '../../support/peer.ts';
import { python } from '../../support/program.ts';
import { pattern } from '../../support/streams.ts';

let sys: FaultySys;
let session: Session;
afterEach(() => {
  session.close();
  expect(sys.misuses).toEqual([]);
});

const HERE = udp('127.0.0.1', 0);
const ANY = { family: 0 } as const;
const UNIX = { transport: 'unixgram', abstract: `socklab-test-${process.pid}` } as const;

async function unixClient(name: string) {
  const ownName: DatagramEndpoint = { transport: 'unixgram', abstract: `${UNIX.abstract}-${name}` };
  const targets = await targetsFor(UNIX, 0, 'connect');
  return openClient(session, targets, { family: 0, source: null, ownName }, name);
}

describe.each(['by steps', 'plainly'])('%s', (how) => {
  beforeEach(() => {
    sys = new FaultySys();
    session = new Session({ sys, keep: 0, observe: false });
    if (how === 'by steps') session.watch(() => {});
  });

  it('hears several peers in turn, and answers each of them', async () => {
    const server = await openServer(session, HERE, ANY);
    const peers = [await udpPeer(), await udpPeer(), await udpPeer()];
    for (let round = 0; round < 3; round++) {
      for (const [at, peer] of peers.entries()) {
        await peer.send(`${round} from ${at}`, server.local ?? '');
        const datagram = await server.receive();
        expect(Buffer.from(datagram?.bytes ?? []).toString()).toBe(`${round} from ${at}`);
        expect(datagram?.from?.name).toBe(peer.address);
        if (datagram?.from) await server.sendTo(datagram.from, Buffer.from(`${round} to ${at}`));
      }
    }
    for (const [at, peer] of peers.entries()) {
      expect(await peer.count(3)).toEqual([`0 to ${at}`, `1 to ${at}`, `2 to ${at}`]);
      expect(new Set(peer.from)).toEqual(new Set([server.local]));
    }
    expect([server.bytesIn, server.bytesOut]).toEqual([72, 54]);
  });

  it('keeps every border: no bytes, the most that fit, and nothing in between is joined', async () => {
    const server = await openServer(session, HERE, ANY);
    const peer = await udpPeer();
    const largest = pattern(65_508).subarray(0, 65_507);
    for (const bytes of ['', largest, 'x', ''])
      await peer.send(bytes as Buffer, server.local ?? '');
    const lengths: number[] = [];
    for (let at = 0; at < 4; at++) {
      const datagram = await server.receive();
      lengths.push(datagram?.bytes.length ?? -1);
      if (at === 1) expect(largest.equals(datagram?.bytes ?? Buffer.of())).toBe(true);
      if (datagram?.from) await server.sendTo(datagram.from, datagram.bytes);
    }
    expect(lengths).toEqual([0, 65_507, 1, 0]);
    await peer.count(4);
    expect(peer.received.map(({ length }) => length)).toEqual(lengths);
    expect(peer.received[1]?.equals(largest)).toBe(true);
  });

  it('gives each datagram to keep: the next one does not change it', async () => {
    const server = await openServer(session, HERE, ANY);
    const peer = await udpPeer();
    for (const text of ['first', 'other']) await peer.send(text, server.local ?? '');
    const first = await server.receive();
    await server.receive();
    expect(Buffer.from(first?.bytes ?? []).toString()).toBe('first');
  });

  it('refuses what is too long for one datagram, and makes no two of it', async () => {
    const server = await openServer(session, HERE, ANY);
    const peer = await udpPeer();
    const sent = server.sendTo(peerNamed(peer.address), new Uint8Array(65_508));
    await expect(sent).rejects.toMatchObject({ code: 'EMSGSIZE', remote: peer.address });
    await server.sendTo(peerNamed(peer.address), Buffer.from('still there'));
    expect(await peer.count(1)).toEqual(['still there']);
  });

  it('hears IPv4 and IPv6 at every interface', async (context) => {
    if (!hasIPv6()) context.skip('no IPv6 here');
    const server = await openServer(session, udp('*', 0), ANY);
    const port = Number(server.local?.split(':').at(-1));
    expect(server.local).toBe(`[::]:${port}`);
    const peer = await udpPeer();
    await peer.send('four', `127.0.0.1:${port}`);
    const four = await server.receive();
    expect(four?.from?.name).toBe(`[::ffff:127.0.0.1]:${peer.port}`);
    if (four?.from) await server.sendTo(four.from, Buffer.from('answer'));
    expect(await peer.count(1)).toEqual(['answer']);
    const options = { family: 0, source: null, ownName: null } as const;
    const six = await openClient(
      session,
      await targetsFor(udp('::1', port), 0, 'connect'),
      options,
    );
    await six.send(Buffer.from('six'));
    expect((await server.receive())?.from?.name).toBe(six.local);
  });

  it('ends a wait with null when it is woken, and when it is closed', async () => {
    const server = await openServer(session, HERE, ANY);
    const woken = server.receive();
    await new Promise((resolve) => setImmediate(resolve));
    server.wake();
    expect(await woken).toBeNull();
    const closed = server.receive();
    await new Promise((resolve) => setImmediate(resolve));
    await server.close();
    expect(await closed).toBeNull();
    expect(await server.receive()).toBeNull();
  });

  it('waits while the kernel has no room, and is not disturbed by a signal', async () => {
    const server = await openServer(session, HERE, ANY);
    const peer = await udpPeer();
    sys.fail('sendto', 'EAGAIN', { times: 2 });
    await server.sendTo(peerNamed(peer.address), Buffer.from('after all'));
    if (how === 'plainly') sys.fail('recvfrom', 'EINTR');
    await peer.send('heard', server.local ?? '');
    expect(Buffer.from((await server.receive())?.bytes ?? []).toString()).toBe('heard');
    expect(await peer.count(1)).toEqual(['after all']);
  });

  it('does not share its port: the second one is refused', async () => {
    const server = await openServer(session, HERE, ANY);
    const port = Number(server.local?.split(':')[1]);
    const second = openServer(session, udp('127.0.0.1', port), { family: 0, name: 'second' });
    await expect(second).rejects.toMatchObject({ call: 'bind', code: 'EADDRINUSE' });
  });

  it('leaves nothing open behind a failure', async () => {
    const before = openDescriptors();
    sys.fail('bind', 'EACCES');
    await expect(openServer(session, HERE, ANY)).rejects.toMatchObject({ code: 'EACCES' });
    expect(openDescriptors()).toBe(before);
  });

  it('tells who sent by a Unix name, and answers it', async () => {
    const server = await openServer(session, UNIX, ANY);
    const client = await unixClient('ann');
    await client.send(Buffer.from('hello'));
    const datagram = await server.receive();
    expect(datagram?.from?.name).toBe(`unix:@${UNIX.abstract}-ann`);
    if (datagram?.from) await server.sendTo(datagram.from, new Uint8Array(0));
    expect(await client.receive()).toMatchObject({ length: 0 });
  });

  it('gives up a Unix peer that does not read, and goes on when there is room', async () => {
    const server = await openServer(session, UNIX, ANY);
    const [slow, quick] = [await unixClient('slow'), await unixClient('quick')];
    let sent = 0;
    const flood = async () => {
      for (; sent < 10_000; sent++)
        await server.sendTo(peerNamed(slow.local ?? ''), Buffer.from('x'));
    };
    await expect(flood()).rejects.toMatchObject({ code: 'EAGAIN', remote: slow.local });
    // net.unix.max_dgram_qlen, or our own send buffer: some, and far from all.
    expect(sent).toBeGreaterThan(0);
    for (; sent > 0; sent--) expect(await slow.receive()).toMatchObject({ length: 1 });
    await server.sendTo(peerNamed(quick.local ?? ''), Buffer.from('y'));
    expect(await quick.receive()).toMatchObject({ length: 1 });
  });

  it('tells that a Unix peer has gone', async () => {
    const server = await openServer(session, UNIX, ANY);
    const client = await unixClient('gone');
    const peer = peerNamed(client.local ?? '');
    await client.close();
    const sent = server.sendTo(peer, Buffer.from('?'));
    await expect(sent).rejects.toMatchObject({ call: 'sendto', code: 'ECONNREFUSED' });
  });

  it('takes a Unix datagram that is larger than one of UDP, whole', async () => {
    const server = await openServer(session, UNIX, ANY);
    const client = await unixClient('large');
    const large = pattern(200_000);
    await client.send(large);
    const datagram = await server.receive();
    expect(large.equals(datagram?.bytes ?? Buffer.of())).toBe(true);
  });
});

describe('where nobody watches', () => {
  it('ten thousand datagrams are heard, and each but once', async () => {
    sys = new FaultySys();
    session = new Session({ sys, keep: 0, observe: false });
    const server = await openServer(session, UNIX, ANY);
    const client = await unixClient('many');
    const seen = new Set<string>();
    const hearing = (async () => {
      while (seen.size < 10_000) {
        const datagram = await server.receive();
        seen.add(Buffer.from(datagram?.bytes ?? []).toString());
      }
    })();
    for (let at = 0; at < 10_000; at++) await client.send(Buffer.from(String(at)));
    await hearing;
    expect([server.bytesIn, client.bytesOut]).toEqual([38_890, 38_890]);
  });

  it('a refusal that the kernel still keeps is told once, and then it goes on', async () => {
    sys = new FaultySys();
    session = new Session({ sys, keep: 0, observe: false });
    const server = await openServer(session, HERE, ANY);
    sys.fail('recvfrom', 'ECONNREFUSED');
    await expect(server.receive()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const peer = await udpPeer();
    await peer.send('on', server.local ?? '');
    expect(await server.receive()).toMatchObject({ length: 2 });
  });
});

describe('bound to every address', () => {
  /** A connected socket of Python's hears only the address that it wrote to. */
  const ASK = `
import socket, sys
host, port = sys.argv[1], int(sys.argv[2])
s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.connect((host, port)); s.send(b'where to?')
print('ready', s.recv(100).decode(), flush=True)
`;

  it.each([
    ['*', '127.0.0.1'],
    ['*', '127.7.7.7'],
    ['*', '::1'],
    ['0.0.0.0', '127.7.7.7'],
  ])('(%s) it answers from the address that was asked, %s', async (bound, asked) => {
    sys = new FaultySys();
    session = new Session({ sys, keep: 0, observe: false });
    const server = await openServer(session, udp(bound, 0), ANY);
    const peer = python(ASK, asked, String(portOf(server.local)));
    const datagram = await server.receive();
    if (datagram?.from == null) throw new Error('a datagram of nobody');
    expect(Buffer.from(datagram.bytes).toString()).toBe('where to?');
    await server.sendTo(datagram.from, Buffer.from('to here'));
    expect(await peer.ready()).toBe('to here');
  });

  it('it takes and gives the largest datagrams there are', async () => {
    sys = new FaultySys();
    session = new Session({ sys, keep: 0, observe: false });
    const server = await openServer(session, udp('0.0.0.0', 0), ANY);
    const peer = await udpPeer();
    const bytes = pattern(65_507);
    await peer.send(bytes, `127.0.0.1:${portOf(server.local)}`);
    const datagram = await server.receive();
    if (datagram?.from == null) throw new Error('a datagram of nobody');
    expect(bytes.equals(datagram.bytes)).toBe(true);
    await server.sendTo(datagram.from, datagram.bytes);
    await peer.count(1);
    expect(peer.received[0]?.equals(bytes)).toBe(true);
  });
});

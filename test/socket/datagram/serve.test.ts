/** `serve` over UDP as a plan. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type DatagramServeEvents,
  type DatagramServeOptions,
  serveDatagrams,
} from '../../../src/socket/datagram/serve.ts';
import type { SocketError } from '../../../src/socket/errors.ts';
import { echo } from '../../../src/socket/services/echo.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { openDescriptors, until } from '../../support/bare.ts';
import { FedMessages, udp, udpPeer } from '../../support/datagrams.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { KeptSink } from '../../support/streams.ts';

let sys: FaultySys;
let session: Session;
beforeEach(() => {
  sys = new FaultySys();
  session = new Session({ sys, keep: 0, observe: false });
});
afterEach(() => session.close());

interface Serving {
  readonly address: string;
  readonly done: Promise<void>;
  readonly output: KeptSink;
  readonly stdin: FedMessages;
  readonly passed: string[];
  readonly failed: SocketError[];
  readonly unanswered: string[];
  readonly denied: string[];
}

async function serving(options: Partial<DatagramServeOptions> = {}): Promise<Serving> {
  const [output, stdin] = [new KeptSink(), new FedMessages()];
  const told = { passed: [], failed: [], unanswered: [], denied: [] } as {
    passed: string[];
    failed: SocketError[];
    unanswered: string[];
    denied: string[];
  };
  let address = '';
  const events: DatagramServeEvents = {
    listening: (local) => {
      address = local;
    },
    passed: (direction, remote, bytes) => {
      told.passed.push(`${direction} ${remote} ${Buffer.from(bytes)}`);
      return undefined;
    },
    failed: (error) => told.failed.push(error),
    unanswered: (remote, why) => told.unanswered.push(`${remote}: ${why}`),
    denied: (remote) => told.denied.push(remote),
  };
  const whole: DatagramServeOptions = {
    family: 0,
    once: false,
    idleMs: null,
    answer: null,
    messages: stdin,
    output,
    peers: { most: 1000, forgetMs: 60_000 },
    quietMs: 50,
    admits: () => true,
    ...options,
  };
  const done = serveDatagrams(session, udp('127.0.0.1', 0), whole, events);
  done.catch(() => {});
  await until('it listens', () => address !== '');
  return { address, done, output, stdin, ...told };
}

describe('without a service', () => {
  it('whoever sends is heard, and never only the first', async () => {
    const server = await serving();
    const peers = [await udpPeer(), await udpPeer(), await udpPeer()];
    for (let round = 0; round < 3; round++)
      for (const [at, peer] of peers.entries()) {
        await peer.send(`<${round} ${at}>`, server.address);
        await until('it comes out', () => server.output.text.endsWith(`<${round} ${at}>`));
      }
    expect(server.output.writes).toBe(9);
    expect(server.passed[1]).toBe(`in ${peers[1]?.address} <0 1>`);
  });

  it('what comes on stdin goes to all who were heard from, and waits for the first', async () => {
    const server = await serving();
    server.stdin.feed('early\n');
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.stdin.asked).toBe(0);
    const peers = [await udpPeer(), await udpPeer()];
    await peers[0]?.send('.', server.address);
    expect(await peers[0]?.count(1)).toEqual(['early\n']);
    await peers[1]?.send('.', server.address);
    await until('both are known', () => server.output.text === '..');
    server.stdin.feed('all\n', 'of\n', 'you\n').end();
    expect(await peers[0]?.count(4)).toEqual(['early\n', 'all\n', 'of\n', 'you\n']);
    expect(await peers[1]?.count(3)).toEqual(['all\n', 'of\n', 'you\n']);
    // stdin's end is not the server's.
    await peers[0]?.send('!', server.address);
    await until('it goes on', () => server.output.text === '..!');
  });

  it('a peer that has vanished disturbs nobody', async () => {
    const server = await serving();
    const [gone, kept] = [await udpPeer(), await udpPeer()];
    for (const peer of [gone, kept]) await peer.send('.', server.address);
    await until('both are known', () => server.output.text === '..');
    gone.close();
    server.stdin.feed('1', '2', '3');
    expect(await kept.count(3)).toEqual(['1', '2', '3']);
    await kept.send('!', server.address);
    await until('it goes on', () => server.output.text === '..!');
    expect(server.failed).toEqual([]);
  });

  it('what can’t be sent is told, and the server goes on', async () => {
    const server = await serving();
    const peer = await udpPeer();
    await peer.send('.', server.address);
    await until('it is known', () => server.output.text === '.');
    sys.fail('sendto', 'EHOSTUNREACH');
    server.stdin.feed('lost', 'kept');
    expect(await peer.count(1)).toEqual(['kept']);
    expect(server.failed).toMatchObject([{ code: 'EHOSTUNREACH', remote: peer.address }]);
  });

  it('a line that is too long for one datagram ends it: it would never get through', async () => {
    const server = await serving();
    await (await udpPeer()).send('.', server.address);
    server.stdin.feed('x'.repeat(65_508));
    await expect(server.done).rejects.toMatchObject({ code: 'EMSGSIZE' });
  });
});

describe('with a service', () => {
  it('each datagram is answered to its own sender, also one without bytes', async () => {
    const server = await serving({ answer: echo.datagram });
    const peers = [await udpPeer(), await udpPeer()];
    for (const text of ['one', '', 'three'])
      for (const [at, peer] of peers.entries())
        await peer.send(text === '' ? '' : `${text} ${at}`, server.address);
    for (const [at, peer] of peers.entries())
      expect(await peer.count(3)).toEqual([`one ${at}`, '', `three ${at}`]);
    expect(server.stdin.asked).toBe(0);
    expect(server.output.writes).toBe(0);
  });

  it('gets none where the answer could come back for ever', async () => {
    const server = await serving({ answer: echo.datagram });
    const port = Number(server.address.split(':')[1]);
    // As if forged: the same port, at another address of the loopback network.
    const forger = await udpPeer(() => null, { host: '127.0.0.2', port });
    await forger.send('ping', server.address);
    await until('it is told', () => server.unanswered.length === 1);
    expect(server.unanswered[0]).toMatch(/^127\.0\.0\.2:\d+: .*our own/);
    const fair = await udpPeer();
    await fair.send('fair', server.address);
    expect(await fair.count(1)).toEqual(['fair']);
    expect(forger.received).toEqual([]);
  });

  it('an error of an answer or of a datagram before is told, and it goes on', async () => {
    const server = await serving({ answer: echo.datagram });
    const peer = await udpPeer();
    sys.fail('sendto', 'EPERM');
    await peer.send('lost', server.address);
    await until('it is told', () => server.failed.length === 1);
    sys.fail('recvfrom', 'ECONNREFUSED');
    await peer.send('a', server.address);
    expect(await peer.count(1)).toEqual(['a']);
    expect(server.failed.map(({ code }) => code)).toEqual(['EPERM', 'ECONNREFUSED']);
  });

  it('is told of a defect in it', async () => {
    const server = await serving({
      answer: () => {
        throw new Error('defect');
      },
    });
    await (await udpPeer()).send('.', server.address);
    await expect(server.done).rejects.toThrow('defect');
  });
});

it('who is not admitted is not heard, and gets no answer', async () => {
  const refused = await udpPeer();
  const server = await serving({
    answer: echo.datagram,
    admits: (remote) => remote !== refused.address,
  });
  await refused.send('let me in', server.address);
  const peer = await udpPeer();
  await peer.send('hello', server.address);
  expect(await peer.count(1)).toEqual(['hello']);
  expect(server.denied).toEqual([refused.address]);
  expect(refused.received).toEqual([]);
});

describe('once', () => {
  it('answers the first datagram, and is done', async () => {
    const server = await serving({ once: true, answer: echo.datagram });
    const peer = await udpPeer();
    await peer.send('one', server.address);
    await server.done;
    expect(await peer.count(1)).toEqual(['one']);
  });

  it('without a service, stdin is the answer', async () => {
    const server = await serving({ once: true });
    server.stdin.feed('a\n', 'b\n').end();
    const peer = await udpPeer();
    await peer.send('question', server.address);
    await server.done;
    expect(server.output.text).toBe('question');
    expect(await peer.count(2)).toEqual(['a\n', 'b\n']);
  });

  it('does not wait for a stdin that is silent', async () => {
    const server = await serving({ once: true });
    await (await udpPeer()).send('question', server.address);
    await server.done;
    expect(server.output.text).toBe('question');
  });

  it('fails as its answer does', async () => {
    const server = await serving({ once: true, answer: echo.datagram });
    sys.fail('sendto', 'EHOSTUNREACH');
    await (await udpPeer()).send('one', server.address);
    await expect(server.done).rejects.toMatchObject({ call: 'sendto', code: 'EHOSTUNREACH' });
  });
});

it('the session’s close() ends it in order', async () => {
  const before = openDescriptors();
  for (const answer of [null, echo.datagram]) {
    session = new Session({ sys });
    const server = await serving({ answer });
    session.close();
    await expect(server.done).resolves.toBeUndefined();
  }
  expect(openDescriptors()).toBe(before);
  expect(sys.misuses).toEqual([]);
});

/** `connect` and `send` over UDP as plans: borders, silence and refusals. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  connectDatagrams,
  type DatagramConnectOptions,
} from '../../../src/socket/datagram/connect.ts';
import {
  type DatagramSendOptions,
  replyIn,
  sendDatagrams,
} from '../../../src/socket/datagram/send.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { openDescriptors, until } from '../../support/bare.ts';
import { deadPort, FedMessages, udp, udpPeer } from '../../support/datagrams.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { hasIPv6 } from '../../support/peer.ts';
import { KeptSink } from '../../support/streams.ts';

let sys: FaultySys;
let session: Session;
let output: KeptSink;
let stdin: FedMessages;
let passed: string[];
/** Whether somebody is told of each call, so that each is a step. */
let watched = false;
/** The peers that it was connected to, in their order. */
let tried: (string | null)[];
beforeEach(() => {
  sys = new FaultySys();
  session = new Session({ sys, keep: 0, observe: false });
  if (watched) session.watch(() => {});
  output = new KeptSink();
  stdin = new FedMessages();
  passed = [];
  tried = [];
});
afterEach(() => {
  vi.useRealTimers();
  session.close();
  expect(sys.misuses).toEqual([]);
});

/** From now on time passes when the test says so; the sockets are real all the same. */
function timeIsOurs(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}

const events = {
  connected: ({ remote }: { remote: string | null }) => tried.push(remote),
  passed: (direction: 'in' | 'out', _: string | null, bytes: Uint8Array) => {
    passed.push(`${direction} ${Buffer.from(bytes)}`);
    return undefined;
  },
  closed: () => {},
};
const anywhere = { family: 0, source: null, ownName: null, retryMs: 0 } as const;

function connecting(
  port: number,
  options: Partial<DatagramConnectOptions> = {},
  host = '127.0.0.1',
) {
  const usual = { messages: stdin, output, onEof: 'half', idleMs: null, timeoutMs: 200 } as const;
  const done = connectDatagrams(
    session,
    udp(host, port),
    { ...anywhere, ...usual, ...options },
    events,
  );
  done.catch(() => {});
  return done;
}

function sending(port: number, messages: string[], options: Partial<DatagramSendOptions> = {}) {
  const bytes = messages.map((one) => Buffer.from(one));
  const usual = { messages: bytes, reply: replyIn(null, null), output, timeoutMs: 200, gapMs: 0 };
  return sendDatagrams(
    session,
    udp('127.0.0.1', port),
    { ...anywhere, ...usual, ...options },
    events,
  );
}

const echoing = () => udpPeer((bytes) => bytes);
const SILENT = { call: 'recv', code: 'ETIMEDOUT' };
const REFUSED = { code: 'ECONNREFUSED' };

describe.each([
  { how: 'plainly', steps: false },
  { how: 'by steps', steps: true },
])('$how', ({ steps }) => {
  beforeAll(() => {
    watched = steps;
  });

  describe('connect', () => {
    it('each message is one datagram, and each that comes goes out, also one without bytes', async () => {
      const peer = await echoing();
      stdin.feed('one\n', '', 'three').end();
      await connecting(peer.port, { idleMs: 100 });
      expect(peer.texts).toEqual(['one\n', '', 'three']);
      expect(output.text).toBe('one\nthree');
      expect(passed.filter((one) => one.startsWith('in'))).toEqual(['in one\n', 'in ', 'in three']);
    });

    it('waits for the first answer as long as --timeout says, and then for silence', async () => {
      const peer = await udpPeer();
      stdin.feed('question').end();
      timeIsOurs();
      const done = connecting(peer.port, { timeoutMs: 60_000 });
      await peer.count(1);
      // Later than the silence that ends it once something has come.
      await vi.advanceTimersByTimeAsync(1100);
      await peer.send('late', peer.from[0] ?? '');
      await until('it has come', () => output.text === 'late');
      await vi.advanceTimersByTimeAsync(1000);
      await done;
      expect(output.text).toBe('late');
    });

    it('nothing came back: no evidence', async () => {
      const peer = await udpPeer();
      stdin.feed('question').end();
      await expect(connecting(peer.port)).rejects.toMatchObject({
        ...SILENT,
        remote: peer.address,
        text: 'no evidence: nothing came back within 200 ms',
      });
    });

    it('nothing was sent: there is nothing to have evidence of', async () => {
      const peer = await udpPeer();
      stdin.end();
      await expect(connecting(peer.port, { idleMs: 20 })).resolves.toBeUndefined();
    });

    it('--on-eof exit sends all, and waits for nothing', async () => {
      const peer = await udpPeer();
      stdin.feed('a', 'b').end();
      await connecting(peer.port, { onEof: 'exit', timeoutMs: 60_000 });
      expect(await peer.count(2)).toEqual(['a', 'b']);
    });

    it('--on-eof stay goes on behind the end of stdin, until it is silent for --idle', async () => {
      const peer = await udpPeer();
      stdin.feed('a').end();
      const done = connecting(peer.port, { onEof: 'stay', timeoutMs: 1 });
      await peer.count(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await peer.send('still there', peer.from[0] ?? '');
      await until('it comes out', () => output.text === 'still there');
      session.close();
      await done;
    });

    it('--idle ends it also while stdin is open', async () => {
      const peer = await echoing();
      stdin.feed('a');
      await connecting(peer.port, { idleMs: 50 });
      expect(output.text).toBe('a');
    });

    it('a slow stdout is no silence of the peer’s', async () => {
      const peer = await udpPeer();
      stdin.feed('a').end();
      output.hold();
      timeIsOurs();
      const done = connecting(peer.port, { idleMs: 300 });
      await peer.count(1);
      for (const text of ['1', '2']) await peer.send(text, peer.from[0] ?? '');
      await until('the first is written', () => output.writes === 1);
      await vi.advanceTimersByTimeAsync(400);
      output.letGo();
      await until('both are written', () => output.text === '12');
      await vi.advanceTimersByTimeAsync(300);
      await done;
      expect(output.text).toBe('12');
    });

    it('only its peer is heard: the kernel drops what others send', async () => {
      const [peer, stranger] = [await echoing(), await udpPeer()];
      stdin.feed('a');
      const done = connecting(peer.port, { idleMs: 100 });
      await until('it has come back', () => output.text === 'a');
      await stranger.send('forged', peer.from[0] ?? '');
      await done;
      expect(output.text).toBe('a');
    });
  });

  describe('a refusal (ICMP)', () => {
    it('ends connect, and send', async () => {
      const port = await deadPort();
      stdin.feed('a');
      await expect(connecting(port)).rejects.toMatchObject(REFUSED);
      await expect(sending(port, ['a'])).rejects.toMatchObject(REFUSED);
    });

    it('of a peer that was there is no refusal to be tried again', async () => {
      const peer = await echoing();
      stdin.feed('a');
      const done = connecting(peer.port, { retryMs: 60_000 });
      await until('it has come back', () => output.text === 'a');
      peer.close();
      stdin.feed('b', 'c');
      await expect(done).rejects.toMatchObject(REFUSED);
    });

    it('--retry sends it again until somebody is there: nothing is lost, nothing comes twice', async () => {
      const port = await deadPort();
      stdin.feed('one', 'two', 'three').end();
      const done = connecting(port, { retryMs: 8000, idleMs: 200 });
      await until('it was tried twice', () => sys.count('send') >= 3);
      const peer = await udpPeer((bytes) => bytes, { port });
      await done;
      expect(peer.texts).toEqual(['one', 'two', 'three']);
      expect(output.text).toBe('onetwothree');
    });

    it('--retry gives up in the end', async () => {
      const port = await deadPort();
      await expect(sending(port, ['a'], { retryMs: 100 })).rejects.toMatchObject(REFUSED);
      expect(sys.count('send')).toBeGreaterThan(2);
    });

    it('of one address is no refusal of all: the next one is tried', async (context) => {
      if (!hasIPv6()) context.skip('no IPv6 here');
      // `*` to connect to is 127.0.0.1, and then ::1.
      const peer = await udpPeer((bytes) => bytes, { host: '::1' });
      stdin.feed('who?', 'me').end();
      await connecting(peer.port, { idleMs: 100 }, '*');
      expect(peer.texts).toEqual(['who?', 'me']);
      expect(output.text).toBe('who?me');
      expect(tried).toEqual([`127.0.0.1:${peer.port}`, `[::1]:${peer.port}`]);
    });
  });

  describe('send', () => {
    it('one datagram, and one back, each message after the reply to the one before', async () => {
      const peer = await udpPeer((bytes) => `re: ${bytes}\n`);
      await sending(peer.port, ['a', '', 'c']);
      expect(output.text).toBe('re: a\nre: \nre: c\n');
      expect(passed).toEqual(['out a', 'in re: a\n', 'out ', 'in re: \n', 'out c', 'in re: c\n']);
    });

    it('a reply of several datagrams, to the one that makes it whole', async () => {
      const peer = await udpPeer();
      const done = sending(peer.port, ['go'], { reply: () => (bytes) => bytes.includes(0x2e) });
      await peer.count(1);
      for (const text of ['a', 'b', 'c.', 'd']) await peer.send(text, peer.from[0] ?? '');
      await done;
      expect(output.text).toBe('abc.');
    });

    it('no reply: it has gone out, and that is all', async () => {
      const peer = await udpPeer();
      await sending(peer.port, ['a', 'b'], { reply: null, timeoutMs: 60_000 });
      expect(await peer.count(2)).toEqual(['a', 'b']);
    });

    it('silence is no evidence, also in the middle of a reply', async () => {
      const peer = await udpPeer(() => 'half');
      const reply = () => () => false;
      await expect(sending(peer.port, ['a'], { reply })).rejects.toMatchObject(SILENT);
      expect(output.text).toBe('half');
    });

    it('a slow stdout is no silence of the peer’s', async () => {
      const peer = await echoing();
      output.hold();
      timeIsOurs();
      const done = sending(peer.port, ['a', 'b'], { timeoutMs: 100 });
      await until('the first is written', () => output.writes === 1);
      await vi.advanceTimersByTimeAsync(200);
      output.letGo();
      await done;
      expect(output.text).toBe('ab');
    });

    it('from a source address, and to an address of the wrong family not at all', async () => {
      const peer = await echoing();
      const source = udp('127.0.0.3', 0);
      await sending(peer.port, ['a'], { source });
      expect(peer.from[0]).toMatch(/^127\.0\.0\.3:/);
      await expect(sending(peer.port, ['a'], { source: udp('::1', 0) })).rejects.toMatchObject({
        call: 'bind',
      });
    });

    it('leaves nothing open', async () => {
      const before = openDescriptors();
      const peer = await echoing();
      const withPeer = openDescriptors();
      await sending(peer.port, ['a']);
      await expect(sending(await deadPort(), ['a'])).rejects.toMatchObject(REFUSED);
      sys.fail('connect', 'ENETUNREACH');
      await expect(sending(peer.port, ['a'])).rejects.toMatchObject({ code: 'ENETUNREACH' });
      expect(openDescriptors()).toBe(withPeer);
      expect(withPeer).toBe(before + 1);
    });
  });

  describe('the kernel’s own moods', () => {
    it('a full buffer is waited for, a signal passed over', async () => {
      const peer = await echoing();
      sys.fail('send', 'EAGAIN', { times: 2 });
      await sending(peer.port, ['a']);
      // In a session that is for the caller to see, as in C.
      if (!watched) sys.fail('send', 'EINTR');
      await sending(peer.port, ['b']);
      expect(peer.texts).toEqual(['a', 'b']);
    });
  });
});

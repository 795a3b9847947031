/** `send`: messages, and the replies to them. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ClientEvents } from '../../../src/socket/plan/client.ts';
import { type SendOptions, send } from '../../../src/socket/plan/send.ts';
import { UnmetReply } from '../../../src/socket/plan/unmet-reply.ts';
import { Session } from '../../../src/socket/session/session.ts';
import type { Connection } from '../../../src/socket/stream/connection.ts';
import { parseExpectation } from '../../../src/wire/expectation.ts';
import { parseReply } from '../../../src/wire/reply.ts';
import { BareSocket, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { connectOptions, tcp } from '../../support/plans.ts';
import { FedSource, KeptSink, pattern } from '../../support/streams.ts';

let sys: FaultySys;
let session: Session;
let listener: BareSocket;
let output: KeptSink;
let told: string[];
let connection: Connection | null;
beforeEach(() => {
  sys = new FaultySys();
  session = new Session({ sys });
  listener = BareSocket.listening(1);
  output = new KeptSink();
  told = [];
  connection = null;
});
afterEach(() => {
  session.close();
  listener.close();
});

const events: ClientEvents = {
  connected: (made) => {
    connection = made;
    told.push('connected');
  },
  closed: () => told.push('closed'),
};

const ONCE = { repeat: 1, gapMs: 0, reply: { kind: 'eof' }, expected: null } as const;

function sendingWith(options: Partial<SendOptions>): Promise<void> {
  const whole = { ...connectOptions(), ...ONCE, message: Buffer.from('message'), output };
  const endpoint = tcp('127.0.0.1', listener.port);
  const done = send(session, endpoint, { ...whole, ...options }, events);
  done.catch(() => {});
  return done;
}

/** Reads until so many bytes have come. */
async function received(peer: BareSocket, count: number): Promise<string> {
  let text = '';
  await until(`${count} bytes`, () => {
    text += Buffer.from(peer.read(count - text.length) ?? '').toString('latin1');
    return text.length === count;
  });
  return text;
}

describe('a message, and a reply to the peer’s end', () => {
  function sending(message: Uint8Array | FedSource, patienceMs: number | null = null) {
    return sendingWith({ message, patienceMs });
  }

  it('sends one message and FIN, and prints the reply to its end', async () => {
    const done = sending(Buffer.from('message'));
    const peer = await listener.accepted();
    expect((await peer.readAll()).toString()).toBe('message');
    peer.write('the reply');
    peer.close();
    await done;
    expect(output.text).toBe('the reply');
    expect(connection).toMatchObject({ bytesIn: 9, bytesOut: 7 });
  });

  it('takes the message from a source too', async () => {
    const done = sending(new FedSource('one ', 'two').end());
    const peer = await listener.accepted();
    expect((await peer.readAll()).toString()).toBe('one two');
    peer.close();
    await done;
    expect(told).toEqual(['connected', 'closed']);
  });

  it('reads the reply while it still sends: neither side waits for the other for ever', async () => {
    const bytes = pattern(16 * 1024 * 1024);
    const done = sending(bytes);
    const peer = await listener.accepted();
    // An echo that never holds more than it could write.
    const room = 256 * 1024;
    let held = Buffer.alloc(0);
    let [came, over] = [0, false];
    await until('the echo is done', () => {
      for (let turn = 0; turn < 8; turn++) {
        if (held.length === 0 && !over) {
          const part = peer.read(room);
          over = part === null;
          held = Buffer.from(part ?? '');
          came += held.length;
        }
        held = held.subarray(held.length === 0 ? 0 : peer.write(held));
      }
      return over && held.length === 0;
    });
    peer.close();
    await done;
    expect(came).toBe(bytes.length);
    expect(output.bytes.equals(bytes)).toBe(true);
  });

  it('gives up where the reply makes no progress', async () => {
    const done = sending(Buffer.from('?'), 80);
    const peer = await listener.accepted();
    await expect(done).rejects.toMatchObject({ call: 'read', code: 'ETIMEDOUT' });
    expect(told).toEqual(['connected', 'closed']);
    peer.close();
  });

  it('does not give up while the message makes progress', async () => {
    const bytes = new Uint8Array(48 * 1024 * 1024);
    const done = sending(bytes, 300);
    const peer = await listener.accepted();
    const outcome = done.then(
      () => 'done',
      (error: unknown) => String(error),
    );
    // A slow reader: it takes some, again and again, for longer than the patience. There is more
    // than it takes so, and than buffers hold, so the sender still has something to write.
    let came = 0;
    for (let part = 0; part < 30; part++) {
      came += peer.read(1024 * 1024)?.length ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    came += (await peer.readAll()).length;
    peer.close();
    expect([await outcome, came]).toEqual(['done', bytes.length]);
  });

  it('gives up where the peer takes nothing any more', async () => {
    const done = sending(new Uint8Array(32 * 1024 * 1024), 80);
    const peer = await listener.accepted();
    await expect(done).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    peer.reset();
  });

  it('tells of a peer that is gone before it has all of the message', async () => {
    const done = sending(new Uint8Array(32 * 1024 * 1024));
    const peer = await listener.accepted();
    peer.write('no, thank you');
    await until('the reply is here', () => output.writes > 0);
    peer.reset();
    await expect(done).rejects.toMatchObject({ name: 'SocketError', code: 'ECONNRESET' });
    expect(output.text).toBe('no, thank you');
  });
});

describe('a reply with an end of its own', () => {
  it.each([
    ['line', 'one\ntwo\n', 'one\n'],
    ['5', 'one\ntwo\n', 'one\nt'],
    ['until:wo', 'one\ntwo\n', 'one\ntwo'],
  ])('%s is printed up to its end, and no FIN is sent before', async (reply, sent, printed) => {
    const done = sendingWith({ reply: parseReply(reply) });
    const peer = await listener.accepted();
    expect(await received(peer, 7)).toBe('message');
    // One byte at a time: the end may be anywhere. FIN would be read as the end.
    for (const byte of sent.slice(0, printed.length)) {
      expect(peer.read(1)?.length).toBe(0);
      peer.write(byte);
      await until('it is printed', () => printed.startsWith(output.text) && output.text !== '');
    }
    await done;
    expect(output.text).toBe(printed);
    expect((await peer.readAll()).toString()).toBe('');
    expect(sys.misuses).toEqual([]);
    peer.close();
  });

  it('is printed without what came behind it in the same piece', async () => {
    const done = sendingWith({ reply: parseReply('line') });
    const peer = await listener.accepted();
    peer.write('one\ntwo\n');
    await done;
    expect(output.text).toBe('one\n');
    peer.close();
  });

  it.each([
    ['10', { kind: 'bytes', count: 10 }],
    ['line', { kind: 'line' }],
  ])('%s that ends early is told, with what came', async (text, reply) => {
    const done = sendingWith({ reply: parseReply(text) });
    const peer = await listener.accepted();
    await received(peer, 7);
    peer.write('abc');
    peer.close();
    await expect(done).rejects.toBeInstanceOf(UnmetReply);
    await expect(done).rejects.toMatchObject({ shortcoming: { kind: 'short', reply, came: 3 } });
    expect([output.text, told]).toEqual(['abc', ['connected', 'closed']]);
  });

  it('that is cut by a reset is no reply', async () => {
    const done = sendingWith({ reply: parseReply('10') });
    const peer = await listener.accepted();
    await received(peer, 7);
    peer.reset();
    await expect(done).rejects.toMatchObject({ name: 'SocketError', code: 'ECONNRESET' });
  });

  it('is waited for before the message goes again; what came early is the next one', async () => {
    const done = sendingWith({ reply: parseReply('line'), repeat: 3 });
    const peer = await listener.accepted();
    expect(await received(peer, 7)).toBe('message');
    await new Promise((resolve) => setImmediate(resolve));
    expect(peer.read(1)?.length).toBe(0);
    peer.write('1\n2\n');
    // The second reply is there already.
    expect(await received(peer, 14)).toBe('messagemessage');
    peer.write('3\n');
    await done;
    expect(output.text).toBe('1\n2\n3\n');
    peer.close();
  });
});

describe('an expectation', () => {
  async function answered(expected: string, reply: string, ...answers: readonly string[]) {
    const repeat = answers.length;
    const done = sendingWith({
      expected: parseExpectation(expected),
      reply: parseReply(reply),
      repeat: reply === 'eof' ? 1 : repeat,
    });
    const peer = await listener.accepted();
    for (const answer of answers) {
      await received(peer, 7);
      peer.write(answer);
    }
    peer.close();
    return done;
  }

  it('that is met passes', async () => {
    await answered('PONG', 'line', 'PONG\r\n');
    expect(output.text).toBe('PONG\r\n');
  });

  it('that is not met is told with the whole reply, which is printed all the same', async () => {
    const done = answered('/^ON/', 'eof', 'NO!');
    await expect(done).rejects.toMatchObject({
      shortcoming: { kind: 'different', came: Uint8Array.from(Buffer.from('NO!')) },
    });
    expect(output.text).toBe('NO!');
  });

  it('is of each reply, and the first that is not met ends it', async () => {
    await expect(answered('a', 'line', 'a\n', 'b\n')).rejects.toBeInstanceOf(UnmetReply);
    expect(output.text).toBe('a\nb\n');
  });

  it('keeps no reply that is endless', async () => {
    const done = sendingWith({ expected: parseExpectation('x'), reply: { kind: 'eof' } });
    const peer = await listener.accepted();
    await received(peer, 7);
    const part = new Uint8Array(64 * 1024);
    let left = 17 * 1024 * 1024;
    await until('all is written', () => {
      left -= peer.write(part);
      return left <= 0;
    });
    peer.close();
    await expect(done).rejects.toMatchObject({ shortcoming: { kind: 'long' } });
    expect(output.bytes.length).toBeGreaterThan(17 * 1024 * 1024 - 1);
  });
});

describe('a message that is sent again', () => {
  it('goes out whole each time, with one FIN behind the last', async () => {
    const done = sendingWith({ repeat: 40, message: pattern(100_000) });
    const peer = await listener.accepted();
    const all = await peer.readAll();
    expect(all.equals(Buffer.concat(Array.from({ length: 40 }, () => pattern(100_000))))).toBe(
      true,
    );
    peer.close();
    await done;
  });

  it.each(['eof', 'line', 'none'])(
    'with a pause in between, in which the peer’s silence is no fault (--reply %s)',
    async (reply) => {
      // The pause is longer than the patience.
      const done = sendingWith({
        repeat: 2,
        gapMs: 250,
        patienceMs: 100,
        reply: parseReply(reply),
      });
      const peer = await listener.accepted();
      await received(peer, 7);
      const first = performance.now();
      if (reply === 'line') peer.write('1\n');
      await received(peer, 7);
      // Timers may be early by a millisecond; the first message was here a little later than sent.
      expect(performance.now() - first).toBeGreaterThan(200);
      if (reply === 'line') peer.write('2\n');
      peer.close();
      await done;
    },
  );
});

it('while stdin gives nothing, the peer’s silence is no timeout', async () => {
  // Time passes when the test says so; the sockets are real all the same.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const stdin = new FedSource('one ');
  const done = sendingWith({ message: stdin, patienceMs: 60 });
  const peer = await listener.accepted();
  await received(peer, 4);
  await vi.advanceTimersByTimeAsync(200);
  stdin.feed('two').end();
  expect((await peer.readAll()).toString()).toBe('two');
  peer.close();
  await done;
});

describe('a reply that is not waited for', () => {
  it('is thrown away, and all of the message arrives', async () => {
    const bytes = pattern(4 * 1024 * 1024);
    const done = sendingWith({ message: bytes, reply: { kind: 'none' } });
    const peer = await listener.accepted();
    peer.write('welcome\n');
    expect((await peer.readAll()).equals(bytes)).toBe(true);
    await done;
    expect([output.text, sys.misuses]).toEqual(['', []]);
    // Neither did its close() reset the connection: the peer can still write.
    expect(peer.write('bye')).toBe(3);
    peer.close();
  });

  it('close() waits until the peer’s kernel has everything', async () => {
    const size = 512 * 1024;
    // The kernel takes all of it from us at once, and the peer's takes little.
    listener.set('SO_RCVBUF', 4096);
    const done = sendingWith({ message: pattern(size), reply: { kind: 'none' } });
    const peer = await listener.accepted();
    await until('it is all written', () => connection?.bytesOut === size);
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(['connected']);
    expect(await peer.readAll()).toHaveLength(size);
    await done;
    expect(told).toEqual(['connected', 'closed']);
    peer.close();
  });

  it('a reset before everything arrived is told', async () => {
    const done = sendingWith({ message: pattern(16 * 1024 * 1024), reply: { kind: 'none' } });
    const peer = await listener.accepted();
    await received(peer, 1000);
    peer.reset();
    await expect(done).rejects.toMatchObject({ name: 'SocketError' });
  });

  it.each([
    ['read', 'says nothing'],
    ['close', 'has sent FIN'],
  ])('a peer whose kernel takes no more, %s: ETIMEDOUT', async (call, does) => {
    listener.set('SO_RCVBUF', 4096);
    const message = pattern(512 * 1024);
    const done = sendingWith({ message, reply: { kind: 'none' }, patienceMs: 300 });
    const peer = await listener.accepted();
    if (does === 'has sent FIN') peer.finish();
    await expect(done).rejects.toMatchObject({ call, code: 'ETIMEDOUT' });
    peer.reset();
  });

  it('a peer that takes nothing is given up', async () => {
    const done = sendingWith({
      message: pattern(16 * 1024 * 1024),
      reply: { kind: 'none' },
      patienceMs: 80,
    });
    const peer = await listener.accepted();
    await expect(done).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    peer.reset();
  });
});

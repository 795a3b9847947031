/** `connect` and `send`: one connection from its beginning to its end. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientEvents } from '../../../src/socket/plan/client.ts';
import { connect } from '../../../src/socket/plan/connect.ts';
import { Input } from '../../../src/socket/plan/input.ts';
import { send } from '../../../src/socket/plan/send.ts';
import { Session } from '../../../src/socket/session/session.ts';
import type { Connection } from '../../../src/socket/stream/connection.ts';
import { BareSocket, openDescriptors, until } from '../../support/bare.ts';
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

describe('connect', () => {
  function connecting(stdin: FedSource, onEof: 'half' | 'exit' | 'stay' = 'half'): Promise<void> {
    const options = {
      ...connectOptions(),
      input: new Input(stdin, false),
      output,
      onEof,
      idleMs: null,
    };
    const done = connect(session, tcp('127.0.0.1', listener.port), options, events);
    done.catch(() => {});
    return done;
  }

  it('carries stdin to the peer and the peer to stdout', async () => {
    const done = connecting(new FedSource('question').end());
    const peer = await listener.accepted();
    expect((await peer.readAll()).toString()).toBe('question');
    peer.write('answer');
    peer.close();
    await done;
    expect([output.text, told]).toEqual(['answer', ['connected', 'closed']]);
    expect(connection).toMatchObject({ bytesIn: 6, bytesOut: 8 });
    expect(session.sockets.openOnes()).toEqual([]);
  });

  it('closes its socket where the connection is lost', async () => {
    const done = connecting(new FedSource());
    const peer = await listener.accepted();
    peer.reset();
    await expect(done).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(told).toEqual(['connected', 'closed']);
    expect(session.sockets.openOnes()).toEqual([]);
  });

  it('ends with exit though the peer goes on, and touches no descriptor after that', async () => {
    const done = connecting(new FedSource('bye').end(), 'exit');
    const peer = await listener.accepted();
    await done;
    await new Promise((resolve) => setImmediate(resolve));
    expect((await peer.readAll()).toString()).toBe('bye');
    expect(sys.misuses).toEqual([]);
    peer.close();
  });

  it('is told, where it is ended from outside, why', async () => {
    const before = openDescriptors();
    const done = connecting(new FedSource());
    const peer = await listener.accepted();
    await until('it is connected', () => told.length === 1);
    session.close();
    await expect(done).rejects.toMatchObject({ name: 'SocketError', code: 'EBADF' });
    peer.close();
    expect(openDescriptors()).toBe(before);
  });
});

describe('send', () => {
  function sending(message: Uint8Array | FedSource, patienceMs: number | null = null) {
    const once = { repeat: 1, gapMs: 0, reply: { kind: 'eof' }, expected: null } as const;
    const options = { ...connectOptions({ patienceMs }), ...once, message, output };
    const done = send(session, tcp('127.0.0.1', listener.port), options, events);
    done.catch(() => {});
    return done;
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

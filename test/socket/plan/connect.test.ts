/** `connect`: one connection from its beginning to its end. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientEvents } from '../../../src/socket/plan/client.ts';
import { connect } from '../../../src/socket/plan/connect.ts';
import { Input } from '../../../src/socket/plan/input.ts';
import { Session } from '../../../src/socket/session/session.ts';
import type { Connection } from '../../../src/socket/stream/connection.ts';
import { BareSocket, openDescriptors, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { connectOptions, tcp } from '../../support/plans.ts';
import { FedSource, KeptSink } from '../../support/streams.ts';

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

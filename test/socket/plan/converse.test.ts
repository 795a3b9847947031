/** Both directions of a connection, and when they are over. */
import { afterEach, describe, expect, it } from 'vitest';
import { converse, type OnEof } from '../../../src/socket/plan/converse.ts';
import { Input } from '../../../src/socket/plan/input.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { SocketConnection } from '../../../src/socket/stream/socket-connection.ts';
import { BareSocket, until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { callOf } from '../../support/session.ts';
import { FedSource, KeptSink, pattern } from '../../support/streams.ts';

let session: Session;
let peer: BareSocket;
afterEach(() => session.close());

async function talk(onEof: OnEof, options: { sys?: FaultySys; output?: KeptSink } = {}) {
  session = new Session(options.sys === undefined ? {} : { sys: options.sys });
  const listener = BareSocket.listening(1);
  await session.perform(callOf('client = socket(AF_INET, SOCK_STREAM, 0)'));
  await session.perform(callOf(`connect(client, 127.0.0.1:${listener.port})`));
  peer = await listener.accepted();
  listener.close();
  const stdin = new FedSource();
  const output = options.output ?? new KeptSink();
  const connection = new SocketConnection(session, 'client');
  const input = new Input(stdin, false);
  let over = false;
  const done = converse(connection, input, output, onEof).finally(() => {
    over = true;
  });
  done.catch(() => {});
  return { stdin, output, done, connection, isOver: () => over };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function reads(wanted: string): Promise<void> {
  let came = '';
  await until(`the peer reads ${wanted}`, () => {
    came += Buffer.from(peer.read(64) ?? '').toString();
    return came === wanted;
  });
}

describe('the end of stdin', () => {
  it('is FIN with half, and the answer is still read to its end', async () => {
    const { stdin, output, done, isOver } = await talk('half');
    stdin.feed('question').end();
    // readAll() returns only because FIN came.
    expect((await peer.readAll()).toString()).toBe('question');
    await turns(5);
    expect(isOver()).toBe(false);
    peer.write('a late ');
    await until('its beginning', () => output.text === 'a late ');
    peer.write('answer');
    peer.close();
    await done;
    expect(output.text).toBe('a late answer');
  });

  it('is FIN after all that came before it, however slow the peer is', async () => {
    const { stdin, done } = await talk('half');
    const bytes = pattern(8 * 1024 * 1024);
    stdin.feed(bytes).end();
    await turns(50);
    expect((await peer.readAll()).equals(bytes)).toBe(true);
    peer.close();
    await done;
  });

  it('is the end with exit', async () => {
    const { stdin, done } = await talk('exit');
    stdin.feed('last words').end();
    await done;
    await reads('last words');
    peer.close();
  });

  it('is nothing with stay', async () => {
    const { stdin, output, done, isOver } = await talk('stay');
    stdin.feed('question').end();
    await reads('question');
    await turns(20);
    expect(peer.read(1)).toEqual(new Uint8Array(0));
    expect(isOver()).toBe(false);
    peer.write('answer');
    peer.close();
    await done;
    expect(output.text).toBe('answer');
  });
});

describe('the peer’s FIN', () => {
  it('ends it once everything is written out', async () => {
    const output = new KeptSink().hold();
    const { done, isOver } = await talk('half', { output });
    peer.write('slow');
    peer.close();
    await until('it is being written', () => output.text === 'slow');
    await turns(10);
    expect(isOver()).toBe(false);
    output.letGo();
    await done;
  });

  it('leaves the other direction open while stdin goes on', async () => {
    const { stdin, done } = await talk('half');
    stdin.feed('one ');
    await reads('one ');
    peer.finish();
    stdin.feed('two');
    await reads('two');
    stdin.end();
    await done;
    expect((await peer.readAll()).length).toBe(0);
    peer.close();
  });
});

describe('a connection that is lost', () => {
  it('is told of, and is no end of file', async () => {
    const { output, done, connection } = await talk('half');
    peer.write('half a mess');
    await until('it has come', () => output.writes > 0);
    peer.reset();
    await expect(done).rejects.toMatchObject({
      name: 'SocketError',
      code: 'ECONNRESET',
      local: connection.local,
      remote: connection.remote,
    });
  });

  it('is told of where only the writing side notices', async () => {
    const sys = new FaultySys();
    const { stdin, done } = await talk('half', { sys });
    sys.fail('write', 'EPIPE');
    stdin.feed('into the void');
    await until('it was tried', () => sys.count('write') > 0);
    peer.close();
    await expect(done).rejects.toMatchObject({ call: 'write', code: 'EPIPE' });
  });

  it('is told of where it is lost in the middle of much', async () => {
    const { stdin, done } = await talk('half');
    stdin.feed(new Uint8Array(32 * 1024 * 1024)).end();
    await turns(20);
    peer.reset();
    await expect(done).rejects.toMatchObject({ name: 'SocketError', code: 'ECONNRESET' });
  });
});

it('a failure of stdin is not swallowed', async () => {
  const { stdin, done } = await talk('half');
  stdin.fail(new Error('stdin is broken'));
  peer.close();
  await expect(done).rejects.toThrow('stdin is broken');
});

/** Between a client and a server: every byte, every end, every reset. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SocketError } from '../../../src/socket/errors.ts';
import { type RelayEvents, relayTo, type Side } from '../../../src/socket/plan/relay.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { BareSocket, openDescriptors, until } from '../../support/bare.ts';
import { connectOptions, type Serving, serving, tcp } from '../../support/plans.ts';
import { pattern } from '../../support/streams.ts';

let session: Session;
let target: BareSocket;
let relay: Serving;
let seen: { side: Side; text: string }[];
let lost: (SocketError | null)[];
let before: number;
let onlooking: boolean;

const events: RelayEvents = {
  relaying: (number) => {
    if (!onlooking) return null;
    return {
      passed(side, bytes) {
        seen.push({ side, text: `${number} ${Buffer.from(bytes)}` });
        return undefined;
      },
      ended: (side) => void seen.push({ side, text: `${number} FIN` }),
    };
  },
  relayed: (_number, error) => void lost.push(error),
};

beforeEach(async () => {
  before = openDescriptors();
  session = new Session();
  target = BareSocket.listening(20);
  [seen, lost, onlooking] = [[], [], true];
  const endpoint = tcp('127.0.0.1', target.port);
  relay = await serving(session, { service: relayTo(session, endpoint, connectOptions(), events) });
});
afterEach(() => {
  session.close();
  target.close();
  expect(openDescriptors()).toBe(before);
});

async function talking(): Promise<[client: BareSocket, server: BareSocket]> {
  const client = BareSocket.connected(relay.port);
  return [client, await target.accepted()];
}

async function got(socket: BareSocket, text: string): Promise<void> {
  let came = '';
  await until(`${text} comes`, () => {
    came += Buffer.from(socket.read(64) ?? '').toString();
    return came === text;
  });
}

async function writeAll(to: BareSocket, bytes: Uint8Array): Promise<void> {
  let sent = 0;
  await until('all is written', () => {
    sent += to.write(bytes.subarray(sent, sent + 200_000));
    return sent === bytes.length;
  });
  to.finish();
}

/** The errno's name with which reading ends; null where it ends in order. */
async function endOf(socket: BareSocket): Promise<string | null> {
  try {
    await socket.readAll();
    return null;
  } catch (error) {
    return /E[A-Z]+/.exec(String(error))?.[0] ?? String(error);
  }
}

describe('a relay', () => {
  it('passes on what comes, both ways, and each end by itself', async () => {
    const [client, server] = await talking();
    client.write('question');
    await got(server, 'question');
    client.finish();
    expect((await server.readAll()).length).toBe(0);
    // The other direction still stands.
    server.write('answer');
    await got(client, 'answer');
    server.finish();
    expect((await client.readAll()).length).toBe(0);
    await until('both are over', () => relay.closed.length === 1);
    expect(relay.closed[0]?.lost).toBe(null);
    expect(lost).toEqual([null]);
    expect(seen).toEqual([
      { side: 'client', text: '1 question' },
      { side: 'client', text: '1 FIN' },
      { side: 'server', text: '1 answer' },
      { side: 'server', text: '1 FIN' },
    ]);
    client.close();
    server.close();
  });

  it.each([true, false])('changes no byte of much, looked at or not: %s', async (looked) => {
    onlooking = looked;
    const [client, server] = await talking();
    const [there, back] = [pattern(5 * 1024 * 1024), pattern(3 * 1024 * 1024 + 7)];
    const sending = Promise.all([writeAll(client, there), writeAll(server, back)]);
    const [atServer, atClient] = await Promise.all([server.readAll(), client.readAll()]);
    await sending;
    expect(atServer.equals(there)).toBe(true);
    expect(atClient.equals(back)).toBe(true);
    client.close();
    server.close();
  });

  it.each(['client', 'server'] as const)('passes a reset of the %s on as a reset', async (who) => {
    const [client, server] = await talking();
    client.write('question');
    await got(server, 'question');
    const [resetter, other] = who === 'client' ? [client, server] : [server, client];
    resetter.reset();
    expect(await endOf(other)).toBe('ECONNRESET');
    await until('it is over', () => relay.closed.length === 1);
    expect(relay.closed[0]?.lost).toMatchObject({ code: 'ECONNRESET' });
    other.close();
  });

  it('resets a client whose server refuses: an end would look like an empty answer', async () => {
    target.close();
    const client = BareSocket.connected(relay.port);
    expect(await endOf(client)).toBe('ECONNRESET');
    await until('it is over', () => relay.closed.length === 1);
    expect(relay.closed[0]?.lost).toMatchObject({ call: 'connect', code: 'ECONNREFUSED' });
    client.close();
    target = BareSocket.listening(1);
  });

  it('passes on the last words of a server that takes no more', async () => {
    const [client, server] = await talking();
    server.write('too long');
    server.finish();
    await got(client, 'too long');
    server.reset();
    client.write('more');
    await until('the relay learns of it', () => relay.closed.length === 1);
    // A reset behind a FIN is EPIPE (tcp_reset() of Linux, in CLOSE-WAIT).
    expect(relay.closed[0]?.lost).toMatchObject({ call: 'write', code: 'EPIPE' });
    client.close();
  });

  it('keeps many apart', async () => {
    const pairs: [BareSocket, BareSocket][] = [];
    for (let n = 0; n < 20; n++) pairs.push(await talking());
    for (const [n, [client]] of pairs.entries()) client.write(`to ${n}`);
    for (const [n, [, server]] of pairs.entries()) await got(server, `to ${n}`);
    for (const [n, [client, server]] of pairs.entries()) {
      server.write(`from ${n}`);
      await got(client, `from ${n}`);
    }
    for (const [client, server] of pairs) {
      client.close();
      server.close();
    }
    await until('all are over', () => relay.closed.length === 20);
  });

  it('holds a fast client up while the server does not read', async () => {
    const [client, server] = await talking();
    const piece = pattern(256 * 1024);
    let taken = 0;
    // Until nothing is taken any more for a while: all the buffers on the way are full.
    let idle = 0;
    await until('the client is held up', () => {
      const now = client.write(piece);
      taken += now;
      idle = now === 0 ? idle + 1 : 0;
      return idle > 300;
    });
    // Kernel buffers of two connections and our one piece: far less than a client could send.
    expect(taken).toBeLessThan(40 * 1024 * 1024);
    client.close();
    server.close();
  });

  it.each([
    ['closes', (client: BareSocket) => client.close()],
    ['resets', (client: BareSocket) => client.reset()],
  ])('lets go of a client that %s while both directions are full', async (_, leave) => {
    const [client, server] = await talking();
    const echo = echoing(server);
    await until(
      'all are held up',
      heldUp(() => client.write(PIECE) + echo()),
    );
    const shown = seen.filter(({ side }) => side === 'server').length;
    leave(client);
    await until('it is over', () => {
      if (relay.closed.length === 0) echo();
      return relay.closed.length === 1;
    });
    expect(relay.closed[0]?.lost).toMatchObject({ call: 'write', code: 'ECONNRESET' });
    // What the server said to nobody has not passed.
    expect(seen.filter(({ side }) => side === 'server').length).toBe(shown);
    server.close();
  });

  it('lets go of a full, quiet server when the client was idle for too long', async () => {
    const own = new Session();
    const service = relayTo(own, tcp('127.0.0.1', target.port), connectOptions(), events);
    const impatient = await serving(own, { service, idleMs: 200 });
    const client = BareSocket.connected(impatient.port);
    const server = await target.accepted();
    await until(
      'the client is held up',
      heldUp(() => client.write(PIECE)),
    );
    await until('the client is given up', () => impatient.closed.length === 1);
    expect(impatient.closed[0]?.lost).toMatchObject({ call: 'idle', code: 'ETIMEDOUT' });
    await until('only the listener is left', () => own.sockets.openOnes().length === 1);
    client.close();
    server.close();
    own.close();
  });

  it('lets go of a server that sends on to nobody, and takes nothing', async () => {
    onlooking = false;
    const [client, server] = await talking();
    await until(
      'all are held up',
      heldUp(() => client.write(PIECE) + server.write(PIECE)),
    );
    client.reset();
    let sent = 0;
    await until('it is over', () => {
      if (relay.closed.length === 0) sent += server.write(PIECE);
      return relay.closed.length === 1;
    });
    // 16 MiB in vain, and what the buffers on the way have held.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    server.close();
  });
});

const PIECE = pattern(64 * 1024);

/** True once nothing has moved for many turns: all the buffers on the way are full. */
function heldUp(move: () => number): () => boolean {
  let idle = 0;
  return () => {
    idle = move() === 0 ? idle + 1 : 0;
    return idle > 300;
  };
}

/** Gives back what comes, and takes nothing more until that is out. @returns how many bytes moved */
function echoing(socket: BareSocket): () => number {
  let waiting: Uint8Array = new Uint8Array();
  return () => {
    if (waiting.length === 0) waiting = socket.read(PIECE.length) ?? waiting;
    const sent = waiting.length === 0 ? 0 : socket.write(waiting);
    waiting = waiting.subarray(sent);
    return sent;
  };
}

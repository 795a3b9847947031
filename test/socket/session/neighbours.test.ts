import { expect, it } from 'vitest';
import { Neighbours } from '../../../src/socket/session/neighbours.ts';
import { type SocketRecord, SocketTable } from '../../../src/socket/socket-table.ts';
import type { Snapshot } from '../../../src/socket/state.ts';

const [here, there] = [41000, 42000].map((port) => ({
  family: 'inet' as const,
  host: '127.0.0.1',
  port,
}));
const table = new SocketTable();

function socket(fd: number, last: Partial<Snapshot>): SocketRecord {
  const record = table.add(fd, { domain: 2, type: 1 });
  record.last = last as Snapshot;
  return record;
}

it('forgets a listener that listens no more, and keeps the other at its address', () => {
  const neighbours = new Neighbours();
  const LISTENS = { state: 'LISTEN', local: '127.0.0.1:42000' } as const;
  const [one, other] = [socket(3, LISTENS), socket(4, LISTENS)];
  const client = socket(5, { state: 'ESTABLISHED', connected: true });
  if (here === undefined || there === undefined) throw new Error('no addresses');
  client.pair = { local: here, peer: there };
  for (const listener of [one, other]) neighbours.note(listener, null, false);
  expect(neighbours.listenersOf(client)).toEqual([one, other]);
  const gone = (listener: SocketRecord) => {
    const before = listener.last;
    listener.last = { state: 'CLOSED', local: null } as Snapshot;
    neighbours.note(listener, before, true);
  };
  gone(one);
  expect(neighbours.listenersOf(client)).toEqual([other]);
  gone(other);
  expect(neighbours.listenersOf(client)).toEqual([]);
});

it('finds the other end, until it is over or forgotten', () => {
  const neighbours = new Neighbours();
  const CONNECTED = { state: 'ESTABLISHED', connected: true } as const;
  const [client, conn] = [socket(6, CONNECTED), socket(7, CONNECTED)];
  if (here === undefined || there === undefined) throw new Error('no addresses');
  client.pair = { local: here, peer: there };
  conn.pair = { local: there, peer: here };
  for (const one of [client, conn]) neighbours.note(one, null, false);
  expect([neighbours.otherEnd(client), neighbours.otherEnd(conn)]).toEqual([conn, client]);
  neighbours.note(conn, conn.last, true);
  expect(neighbours.otherEnd(client)).toBeUndefined();
  neighbours.forget(client);
  expect(neighbours.otherEnd(conn)).toBeUndefined();
});

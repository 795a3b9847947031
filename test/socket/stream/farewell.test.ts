/** An end from our side: the peer gets everything, and keeps nobody. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Session } from '../../../src/socket/session/session.ts';
import { farewell } from '../../../src/socket/stream/farewell.ts';
import { until } from '../../support/bare.ts';
import { connectionOf } from '../../support/services.ts';
import { pattern } from '../../support/streams.ts';

let session: Session;
beforeEach(() => {
  session = new Session();
});
afterEach(() => session.close());

it('what the peer had sent unasked does not cost it the answer', async () => {
  const { connection, peer } = await connectionOf(session);
  const answer = pattern(200_000);
  await peer.says(pattern(100_000));
  connection.sink.write(answer);
  const done = farewell(session, connection).then(() => connection.close());
  // It still sends when the answer is out already.
  await peer.says(pattern(100_000));
  expect((await peer.hearsAll()).equals(answer)).toBe(true);
  peer.finish();
  await done;
  expect(connection.bytesIn).toBe(200_000);
  peer.close();
});

it('waits for a peer that reads slowly, for longer than it waits for one that does nothing', async () => {
  const { connection, peer } = await connectionOf(session);
  peer.set('SO_RCVBUF', 20_000);
  const answer = pattern(1_500_000);
  connection.sink.write(answer);
  await until('no more fits in', () => connection.bytesOut > 0);
  let over = false;
  const stillMs = 200;
  const done = farewell(session, connection, { stillMs, longestMs: 10_000 }).finally(() => {
    over = true;
  });
  const start = performance.now();
  let [left, last] = [answer.length, start];
  await until('nearly all is read', () => {
    if (performance.now() - last < 3) return false;
    last = performance.now();
    left -= peer.read(10_000)?.length ?? 0;
    return over || left < 100_000;
  });
  expect([over, performance.now() - start > stillMs]).toEqual([false, true]);
  expect((await peer.hearsAll()).length).toBe(left);
  peer.close();
  await done;
});

it('does not wait long for a peer that neither ends nor takes anything', async () => {
  const { connection, peer } = await connectionOf(session);
  connection.sink.write(pattern(1000));
  const start = performance.now();
  await farewell(session, connection, { stillMs: 50, longestMs: 10_000 });
  expect(performance.now() - start).toBeLessThan(5000);
  await connection.close();
  expect((await peer.hearsAll()).length).toBe(1000);
  peer.close();
});

it('does not listen for ever to one who never stops', async () => {
  const { connection, peer } = await connectionOf(session);
  let over = false;
  const done = farewell(session, connection, { stillMs: 50, longestMs: 300 }).finally(() => {
    over = true;
  });
  const more = pattern(10_000);
  await until('it has enough', () => {
    if (!over) peer.write(more);
    return over;
  });
  await done;
  await connection.close();
  peer.close();
});

it('fails where the peer resets', async () => {
  const { connection, peer } = await connectionOf(session);
  const done = farewell(session, connection);
  peer.reset();
  await expect(done).rejects.toMatchObject({ code: 'ECONNRESET' });
});

/** Ending a connection from our side so that the peer gets all of what was sent. */
import type { Door } from '../door.ts';
import type { Connection } from './connection.ts';
import { nowhere } from './nowhere.ts';
import { pump } from './pump.ts';
import { unsent } from './unsent.ts';
import { within } from './within.ts';

/** How long nothing may move, and how long it may take in all, in milliseconds. */
export interface Grace {
  readonly stillMs: number;
  readonly longestMs: number;
}

const GRACE: Grace = { stillMs: 2000, longestMs: 30_000 };

/**
 * Half-closes, and reads over what the peer still sends, until its end. To close with unread bytes
 * would send RST, and the peer's kernel may then throw away what it had received of us (RFC 1122
 * §4.2.2.13). A peer that neither ends nor takes anything is not waited for long; the kernel goes on
 * sending what it has after close().
 *
 * The caller closes the connection.
 * @throws SocketError where it is lost meanwhile
 */
export async function farewell(door: Door, connection: Connection, grace = GRACE): Promise<void> {
  while (connection.sink.busy !== null) await connection.sink.busy;
  await connection.halfClose();
  let over = false;
  const ended = pump(connection.source, nowhere, connection.buffer).finally(() => {
    over = true;
  });
  // Where it is not waited for any more, the caller's close() ends it with EBADF.
  ended.catch(() => {});
  const until = performance.now() + grace.longestMs;
  for (let moved = ''; !over && performance.now() < until; ) {
    const now = `${connection.bytesIn} ${unsent(door, connection)}`;
    if (now === moved) return;
    moved = now;
    await within(grace.stillMs, ended);
  }
}

/** Nagle's algorithm is off where nobody watches: the kernel is asked. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Acceptor } from '../../../src/socket/plan/accept.ts';
import { openListener } from '../../../src/socket/plan/listener.ts';
import { openConnection } from '../../../src/socket/plan/open-connection.ts';
import { Session } from '../../../src/socket/session/session.ts';
import type { Connection } from '../../../src/socket/stream/connection.ts';
import { constant } from '../../../src/sys/platform.ts';
import { outBuffer, written } from '../../../src/sys/sys.ts';
import { systemCalls } from '../../../src/sys/syscalls.ts';
import { BareSocket, portOf } from '../../support/bare.ts';
import { connectOptions, tcp } from '../../support/plans.ts';
import { TestSession } from '../../support/session.ts';

let session: Session;
beforeEach(() => {
  session = new Session({ observe: false });
});
afterEach(() => session.close());

function noDelayOf(fd: number | undefined): number {
  const answer = outBuffer(4);
  const [level, option] = [constant('IPPROTO_TCP'), constant('TCP_NODELAY')];
  expect(systemCalls.getsockopt(fd ?? -1, level, option, answer)).toBe(0);
  return new Int32Array(written(answer).slice().buffer)[0] ?? -1;
}

const ofConnection = ({ plain }: Connection) => noDelayOf(plain?.fd);

it('on a connection that was asked for', async () => {
  const listener = BareSocket.listening(1);
  const connection = await openConnection(
    session,
    tcp('127.0.0.1', listener.port),
    connectOptions(),
  );
  expect(ofConnection(connection)).toBe(1);
  const peer = await listener.accepted();
  expect(noDelayOf(peer.fd)).toBe(0);
  peer.close();
  listener.close();
});

it('on those that a listener gives', async () => {
  const local = await openListener(session, tcp('127.0.0.1', 0), { family: 0, backlog: 5 });
  const peer = BareSocket.connected(portOf(local));
  const connection = await new Acceptor(session, local, () => {}).next(1);
  expect(connection && ofConnection(connection)).toBe(1);
  peer.close();
});

it('not where somebody watches: there is no call that is not shown', async () => {
  const watched = new TestSession();
  await openListener(watched, tcp('127.0.0.1', 0), { family: 0, backlog: 5 });
  expect(noDelayOf(watched.sockets.get('server')?.fd)).toBe(0);
  watched.close();
});

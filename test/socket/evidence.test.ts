import { expect, it } from 'vitest';
import { holderOfPort, listenerOn, otherEnd, retransmissions } from '../../src/socket/evidence.ts';
import { systemCalls } from '../../src/sys/syscalls.ts';
import { BareSocket } from '../support/bare.ts';
import { TestSession } from '../support/session.ts';
import { CONNECTION } from '../support/why.ts';

it('tells who holds a port', () => {
  const listener = BareSocket.listening(1);
  const { port } = listener;
  expect(holderOfPort(port)).toMatchObject({ state: 'LISTEN', process: { pid: process.pid } });
  expect(listenerOn(port)).toMatchObject({ waiting: 0, process: { pid: process.pid } });
  listener.close();
  expect(holderOfPort(port)).toBeNull();
  expect(listenerOn(port)).toBeNull();
});

it.each(['127.0.0.1', '[::1]'])('finds the other end of a connection over %s', async (host) => {
  const session = new TestSession();
  const six = host.startsWith('[');
  await session.all(
    ...CONNECTION.map((statement) =>
      six ? statement.replace('AF_INET,', 'AF_INET6,').replace('127.0.0.1', host) : statement,
    ),
    'write(client, "abc")',
  );
  const client = session.snapshots().find(({ socket }) => socket === 'client');
  const { local, peer } = client ?? {};
  expect(otherEnd(local ?? '', peer ?? '')).toMatchObject({
    unread: 3,
    process: { pid: process.pid },
  });
  expect(retransmissions(systemCalls, client?.fd ?? -1)).toBe(0);
  session.close();
});

it('knows nothing of what is no Internet address', () => {
  expect(otherEnd('unix:/nowhere', 'unix:/nowhere')).toBeNull();
  expect(otherEnd('nonsense', '127.0.0.1:1')).toBeNull();
});

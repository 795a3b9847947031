/** What a session keeps is bounded, however long it runs. */
import { expect, it } from 'vitest';
import { Session } from '../../../src/socket/session/session.ts';
import { BareSocket, openDescriptors, portOf } from '../../support/bare.ts';
import { callOf, TestSession } from '../../support/session.ts';

/** How many objects can be reached from `root` by properties, elements and entries. */
function reachable(root: object): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one !== 'object' || one === null || seen.has(one)) continue;
    seen.add(one);
    if (ArrayBuffer.isView(one)) continue;
    if (one instanceof Map) waiting.push(...one.keys(), ...one.values());
    else if (one instanceof Set) waiting.push(...one);
    else waiting.push(...Object.values(one));
  }
  return seen.size;
}

it('20,000 sockets that were opened and closed, under one name', async () => {
  const session = new Session({ keep: 10 });
  const [open, close] = [callOf('s = socket(AF_INET, SOCK_STREAM, 0)'), callOf('close(s)')];
  let after100 = 0;
  for (let round = 0; round < 20_000; round++) {
    session.start(open);
    await session.perform(close);
    if (round === 100) after100 = reachable(session);
  }
  expect(session.sockets.all().length).toBe(1);
  expect(session.snapshots().length).toBe(1);
  expect(session.steps.length).toBeLessThanOrEqual(20);
  // The table still knows the thousand that were closed last: each with its last picture.
  expect(reachable(session)).toBeLessThan(after100 + 5 * 1000);
  session.close();
});

it('20,000 sockets that were opened and closed, each by its own name', async () => {
  const session = new Session({ keep: 10, observe: false });
  for (let round = 0; round < 20_000; round++) {
    session.start(callOf(`s${round} = socket(AF_INET, SOCK_STREAM, 0)`));
    await session.perform(callOf(`close(s${round})`));
  }
  expect(session.sockets.all().length).toBe(1000);
  expect(session.sockets.openOnes().length).toBe(0);
  session.close();
});

it('connections that were closed, and linger in TIME-WAIT', async () => {
  const session = new TestSession({ keep: 10 });
  await session.all(
    'server = socket(AF_INET, SOCK_STREAM, 0)',
    'bind(server, 127.0.0.1:0)',
    'listen(server, 5)',
  );
  const port = portOf(session.snapshots()[0]?.local);
  const sizes: number[] = [];
  for (let round = 1; round <= 3000; round++) {
    const peer = BareSocket.connected(port);
    await session.do('conn = accept(server)');
    // Whoever closes first has the TIME-WAIT.
    await session.do('close(conn)');
    peer.close();
    session.events.length = 0;
    if (round % 1500 === 0) sizes.push(reachable(session));
  }
  const [first = 0, second = 0] = sizes;
  // By the 1500th round everything that is bounded is full.
  expect(second - first).toBeLessThan(1000);
  session.close();
});

it('steps: the newest ones, at least as many as were asked for', async () => {
  const session = new Session({ keep: 5, observe: false });
  await session.perform(callOf('s = socket(AF_INET, SOCK_STREAM, 0)'));
  for (let round = 0; round < 100; round++) {
    await session.perform(callOf('fcntl(s, F_GETFL)'));
    expect(session.steps.length).toBeLessThanOrEqual(10);
    expect(session.steps.at(-1)?.n).toBe(round + 2);
    if (round > 5) expect(session.steps.length).toBeGreaterThanOrEqual(5);
  }
  session.close();
});

it('no steps at all where none are to be kept', async () => {
  const session = new Session({ keep: 0 });
  const step = await session.perform(callOf('s = socket(AF_INET, SOCK_STREAM, 0)'));
  expect([step.n, session.steps]).toEqual([1, []]);
  session.close();
});

it('the bytes of a read, and not the room that was made for more', async () => {
  const session = new TestSession();
  await session.all(
    'server = socket(AF_INET, SOCK_STREAM, 0)',
    'bind(server, 127.0.0.1:0)',
    'listen(server, 5)',
    'client = socket(AF_INET, SOCK_STREAM, 0)',
    'connect(client, server)',
    'conn = accept(server)',
    'write(client, "hello")',
  );
  const { outcome } = await session.do('read(conn, 16777216)');
  if (outcome.kind !== 'value' || outcome.value.kind !== 'bytes') throw new Error('no bytes');
  expect(Buffer.from(outcome.value.bytes).toString()).toBe('hello');
  expect(outcome.value.bytes.buffer.byteLength).toBeLessThan(1024);
  session.close();
});

it('descriptors: none is left after close()', async () => {
  const before = openDescriptors();
  for (let round = 0; round < 50; round++) {
    const session = new TestSession();
    await session.all(
      'server = socket(AF_INET, SOCK_STREAM, 0)',
      'bind(server, 127.0.0.1:0)',
      'listen(server, 5)',
      'client = socket(AF_INET, SOCK_STREAM, 0)',
      'connect(client, server)',
    );
    const accepting = [session.begin('a = accept(server)'), session.begin('b = accept(server)')];
    const reading = session.begin('read(client, 5)');
    await session.do('shutdown(client, SHUT_WR)');
    session.snapshots();
    session.close();
    await Promise.all([...accepting, reading].map((job) => job.step));
    session.snapshots();
    session.look();
  }
  expect(openDescriptors()).toBe(before);
});

/** What is done to a new descriptor before it is one of the session's sockets. */
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { constant } from '../../../src/sys/platform.ts';
import { systemCalls } from '../../../src/sys/syscalls.ts';
import { openDescriptors } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { answer, TestSession } from '../../support/session.ts';

const PAIR = [
  'server = socket(AF_INET, SOCK_STREAM, 0)',
  'bind(server, 127.0.0.1:0)',
  'listen(server, 5)',
  'client = socket(AF_INET, SOCK_STREAM, 0)',
  'connect(client, server)',
  'conn = accept(server)',
];

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

const fdOf = (name: string) => session.sockets.get(name)?.fd ?? -1;

it('is non-blocking underneath, whether it was made or accepted', async () => {
  await session.all(...PAIR);
  for (const name of ['server', 'client', 'conn']) {
    const flags = systemCalls.fcntl(fdOf(name), constant('F_GETFL'), 0);
    expect([name, flags & constant('O_NONBLOCK')]).toEqual([name, constant('O_NONBLOCK')]);
    expect(session.sockets.get(name)?.nonBlocking).toBe(false);
  }
});

it('is not inherited by a program that is started', async () => {
  await session.all(...PAIR);
  const { stdout } = spawnSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' });
  const ours = session.sockets.openOnes().map(({ fd }) => fd);
  expect(ours.length).toBe(3);
  for (const fd of ours) expect(stdout).not.toMatch(new RegExp(` ${fd} -> socket:`));
});

it('is known by its domain and type; flags on the type are not part of it', async () => {
  await session.do('s = socket(AF_INET6, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0)');
  expect(session.sockets.get('s')).toMatchObject({
    domain: constant('AF_INET6'),
    type: constant('SOCK_STREAM'),
    nonBlocking: true,
  });
  expect(session.snapshots()[0]?.kind).toBe('TCP over IPv6');
});

it('inherits the domain and type of its listener, and not O_NONBLOCK', async () => {
  await session.all(...PAIR.slice(0, 3), 'fcntl(server, F_SETFL, O_NONBLOCK)', ...PAIR.slice(3));
  expect(session.sockets.get('conn')).toMatchObject({
    domain: constant('AF_INET'),
    type: constant('SOCK_STREAM'),
    nonBlocking: false,
  });
});

it('without a name goes by its number', async () => {
  const step = await session.do('socket(AF_INET, SOCK_STREAM, 0)');
  const fd = answer(step);
  expect(step.outcome).toMatchObject({ value: { kind: 'socket', name: `fd${fd}`, fd } });
  expect(answer(await session.do(`listen(fd${fd}, 1)`))).toBe(0);
});

it('is not left open, and blocking, where it can’t be made non-blocking', async () => {
  const before = openDescriptors();
  const sys = new FaultySys().fail('fcntl', 'EPERM', { times: 3 });
  const faulty = new TestSession({ sys });
  await Promise.allSettled([faulty.do('s = socket(AF_INET, SOCK_STREAM, 0)')]);
  for (const { fd } of faulty.sockets.openOnes()) {
    const flags = systemCalls.fcntl(fd, constant('F_GETFL'), 0);
    expect(flags & constant('O_NONBLOCK')).toBe(constant('O_NONBLOCK'));
  }
  faulty.close();
  expect(openDescriptors()).toBe(before);
});

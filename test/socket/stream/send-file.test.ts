/** A file to a peer: the same bytes, whatever way they take. */
import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Session } from '../../../src/socket/session/session.ts';
import { type SentFile, sendFile } from '../../../src/socket/stream/send-file.ts';
import { errnoNumber } from '../../../src/sys/platform.ts';
import { until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { MIB, scratch } from '../../support/payload.ts';
import { connectionOf } from '../../support/services.ts';
import { pattern } from '../../support/streams.ts';

const BYTES = pattern(5 * MIB + 12);

let session: Session;
let file: SentFile;
afterEach(() => {
  session.close();
  closeSync(file.fd);
});

function opened(bytes: Uint8Array = BYTES): SentFile {
  const path = join(scratch(), 'file');
  writeFileSync(path, bytes);
  file = { fd: openSync(path, 'r'), path };
  return file;
}

/** Sends the file as a whole, or a part, to a peer that begins to read when nothing moves. */
async function sent(sys: FaultySys, watched = false, part: readonly [number?, number?] = []) {
  // No looking: it would write to the kernel's netlink socket.
  session = new Session({ sys, observe: false });
  if (watched) session.watch(() => {});
  const { connection, peer } = await connectionOf(session);
  const sending = sendFile(session, connection, opened(), ...part).finally(() =>
    connection.close(),
  );
  const reading = peer.hearsAll();
  const count = await sending;
  return { count, got: await reading, bytesOut: connection.bytesOut, misuses: sys.misuses };
}

const whole = { count: BYTES.length, bytesOut: BYTES.length, misuses: [] };

describe('by sendfile()', () => {
  it('goes all of it, and no byte passes through here', async () => {
    const sys = new FaultySys();
    const { got, ...rest } = await sent(sys);
    expect(rest).toEqual(whole);
    expect(got.equals(BYTES)).toBe(true);
    expect(sys.count('write')).toBe(0);
    expect(sys.count('sendfile')).toBeGreaterThan(BYTES.length / (256 * 1024));
  });

  it('goes all of it also where each call moves little, and some are to be repeated', async () => {
    const sys = new FaultySys().fail('sendfile', 'EINTR', { nth: 2 });
    sys.shorten = (wanted) => Math.min(wanted, 50_000);
    const { got, ...rest } = await sent(sys);
    expect(rest).toEqual(whole);
    expect(got.equals(BYTES)).toBe(true);
  });

  it('goes a part, and what is asked for beyond the end does not come', async () => {
    const { got, count } = await sent(new FaultySys(), false, [1000, 2 * MIB]);
    expect(count).toBe(2 * MIB);
    expect(got.equals(BYTES.subarray(1000, 1000 + 2 * MIB))).toBe(true);
  });

  it('the others get turns, however fast the peer reads', async () => {
    session = new Session();
    const { connection, peer } = await connectionOf(session);
    const sending = sendFile(session, connection, opened(pattern(32 * MIB)));
    let [turns, over] = [0, false];
    const finished = sending.finally(() => {
      over = true;
    });
    while (!over) {
      peer.read(1024 * 1024);
      turns++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await finished).toBe(32 * MIB);
    expect(turns).toBeGreaterThan(5);
    peer.close();
  });
});

describe('by read() and write()', () => {
  it.each([
    ['the kernel can’t do it', 'EINVAL', 1],
    ['there is no sendfile()', 'ENOSYS', 1],
    ['it stops to work on the way', 'EINVAL', 4],
  ] as const)('go the same bytes where %s', async (_, errno, nth) => {
    const sys = new FaultySys().fail('sendfile', errno, { nth });
    sys.shorten = (wanted) => Math.min(wanted, 100_000);
    const { got, ...rest } = await sent(sys);
    expect(rest).toEqual(whole);
    expect(got.equals(BYTES)).toBe(true);
    expect([sys.count('sendfile'), sys.count('write') > 0]).toEqual([nth, true]);
  });

  it('go the same bytes where somebody watches: each write is a step', async () => {
    const sys = new FaultySys();
    const { got, ...rest } = await sent(sys, true);
    expect(rest).toEqual(whole);
    expect(got.equals(BYTES)).toBe(true);
    expect(sys.count('sendfile')).toBe(0);
  });

  it('goes a file that has no size, as the kernel makes them up', async () => {
    session = new Session();
    const { connection, peer } = await connectionOf(session);
    file = { fd: openSync('/proc/self/limits', 'r'), path: '/proc/self/limits' };
    await sendFile(session, connection, file);
    await connection.close();
    expect((await peer.hearsAll()).toString()).toMatch(/^Limit +Soft/);
  });
});

describe('what goes wrong', () => {
  it('a file that becomes shorter on the way ends there', async () => {
    session = new Session();
    const { connection, peer } = await connectionOf(session);
    const sending = sendFile(session, connection, opened(pattern(32 * MIB)), 0, 32 * MIB);
    await until('it waits for the peer', () => connection.bytesOut > 0);
    truncateSync(file.path, 20 * MIB);
    const reading = peer.hearsAll();
    expect(await sending).toBe(20 * MIB);
    await connection.close();
    expect((await reading).length).toBe(20 * MIB);
  });

  it('a peer that resets is an error of the connection', async () => {
    session = new Session();
    const { connection, peer } = await connectionOf(session);
    const sending = sendFile(session, connection, opened(pattern(32 * MIB)));
    await until('it waits for the peer', () => connection.bytesOut > 0);
    peer.reset();
    await expect(sending).rejects.toMatchObject({
      name: 'SocketError',
      call: 'sendfile',
      code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
      remote: connection.remote,
    });
  });

  it('a file that can’t be read is an error that names the file', async () => {
    session = new Session({ sys: new FaultySys().fail('sendfile', 'EINVAL', { times: 99 }) });
    const { connection } = await connectionOf(session);
    const path = scratch();
    file = { fd: openSync(path, 'r'), path };
    await expect(sendFile(session, connection, file)).rejects.toMatchObject({
      message: `read ${path}: EISDIR (Is a directory)`,
    });
  });

  it('is never sent to a descriptor that was closed meanwhile', async () => {
    const sys = new FaultySys();
    session = new Session({ sys });
    const { connection } = await connectionOf(session);
    const sending = sendFile(session, connection, opened(pattern(32 * MIB)));
    await until('it waits for the peer', () => connection.bytesOut > 0);
    await connection.close();
    await expect(sending).rejects.toMatchObject({ code: 'EBADF' });
    expect(sys.misuses).toEqual([]);
  });
});

it('the system call answers as the kernel does', () => {
  session = new Session();
  opened();
  expect(session.sys.sendfile(-1, file.fd, 0, 10)).toBe(-errnoNumber('EBADF'));
});

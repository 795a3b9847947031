/** Bytes that go around our memory: the same ones, counted the same, whatever fails on the way. */
import { closeSync, constants, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { Session } from '../../../src/socket/session/session.ts';
import type { Connection } from '../../../src/socket/stream/connection.ts';
import { DescriptorSink, DescriptorSource } from '../../../src/socket/stream/descriptor-stream.ts';
import { nowhere } from '../../../src/socket/stream/nowhere.ts';
import { pump } from '../../../src/socket/stream/pump.ts';
import { constant } from '../../../src/sys/platform.ts';
import { readiness } from '../../../src/sys/readiness.ts';
import { systemCalls } from '../../../src/sys/syscalls.ts';
import { until } from '../../support/bare.ts';
import { FaultySys, type SysCall } from '../../support/faulty-sys.ts';
import { MIB, randomBytes, scratch, sha256 } from '../../support/payload.ts';
import { connectionOf } from '../../support/services.ts';
import { summing } from '../../support/summing.ts';

const BYTES = randomBytes(32 * MIB + 7);
const DIGEST = sha256(BYTES);
/** Faults, and how many calls of the name are made before. */
const FAULTS = [
  ['EINVAL', 1],
  ['ENOSYS', 1],
  ['EPERM', 3],
  ['EINTR', 2],
  ['EINVAL', 9],
] as const;

let session: Session;
let sys: FaultySys;
afterEach(() => {
  session.close();
  expect(sys.misuses).toEqual([]);
});

function open(faulty = new FaultySys()): Promise<Awaited<ReturnType<typeof connectionOf>>> {
  sys = faulty;
  // No looking: it would write to the kernel's netlink socket.
  session = new Session({ sys, observe: false });
  return connectionOf(session);
}

function fileSource(from = 0): { readonly source: DescriptorSource; readonly fd: number } {
  const path = join(scratch(), 'file');
  writeFileSync(path, BYTES);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(fd));
  if (from > 0) readSync(fd, Buffer.alloc(from));
  const descriptor = { fd, kind: 'file', isOpen: () => true } as const;
  return { source: new DescriptorSource(session, descriptor), fd };
}

async function sendsFile({ connection, peer }: Awaited<ReturnType<typeof open>>, from = 0) {
  const { source, fd } = fileSource(from);
  const sending = pump(source, connection.sink).then(() => connection.halfClose());
  const got = await peer.hearsAll();
  await sending;
  // The file's own position is at its end, as if it had been read: nothing is left for others.
  expect(readSync(fd, Buffer.alloc(1))).toBe(0);
  return got;
}

describe('from a file to a peer', () => {
  it('no byte passes through here, and the position is respected', async () => {
    const made = await open();
    const got = await sendsFile(made, 12_345);
    expect(got.equals(BYTES.subarray(12_345))).toBe(true);
    expect([sys.count('write'), made.connection.bytesOut]).toEqual([0, BYTES.length - 12_345]);
  });

  it.each(FAULTS)(
    '%s of the sendfile() number %i loses and doubles nothing',
    async (errno, nth) => {
      const made = await open(new FaultySys().fail('sendfile', errno, { nth }));
      sys.shorten = (wanted) => Math.min(wanted, 100_000);
      expect(sha256(await sendsFile(made))).toBe(DIGEST);
      expect(made.connection.bytesOut).toBe(BYTES.length);
    },
  );

  it('all of it is read where there is no sendfile() at all', async () => {
    const made = await open(new FaultySys().fail('sendfile', 'ENOSYS', { times: 1e9 }));
    expect(sha256(await sendsFile(made))).toBe(DIGEST);
  });

  it('a reset in the middle is the connection’s loss', async () => {
    const { connection, peer } = await open();
    const sending = pump(fileSource().source, connection.sink);
    await until('it waits for the peer', () => connection.bytesOut > 0);
    peer.reset();
    await expect(sending).rejects.toMatchObject({
      call: 'write',
      code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
      remote: connection.remote,
    });
  });
});

interface Output {
  readonly sink: DescriptorSink;
  readonly fd: number;
  /** Begins to read what was written. @returns its digest, as sha256sum says */
  sum(): Promise<string>;
}

/** A pipe that nobody reads yet, non-blocking. */
function summed(): Output {
  const { fd: shared, sum } = summing();
  const fd = systemCalls.reopen(shared, 'write');
  closeSync(shared);
  const descriptor = { fd, kind: 'pipe', isOpen: () => true } as const;
  return { sink: new DescriptorSink(session, descriptor), fd, sum };
}

async function receives(connection: Connection, out: Output): Promise<void> {
  try {
    await pump(connection.source, out.sink);
    while (out.sink.busy !== null) await out.sink.busy;
  } finally {
    readiness.release(out.fd);
    closeSync(out.fd);
  }
}

async function fromPeer({ connection, peer }: Awaited<ReturnType<typeof open>>) {
  const out = summed();
  const receiving = receives(connection, out);
  const feeding = fed(peer);
  // The pipe is full before anybody reads.
  await until('it is full', () => connection.bytesIn >= 64 * 1024);
  const sum = await out.sum();
  await Promise.all([receiving, feeding]);
  expect(connection.bytesIn).toBe(BYTES.length);
  return sum;
}

async function fed(peer: Awaited<ReturnType<typeof open>>['peer']): Promise<void> {
  let sent = 0;
  await until('all is written', () => {
    sent += peer.write(BYTES.subarray(sent, sent + MIB));
    return sent === BYTES.length;
  });
  peer.finish();
}

describe('from a peer into a pipe', () => {
  it('most go by splice(), and a reader that comes late gets all', async () => {
    expect(await fromPeer(await open())).toBe(DIGEST);
    expect(sys.count('splice')).toBeGreaterThan(10);
    expect(sys.count('write')).toBeLessThan(sys.count('splice'));
  });

  it.each(FAULTS)('%s of the splice() number %i loses and doubles nothing', async (errno, nth) => {
    const made = await open(new FaultySys().fail('splice', errno, { nth }));
    sys.shorten = (wanted) => Math.min(wanted, 100_000);
    expect(await fromPeer(made)).toBe(DIGEST);
    expect(sys.count('splice')).toBeGreaterThan(nth);
  });

  it.each<[SysCall]>([['splice'], ['enlargePipe']])('goes all of it without %s()', async (call) => {
    const made = await open(new FaultySys().fail(call, 'EPERM', { times: 1e9 }));
    expect(await fromPeer(made)).toBe(DIGEST);
  });

  it('urgent data in the middle holds nothing up', async () => {
    const { connection, peer } = await open();
    const out = summed();
    const receiving = receives(connection, out);
    let sent = 0;
    await until('splice() is used', () => {
      sent += peer.write(BYTES.subarray(sent, sent + MIB));
      return sys.count('splice') > 0;
    });
    const sum = out.sum();
    // Out of band, so that it is not among the others (tcp(7), SO_OOBINLINE).
    await until('it has room', () => {
      return systemCalls.send(peer.fd, Buffer.from('!'), constant('MSG_OOB')) === 1;
    });
    await peer.says(BYTES.subarray(sent));
    peer.finish();
    expect(await sum).toBe(DIGEST);
    await receiving;
  });

  it('a reset is no end', async () => {
    const { connection, peer } = await open();
    const out = summed();
    const receiving = receives(connection, out);
    await until('splice() is used', () => {
      peer.write(BYTES.subarray(0, MIB));
      return sys.count('splice') > 0;
    });
    peer.reset();
    const lost = expect(receiving).rejects.toMatchObject({
      call: 'read',
      code: 'ECONNRESET',
      remote: connection.remote,
    });
    await Promise.all([lost, out.sum()]);
  });
});

describe('from a peer to nowhere', () => {
  it('all are counted, and none is copied', async () => {
    const { connection, peer } = await open();
    const receiving = pump(connection.source, nowhere);
    await Promise.all([receiving, fed(peer)]);
    expect([connection.bytesIn, sys.count('read')]).toEqual([
      BYTES.length,
      process.platform === 'linux' ? 0 : expect.any(Number),
    ]);
  });

  it('a reset is no end', async () => {
    const { connection, peer } = await open();
    const receiving = pump(connection.source, nowhere);
    peer.write(BYTES.subarray(0, 1000));
    await until('they have come', () => connection.bytesIn === 1000);
    peer.reset();
    await expect(receiving).rejects.toMatchObject({ call: 'read', code: 'ECONNRESET' });
  });
});

/** A bare descriptor as a source and a sink. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SocketError } from '../../../src/socket/errors.ts';
import { DescriptorSink, DescriptorSource } from '../../../src/socket/stream/descriptor-stream.ts';
import { errnoNumber } from '../../../src/sys/platform.ts';
import { readiness } from '../../../src/sys/readiness.ts';
import type { BareSocket } from '../../support/bare.ts';
import { until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { barePair, pattern } from '../../support/streams.ts';

const EAGAIN = -errnoNumber('EAGAIN');
const WHERE = { local: '127.0.0.1:1', remote: '127.0.0.1:2' };

let sys: FaultySys;
let ours: BareSocket;
let peer: BareSocket;
beforeEach(async () => {
  sys = new FaultySys();
  [ours, peer] = await barePair();
});
afterEach(() => {
  readiness.release(ours.fd);
  ours.close();
});

const descriptor = (isOpen = () => true) => ({ fd: ours.fd, where: WHERE, isOpen });
const source = () => new DescriptorSource({ sys, readiness }, descriptor());
const sink = () => new DescriptorSink({ sys, readiness }, descriptor());

describe('the source', () => {
  it('gives what is there, EAGAIN where nothing is, and 0 at the end', async () => {
    const from = source();
    const into = new Uint8Array(3);
    expect(from.read(into)).toBe(EAGAIN);
    peer.write('hello');
    await from.readable();
    expect([from.read(into), Buffer.from(into).toString()]).toEqual([3, 'hel']);
    expect([from.read(into), Buffer.from(into).toString()]).toEqual([2, 'lol']);
    peer.close();
    await from.readable();
    expect([from.read(into), from.read(into)]).toEqual([0, 0]);
  });

  it('takes EINTR for: not yet', () => {
    sys.fail('read', 'EINTR');
    expect(source().read(new Uint8Array(1))).toBe(EAGAIN);
  });

  it('throws a reset, with both addresses: it is no end of file', async () => {
    const from = source();
    peer.reset();
    await from.readable();
    expect(() => from.read(new Uint8Array(1))).toThrow(
      expect.objectContaining({ name: 'SocketError', call: 'read', code: 'ECONNRESET', ...WHERE }),
    );
  });
});

describe('a descriptor that was closed', () => {
  it('is never read, written or waited for again: its number may be another’s', async () => {
    let isOpen = true;
    const closable = descriptor(() => isOpen);
    const [from, to] = [
      new DescriptorSource({ sys, readiness }, closable),
      new DescriptorSink({ sys, readiness }, closable),
    ];
    const [reading, writing] = [from.readable(), to.write(new Uint8Array(8 * 1024 * 1024))];
    writing?.catch(() => {});
    const before = [sys.count('read'), sys.count('write')];
    isOpen = false;
    readiness.interrupt(ours.fd);
    await reading;
    await expect(writing).rejects.toMatchObject({ call: 'write', code: 'EBADF' });
    expect(() => from.read(new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => to.write(new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'EBADF' }));
    await from.readable();
    expect([sys.count('read'), sys.count('write')]).toEqual(before);
    peer.reset();
  });
});

describe('the sink', () => {
  it('hands over at once what the kernel takes', () => {
    const to = sink();
    expect(to.write(Buffer.from('hello'))).toBeNull();
    expect(to.busy).toBeNull();
    expect(peer.read(9)).toEqual(Uint8Array.from(Buffer.from('hello')));
    peer.close();
  });

  it('keeps a copy of the rest, and is busy until it is out', async () => {
    const to = sink();
    const bytes = pattern(8 * 1024 * 1024);
    const buffer = Buffer.from(bytes);
    const writing = to.write(buffer);
    expect(writing).not.toBeNull();
    expect(to.busy).toBe(writing);
    // The caller may use its buffer again.
    buffer.fill(0);
    const reading = peer.readAll();
    await writing;
    expect(to.busy).toBeNull();
    ours.finish();
    expect((await reading).equals(bytes)).toBe(true);
    peer.close();
  });

  it('keeps writes in order though one is unfinished', async () => {
    const to = sink();
    const bytes = pattern(8 * 1024 * 1024);
    const [first, second] = [bytes.subarray(0, bytes.length - 5), Buffer.from(bytes.subarray(-5))];
    const writes = [to.write(first), to.write(second)];
    second.fill(0);
    expect(to.busy).toBe(writes[1]);
    const reading = peer.readAll();
    await Promise.all(writes);
    ours.finish();
    expect((await reading).equals(bytes)).toBe(true);
    peer.close();
  });

  it('does not ask in vain while there is no room', async () => {
    const writing = sink().write(new Uint8Array(8 * 1024 * 1024));
    const before = sys.count('write');
    const start = performance.now();
    await until('some time passes', () => performance.now() - start > 50);
    // What is on its way to the peer may still make some room.
    expect(sys.count('write') - before).toBeLessThan(10);
    peer.reset();
    await expect(writing).rejects.toThrow(SocketError);
  });

  it('throws at once, or by its promise, what went wrong', async () => {
    sys.fail('write', 'EPIPE');
    expect(() => sink().write(Buffer.from('x'))).toThrow(
      expect.objectContaining({ call: 'write', code: 'EPIPE', ...WHERE }),
    );
    const to = sink();
    const writing = to.write(new Uint8Array(8 * 1024 * 1024));
    peer.reset();
    await expect(writing).rejects.toMatchObject({ call: 'write', code: 'ECONNRESET', ...WHERE });
    expect(to.busy).toBeNull();
  });
});

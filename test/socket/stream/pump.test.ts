/** Bytes from a source to a sink: all of them, in order, and no more than the sink can take. */
import { describe, expect, it } from 'vitest';
import { DescriptorSink, DescriptorSource } from '../../../src/socket/stream/descriptor-stream.ts';
import { pump, READS_A_TURN } from '../../../src/socket/stream/pump.ts';
import type { Source } from '../../../src/socket/stream/stream.ts';
import { readiness } from '../../../src/sys/readiness.ts';
import { until } from '../../support/bare.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { barePair, FedSource, KeptSink, pattern } from '../../support/streams.ts';

describe('pump', () => {
  it('moves everything until the source ends', async () => {
    const source = new FedSource('one ', 'two ');
    const sink = new KeptSink();
    const done = pump(source, sink);
    await until('the first bytes', () => sink.text === 'one two ');
    source.feed('three').end();
    await done;
    expect(sink.text).toBe('one two three');
  });

  it('reads nothing more while the sink is busy', async () => {
    const source = new FedSource('a', 'b', 'c').end();
    const sink = new KeptSink().hold();
    const done = pump(source, sink);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([sink.text, source.reads]).toEqual(['a', 1]);
    sink.letGo();
    await done;
    expect(sink.text).toBe('abc');
  });

  it('waits for a write of somebody else to be done before it reads', async () => {
    const source = new FedSource('b').end();
    const sink = new KeptSink().hold();
    sink.write(Buffer.from('a'));
    const done = pump(source, sink);
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.reads).toBe(0);
    sink.letGo();
    await done;
    expect(sink.text).toBe('ab');
  });

  it('gives others a turn though the source never runs dry', async () => {
    const reads = READS_A_TURN * 10;
    let left = reads;
    const endless: Source = {
      read: (into) => (left-- > 0 ? into.length : 0),
      readable: () => Promise.resolve(),
    };
    let turns = 0;
    const count = () => {
      turns++;
      if (left > 0) setImmediate(count);
    };
    setImmediate(count);
    await pump(endless, { busy: null, write: () => null }, new Uint8Array(8));
    expect(turns).toBeGreaterThanOrEqual(9);
    expect(left).toBe(-1);
  });

  it('fails as its source or its sink does', async () => {
    const source = new FedSource('a');
    const taken = new KeptSink();
    const failing = pump(source, taken);
    await until('it waits', () => taken.text === 'a');
    source.fail(new Error('source'));
    await expect(failing).rejects.toThrow('source');
    const sink = { busy: null, write: () => Promise.reject(new Error('sink')) };
    await expect(pump(new FedSource('a').end(), sink)).rejects.toThrow('sink');
  });

  it('takes answers that come later, and does not ask whether there are more', async () => {
    const parts = ['one ', 'two'];
    const later: Source = {
      read: async (into) => {
        await new Promise((resolve) => setImmediate(resolve));
        return Buffer.from(into.buffer).write(parts.shift() ?? '');
      },
      readable: () => Promise.reject(new Error('asked')),
    };
    const sink = new KeptSink();
    await pump(later, sink, new Uint8Array(16));
    expect(sink.text).toBe('one two');
  });
});

describe('from one descriptor to another', () => {
  async function through(sys: FaultySys, bytes: Buffer): Promise<Buffer> {
    const [writer, input] = await barePair();
    const [output, reader] = await barePair();
    const door = { sys, readiness };
    const pumping = pump(
      new DescriptorSource(door, { fd: input.fd, isOpen: () => true }),
      new DescriptorSink(door, { fd: output.fd, isOpen: () => true }),
    ).then(() => output.finish());
    const reading = reader.readAll();
    let sent = 0;
    await until('all is written', () => {
      sent += writer.write(bytes.subarray(sent, sent + 100_000));
      return sent === bytes.length;
    });
    writer.finish();
    const [came] = await Promise.all([reading, pumping]);
    for (const { fd } of [input, output]) readiness.release(fd);
    for (const end of [writer, input, output, reader]) end.close();
    return came;
  }

  it('some KiB arrive one byte at a time', async () => {
    const sys = new FaultySys();
    sys.shorten = () => 1;
    const bytes = pattern(4096);
    expect((await through(sys, bytes)).equals(bytes)).toBe(true);
    expect(sys.count('read')).toBeGreaterThan(4096);
  });

  it('some MiB arrive in pieces of any size', async () => {
    const sys = new FaultySys();
    const sizes = pattern(400_000);
    let at = 0;
    sys.shorten = (wanted) => {
      at = (at + 4) % sizes.length;
      return 1 + (sizes.readUInt32LE(at) % Math.min(wanted, 65536));
    };
    const bytes = pattern(4 * 1024 * 1024 + 3);
    expect((await through(sys, bytes)).equals(bytes)).toBe(true);
  });

  it('calls that have to be made again change nothing', async () => {
    const sys = new FaultySys();
    sys.shorten = () => 1000;
    sys.fail('read', 'EINTR', { nth: 3, times: 4 }).fail('write', 'EINTR', { nth: 2, times: 4 });
    const bytes = pattern(20_000);
    expect((await through(sys, bytes)).equals(bytes)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { collected } from '../../../src/socket/stream/collect.ts';
import { FedSource, pattern } from '../../support/streams.ts';

describe('all of a source', () => {
  it('is what came, in order', async () => {
    const bytes = pattern(300_000);
    const source = new FedSource(bytes.subarray(0, 10), bytes.subarray(10)).end();
    expect(Buffer.from((await collected(source, 300_000)) ?? '').equals(bytes)).toBe(true);
  });

  it('may be nothing', async () => {
    expect(await collected(new FedSource().end(), 0)).toEqual(new Uint8Array(0));
  });

  it('is not kept where it is too much, and the rest is not read', async () => {
    const source = new FedSource('12345', '6', '7', '8');
    expect(await collected(source, 5)).toBeNull();
    expect(source.reads).toBe(2);
  });
});

/** Lines and blocks of what comes, however it is cut on the way. */
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/socket/stream/connection.ts';
import { Reader } from '../../../src/socket/stream/reader.ts';
import { FedSource } from '../../support/streams.ts';

function reading(source: FedSource): Reader {
  return new Reader({ source, buffer: undefined } as unknown as Connection);
}

/** All lines of at most `most` bytes that come to the end, and what is left then. */
async function linesOf(reader: Reader, most: number): Promise<string[]> {
  const lines: string[] = [];
  do {
    for (let line = reader.line(most); line !== null; line = reader.line(most))
      lines.push(Buffer.from(line).toString());
  } while (await reader.fill());
  return [...lines, Buffer.from(reader.take(1000)).toString()];
}

describe('lines', () => {
  it('are the same at every split', async () => {
    const text = 'one\r\ntwo\n\nlong enough to be cut\nrest';
    const expected = ['one\r\n', 'two\n', '\n', 'long enoug', 'h to be cu', 't\n', 'rest'];
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second++) {
        const parts = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        const source = new FedSource(...parts.filter((part) => part !== '')).end();
        expect(await linesOf(reading(source), 10)).toEqual(expected);
      }
    }
  });

  it('come as soon as they are whole', async () => {
    const source = new FedSource('on');
    const reader = reading(source);
    expect(await reader.fill()).toBe(true);
    expect(reader.line(10)).toBeNull();
    const more = reader.fill();
    source.feed('e\ntw');
    expect(await more).toBe(true);
    expect(Buffer.from(reader.line(10) ?? '').toString()).toBe('one\n');
    expect([reader.line(10), reader.isEmpty]).toEqual([null, false]);
  });
});

it('takes no more at once than it can hold', async () => {
  const reader = reading(new FedSource(new Uint8Array(100_000)).end());
  await reader.fill();
  expect(reader.take(100_000)).toHaveLength(16 * 1024);
});

it('fails where the source does', async () => {
  const source = new FedSource();
  const filling = reading(source).fill();
  source.fail(new Error('lost'));
  await expect(filling).rejects.toThrow('lost');
});

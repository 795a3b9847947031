/** stdin's bytes as datagrams: the borders are its lines, and nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, wholeOf } from '../../../src/socket/datagram/lines.ts';
import { FedSource, pattern } from '../../support/streams.ts';

async function all(messages: AsyncIterable<Uint8Array>): Promise<string[]> {
  const found: string[] = [];
  for await (const message of messages) found.push(Buffer.from(message).toString('latin1'));
  return found;
}

const TEXT = 'one\ntwo\r\n\n\0\xff three\nlast';
const LINES = ['one\n', 'two\r\n', '\n', '\0\xff three\n', 'last'];

describe('each line is a datagram', () => {
  it('however the bytes come in', async () => {
    const bytes = Buffer.from(TEXT, 'latin1');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length })), async (cuts) => {
        const at = [0, ...cuts, bytes.length].sort((a, b) => a - b);
        const parts = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        const source = new FedSource(...parts.filter(({ length }) => length > 0)).end();
        expect(await all(linesOf(source, 100))).toEqual(LINES);
      }),
    );
  });

  it('with its ending, and nothing where nothing comes', async () => {
    expect(await all(linesOf(new FedSource('a\n').end(), 10))).toEqual(['a\n']);
    expect(await all(linesOf(new FedSource().end(), 10))).toEqual([]);
  });

  it('as long as it may be, and no longer: it is not cut in two', async () => {
    const most = 65_507;
    const line = `${'x'.repeat(most - 1)}\n`;
    expect(await all(linesOf(new FedSource(`a\n${line}`).end(), most))).toEqual(['a\n', line]);
    const messages = linesOf(new FedSource(`a\nx${line}`).end(), most);
    expect((await messages.next()).value).toEqual(Uint8Array.from(Buffer.from('a\n')));
    await expect(messages.next()).rejects.toMatchObject({
      code: 'EMSGSIZE',
      message: expect.stringContaining('line 2 of stdin has more'),
    });
  });

  it('without an end, is refused before it fills the memory', async () => {
    const source = new FedSource(pattern(100).fill('x'), pattern(100).fill('x'));
    await expect(linesOf(source, 150).next()).rejects.toMatchObject({ code: 'EMSGSIZE' });
  });

  it('reads no further than is asked for', async () => {
    const source = new FedSource('a\n', 'b\n');
    const messages = linesOf(source, 10);
    await messages.next();
    expect(source.reads).toBe(1);
  });
});

describe('the whole is one datagram', () => {
  it('to the end of the source, also where it is empty', async () => {
    expect(await all(wholeOf(new FedSource('a\n', 'b').end(), 3))).toEqual(['a\nb']);
    expect(await all(wholeOf(new FedSource().end(), 3))).toEqual(['']);
  });

  it('which has a bound', async () => {
    await expect(all(wholeOf(new FedSource('ab', 'cd'), 3))).rejects.toMatchObject({
      code: 'EMSGSIZE',
      message: expect.stringContaining('at most 3 bytes'),
    });
  });
});

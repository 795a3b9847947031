import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withEol } from '../../../src/socket/stream/eol.ts';
import { pump } from '../../../src/socket/stream/pump.ts';
import type { Source } from '../../../src/socket/stream/stream.ts';
import { bytesAmong, cuts, pieces } from '../../support/splits.ts';
import { FedSource, KeptSink } from '../../support/streams.ts';

async function through(source: Source, buffer: Uint8Array): Promise<string> {
  const sink = new KeptSink();
  await pump(source, sink, buffer);
  return sink.bytes.toString('latin1');
}

it('gives the same however the bytes come, and however little room there is', async () => {
  const eol = fc.constantFrom('lf', 'crlf');
  const room = fc.integer({ min: 1, max: 8 });
  await fc.assert(
    fc.asyncProperty(bytesAmong(13, 10), cuts, eol, room, async (bytes, places, wanted, size) => {
      const source = new FedSource(...pieces(bytes, places)).end();
      const text = Buffer.from(bytes).toString('latin1');
      const bare = text.replaceAll('\r\n', '\n');
      const oracle = wanted === 'lf' ? bare : text.replaceAll(/(?<!\r)\n/g, '\r\n');
      expect(await through(withEol(source, wanted), new Uint8Array(size))).toBe(oracle);
    }),
  );
});

it('is the source itself where no line ending is asked for', () => {
  const source = new FedSource();
  expect(withEol(source, undefined)).toBe(source);
});

it('waits for what follows a CR, and does not take it for the end', async () => {
  const source = new FedSource('a\r');
  const sink = new KeptSink();
  const done = pump(withEol(source, 'lf'), sink);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(sink.text).toBe('a');
  source.feed('\r').feed('\nb').end();
  await done;
  expect(sink.text).toBe('a\r\nb');
});

it('takes a source whose reads need time', async () => {
  const fed = new FedSource('a\n', 'b\r', '\n').end();
  const slow: Source = {
    read: (into) => Promise.resolve(fed.read(into)),
    readable: () => fed.readable(),
  };
  expect(await through(withEol(slow, 'crlf'), new Uint8Array(64))).toBe('a\r\nb\r\n');
});

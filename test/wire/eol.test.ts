import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EolTranslator, lineEnd, withLineEnds } from '../../src/wire/eol.ts';
import { bytesAmong, cuts, pieces } from '../support/splits.ts';

const [CR, LF, A] = [13, 10, 97];

/** Whole, with regular expressions. */
function oracle(bytes: Uint8Array, eol: 'lf' | 'crlf'): string {
  const text = Buffer.from(bytes).toString('latin1');
  return eol === 'lf' ? text.replaceAll('\r\n', '\n') : text.replaceAll(/(?<!\r)\n/g, '\r\n');
}

describe.each(['lf', 'crlf'] as const)('%s', (eol) => {
  it('gives the same however the stream is cut', () => {
    fc.assert(
      fc.property(bytesAmong(CR, LF, A), cuts, (bytes, places) => {
        const translator = new EolTranslator(eol);
        const parts = pieces(bytes, places).map((piece) => Buffer.from(translator.push(piece)));
        const whole = Buffer.concat([...parts, translator.end()]).toString('latin1');
        expect(whole).toBe(oracle(bytes, eol));
      }),
    );
  });

  it('a whole text at once', () => {
    fc.assert(
      fc.property(bytesAmong(CR, LF, A), (bytes) => {
        expect(Buffer.from(withLineEnds(bytes, eol)).toString('latin1')).toBe(oracle(bytes, eol));
      }),
    );
  });

  it('does not touch what was given to it, and does not copy what needs no change', () => {
    const given = Buffer.from('a\r\nb\nc\r');
    new EolTranslator(eol).push(given);
    expect(given.toString()).toBe('a\r\nb\nc\r');
    const plain = Buffer.from(eol === 'lf' ? 'a\nb\n\rc\r' : 'a\r\nb\rc\r');
    const { buffer, byteOffset } = new EolTranslator(eol).push(plain);
    expect([buffer, byteOffset]).toEqual([plain.buffer, plain.byteOffset]);
  });
});

it('does not double a CR whose LF comes in another piece', () => {
  const translator = new EolTranslator('crlf');
  const parts = ['a\r', '\nb', '\n'].map((part) => translator.push(Buffer.from(part)));
  expect(Buffer.concat(parts).toString()).toBe('a\r\nb\r\n');
});

it('a line’s end', () => {
  expect([lineEnd('lf'), lineEnd('crlf')].map((end) => [...end])).toEqual([[LF], [CR, LF]]);
});

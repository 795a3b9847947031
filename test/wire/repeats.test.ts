import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedPiece } from '../../src/wire/repeats.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

describe('data that repeats itself', () => {
  it('has a shortest piece', () => {
    expect(repeatedPiece(bytes('aaaa'))).toEqual(bytes('a'));
    expect(repeatedPiece(bytes('abcabcabcabc'))).toEqual(bytes('abc'));
    // The last one may be cut.
    expect(repeatedPiece(bytes('abcabcabcabcab'))).toEqual(bytes('abc'));
  });

  it('is none where it is short, or too few pieces, or something else', () => {
    for (const text of ['', 'a', 'aaa', 'abcabcabc', 'aaaabaaaa', 'abcabcabcabd']) {
      expect(repeatedPiece(bytes(text))).toBeNull();
    }
    const long = 'x'.repeat(64);
    expect(repeatedPiece(bytes(`${long}y`.repeat(5)))).toBeNull();
  });

  it('is made again of its piece', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(300), (unit, more) => {
        const data = new Uint8Array(Buffer.alloc(4 * unit.length + more, unit));
        const piece = repeatedPiece(data);
        expect(piece).not.toBeNull();
        expect(new Uint8Array(Buffer.alloc(data.length, piece ?? ''))).toEqual(data);
        expect(piece?.length).toBeLessThanOrEqual(unit.length);
      }),
    );
  });
});

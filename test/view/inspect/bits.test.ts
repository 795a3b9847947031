import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { legend, renderBits } from '../../../src/view/inspect/bits.ts';
import { createTheme } from '../../../src/view/theme.ts';

const theme = createTheme({ color: false, ascii: true });
const LECTURE = Uint8Array.of(129, 128, 243, 70);

describe('the bits of an address', () => {
  it('stand under the four fields, with the marks under them', () => {
    expect(renderBits(LECTURE, 20, 69, theme)).toEqual([
      '129      128      243      70',
      '10000001 10000000 11110011 01000110',
      'NNNNNNNN NNNNNNNN NNNNhhhh hhhhhhhh',
    ]);
    expect(renderBits(LECTURE, null, 69, theme)).toHaveLength(2);
  });

  it('of IPv6 take two rows of four groups, and more rows where there is less room', () => {
    const address = new Uint8Array(16).fill(0xfe, 0, 2);
    expect(renderBits(address, 64, 69, theme)).toHaveLength(6);
    expect(renderBits(address, 64, 69, theme)[0]).toBe(
      'fefe             0000             0000             0000',
    );
    expect(renderBits(address, 64, 66, theme)).toHaveLength(12);
    expect(renderBits(address, 64, 20, theme)).toHaveLength(24);
  });

  it('are all there, and as many are marked as the prefix says', () => {
    const addresses = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(addresses, fc.nat(128), fc.integer({ min: 17, max: 90 }), (bytes, nat, width) => {
        const prefix = Math.min(nat, bytes.length * 8);
        const lines = renderBits(bytes, prefix, width, theme);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        const [headings, bits, marks] = [0, 1, 2].map((row) =>
          lines
            .filter((_, i) => i % 3 === row)
            .join(' ')
            .split(/ +/)
            .join(' '),
        );
        const each = bytes.length === 4 ? 8 : 16;
        const values = (bits ?? '').split(' ').map((one) => Number.parseInt(one, 2));
        expect(
          values.flatMap((value) => (each === 8 ? [value] : [value >> 8, value & 255])),
        ).toEqual([...bytes]);
        expect(
          (headings ?? '').split(' ').map((one) => Number.parseInt(one, each === 8 ? 10 : 16)),
        ).toEqual(values);
        expect((marks ?? '').replaceAll(' ', '')).toBe(
          'N'.repeat(prefix) + 'h'.repeat(bytes.length * 8 - prefix),
        );
      }),
    );
  });

  it('say the same in colour', () => {
    const coloured = renderBits(LECTURE, 20, 69, createTheme({ color: true, ascii: false }));
    expect(coloured.join('')).toContain('\x1b[');
    expect(coloured.map(stripVTControlCharacters)).toEqual(renderBits(LECTURE, 20, 69, theme));
  });
});

describe('the legend', () => {
  it.each([
    [24, 4, 'N network, 24 bits; h host, 8 bits'],
    [31, 4, 'N network, 31 bits; h host, 1 bit'],
    [0, 4, 'h host, 32 bits; no bit is network'],
    [128, 16, 'N network, 128 bits; no bit is host'],
  ])('of /%d', (prefix, length, text) => {
    expect(legend(prefix, length)).toBe(text);
  });
});

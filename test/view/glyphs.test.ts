import { describe, expect, it } from 'vitest';
import { columnsOf, glyphsOf, glyphsOfStyled } from '../../src/view/glyphs.ts';
import { Python } from '../support/python.ts';

describe('columns', () => {
  it('are two where Python’s copy of Unicode says wide, and one or none elsewhere', async () => {
    const python = new Python<number[], (string | number)[][]>(`
import unicodedata
def answer(points):
    return [[unicodedata.east_asian_width(chr(p)), unicodedata.category(chr(p))] for p in points]
`);
    // The scripts that somebody may want to send, each from its first character to its last.
    const blocks = [
      [0x20, 0x7e],
      [0xa0, 0x17f],
      [0x370, 0x52f],
      [0x5d0, 0x5ea],
      [0x900, 0x97f],
      [0x1100, 0x115f],
      [0x2190, 0x21ff],
      [0x2500, 0x257f],
      [0x3041, 0x30ff],
      [0x4e00, 0x9fff],
      [0xac00, 0xd7a3],
      [0xff01, 0xff60],
      [0x1f600, 0x1f64f],
      [0x20000, 0x2a6d6],
    ] as const;
    const points = blocks.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i),
    );
    const told = await python.ask(points);
    const wrong = points.filter((point, i) => {
      const [width, category] = told?.[i] ?? [];
      if (category === 'Cn' || point === 0xad) return false;
      const zero = category === 'Mn' || category === 'Me' || category === 'Cf';
      const expected = zero ? 0 : width === 'W' || width === 'F' ? 2 : 1;
      return columnsOf(String.fromCodePoint(point)) !== expected;
    });
    expect(wrong.map((point) => point.toString(16))).toEqual([]);
    expect(points.length).toBeGreaterThan(70_000);
  });
});

describe('glyphs', () => {
  it('one list for each code point, with what is written for it', () => {
    expect(
      glyphsOf('a\x1b日\t').map((list) => list.map(({ shown, width }) => [shown, width])),
    ).toEqual([
      [['a', 1]],
      [
        ['^', 1],
        ['[', 1],
      ],
      [['日', 2]],
      [['\t', 1]],
    ]);
  });

  it('colour codes of our own take no column', () => {
    const glyphs = glyphsOfStyled('\x1b[1mab\x1b[22m ›');
    expect(glyphs.map(({ width }) => width)).toEqual([0, 1, 1, 0, 1, 1]);
    expect(glyphs.map(({ shown }) => shown).join('')).toBe('\x1b[1mab\x1b[22m ›');
  });
});

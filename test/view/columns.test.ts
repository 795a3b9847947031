import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inColumns } from '../../src/view/columns.ts';
import { createTheme } from '../../src/view/theme.ts';

const theme = createTheme({ color: false, ascii: false });

describe('words in columns', () => {
  it('go down first, as ls(1) has them', () => {
    const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
    expect(inColumns(words, { theme, width: 22 }, 24)).toBe(
      ['one    four   seven', 'two    five', 'three  six'].join('\n'),
    );
  });

  it('a word that is wider than the screen stands alone', () => {
    expect(inColumns(['a', 'b'.repeat(30)], { theme, width: 20 }, 24)).toBe(`a\n${'b'.repeat(30)}`);
  });

  it('those that do not fit are counted', () => {
    const words = Array.from({ length: 100 }, (_, i) => `w${i}`);
    const ascii = createTheme({ color: false, ascii: true });
    expect(inColumns(words, { theme: ascii, width: 11 }, 3)).toBe(
      'w0  w2  w4\nw1  w3  w5\n... and 94 more',
    );
  });

  it('what words are made of can’t reach the terminal', () => {
    expect(inColumns(['a\x1b[2J', 'b\n'], { theme, width: 80 }, 24)).toBe('a^[[2J  b^J');
  });

  it('are all there or counted, in no more rows and columns than there are', () => {
    const word = fc.stringMatching(/^[a-zA-Z_]{1,15}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 2, maxLength: 200 }),
        fc.integer({ min: 15, max: 100 }),
        fc.integer({ min: 2, max: 30 }),
        (words, width, rows) => {
          const lines = inColumns(words, { theme, width }, rows).split('\n');
          expect(lines.length).toBeLessThanOrEqual(rows);
          expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
          const more = Number(/^… and (\d+) more$/.exec(lines.at(-1) ?? '')?.[1] ?? 0);
          const shown = (more === 0 ? lines : lines.slice(0, -1)).join(' ').trim().split(/ +/);
          expect(shown.sort()).toEqual(words.slice(0, words.length - more).sort());
        },
      ),
    );
  });
});

import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { callTable } from '../../src/socket/calls/table.ts';
import { demo } from '../../src/teach/demo.ts';
import { inSigns } from '../../src/view/signs.ts';
import { createTheme } from '../../src/view/theme.ts';

const PAINTS = ['bad', 'dim', 'strong'] as const;

describe('a theme', () => {
  it('without colour changes nothing', () => {
    const theme = createTheme({ color: false, ascii: false });
    for (const paint of PAINTS) expect(theme[paint]('text')).toBe('text');
  });

  it('in colour says the same, and each paint is another', () => {
    const theme = createTheme({ color: true, ascii: false });
    const painted = PAINTS.map((paint) => theme[paint]('two\nlines'));
    expect(new Set(painted).size).toBe(PAINTS.length);
    for (const text of painted) {
      expect(text).toContain('\x1b[');
      expect(stripVTControlCharacters(text)).toBe('two\nlines');
    }
  });

  it('has signs, all of them ASCII where that is wanted', () => {
    const plain = createTheme({ color: false, ascii: false });
    const ascii = createTheme({ color: false, ascii: true });
    expect(inSigns('a → b — … │ › µ ’ − ≥', plain)).toBe('a → b — … │ › µ ’ − ≥');
    expect(inSigns('a → b — … │ › µ ’ − ≥', ascii)).toBe("a -> b - ... | > u ' - >=");
    expect(Object.values(ascii.signs).join('')).toMatch(/^[\x20-\x7e]+$/);
    expect(Object.keys(ascii.signs)).toEqual(Object.keys(plain.signs));
  });
});

describe('every text of ours', () => {
  const ascii = createTheme({ color: false, ascii: true });

  it.each([...callTable.values()].map((row) => [row.name, row] as const))(
    'about %s is ASCII with --ascii',
    (_, { does, signature, source, blocks }) => {
      const text = [does, signature, source, blocks?.because ?? ''].join('\n');
      expect(inSigns(text, ascii)).toMatch(/^[\n\x20-\x7e]*$/);
    },
  );

  it.each(demo.map((scene) => [scene.title, scene] as const))(
    'of the demo’s scene “%s” is ASCII with --ascii',
    (_, { title, words, statements }) => {
      const text = [title, words, ...statements].join('\n');
      expect(inSigns(text, ascii)).toMatch(/^[\n\x20-\x7e]*$/);
    },
  );
});

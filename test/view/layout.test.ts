import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, hanging, padEnd, spread, widthOf, wrap } from '../../src/view/layout.ts';
import { page } from '../support/steps.ts';

const { theme } = page({ color: true });

describe('a text’s width', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['— → …', 5],
    ['é', 1],
    [theme.bad('no'), 2],
    [theme.strong(theme.dim('x')), 1],
  ])('of %j is %d', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('is what padding counts', () => {
    expect(padEnd('ab', 4)).toBe('ab  ');
    expect(padEnd('abcdef', 4)).toBe('abcdef');
    expect(stripVTControlCharacters(padEnd(theme.bad('ab'), 4))).toBe('ab  ');
  });
});

describe('spread', () => {
  it('puts the second text at the right edge', () => {
    expect(spread('left', 'right', 12)).toBe('left   right');
    expect(spread('left', 'right', 11)).toBe('left  right');
  });

  it('puts it on a line of its own where the two would touch', () => {
    expect(spread('left', 'right', 10)).toBe('left\n     right');
    expect(spread('left', 'longer than that', 10)).toBe('left\nlonger than that');
  });

  it('leaves a text alone that has nothing at its right', () => {
    expect(spread('left', '', 80)).toBe('left');
  });

  it('counts no colour codes', () => {
    const coloured = spread(theme.bad('left'), theme.dim('right'), 12);
    expect(stripVTControlCharacters(coloured)).toBe('left   right');
  });
});

describe('wrap', () => {
  it('breaks between words', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('one two three', 80)).toEqual(['one two three']);
    expect(wrap('', 10)).toEqual(['']);
  });

  it('leaves a word whole that is too long', () => {
    expect(wrap('a verylongword b', 4)).toEqual(['a', 'verylongword', 'b']);
  });

  const word = fc.string({ unit: fc.constantFrom('a', 'é', '→'), minLength: 1, maxLength: 12 });
  const text = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(' '));

  it('loses nothing, is never wider, and breaks no earlier than it must', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (given, width) => {
        const lines = wrap(given, width);
        expect(lines.join(' ')).toBe(given);
        for (const [i, line] of lines.entries()) {
          if (line.includes(' ')) expect(widthOf(line)).toBeLessThanOrEqual(width);
          const [next] = (lines[i + 1] ?? '').split(' ');
          if (next) expect(widthOf(line) + 1 + widthOf(next)).toBeGreaterThan(width);
        }
      }),
    );
  });
});

describe('hanging', () => {
  it('puts every further line under the first', () => {
    expect(hanging('  why      ', 'one two three four five six', 31)).toBe(
      '  why      one two three four\n           five six',
    );
  });

  it('keeps some room for the text beside a long label', () => {
    expect(hanging('x'.repeat(40), 'one two three four five', 40).split('\n')).toEqual([
      `${'x'.repeat(40)}one two three four`,
      `${' '.repeat(40)}five`,
    ]);
  });
});

describe('a duration', () => {
  it.each([
    [0, '1 µs'],
    [0.4, '1 µs'],
    [9, '9 µs'],
    [999.4, '999 µs'],
    [999.5, '1.0 ms'],
    [1234, '1.2 ms'],
    [9949, '9.9 ms'],
    [9950, '10 ms'],
    [41_600, '42 ms'],
    [999_499, '999 ms'],
    [999_500, '1.0 s'],
    [4_100_000, '4.1 s'],
    [61_000_000, '61.0 s'],
  ])('of %d µs is %s', (us, text) => {
    expect(duration(us)).toBe(text);
  });
});

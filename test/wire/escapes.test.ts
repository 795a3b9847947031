import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unescaped } from '../../src/wire/escapes.ts';
import { TextProblem } from '../../src/wire/text-problem.ts';

const bytesOf = (text: string) => [...unescaped(text)];

describe('escapes', () => {
  it.each<[text: string, bytes: readonly number[]]>([
    ['', []],
    ['a\\nb', [97, 10, 98]],
    ['\\r\\n\\t\\0\\\\', [13, 10, 9, 0, 92]],
    ['\\x00\\xff\\xFf', [0, 255, 255]],
    // What stands behind an escape is never part of it.
    ['\\xffab\\012', [255, 97, 98, 0, 49, 50]],
    ['\\\\n', [92, 110]],
    ['ü→😀', [...Buffer.from('ü→😀')]],
  ])('%j', (text, bytes) => {
    expect(bytesOf(text)).toEqual(bytes);
  });

  it('any bytes can be written, and come back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`);
        expect(bytesOf(text.join(''))).toEqual([...bytes]);
      }),
    );
  });

  it('a text without a backslash is its UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const plain = text.replaceAll('\\', '');
        expect(bytesOf(plain)).toEqual([...Buffer.from(plain)]);
      }),
    );
  });

  it.each<[text: string, span: readonly [number, number], message: RegExp]>([
    ['a\\qb', [1, 3], /unknown escape/],
    ['ab\\', [2, 3], /written \\\\/],
    ['\\x', [0, 2], /two hexadecimal digits/],
    ['é\\xg0', [1, 3], /two hexadecimal digits/],
    ['\\n\\x1', [2, 4], /two hexadecimal digits/],
    ['\\😀', [0, 3], /unknown escape/],
  ])('%j is a mistake, with its place', (text, span, message) => {
    let problem: unknown;
    try {
      unescaped(text);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(TextProblem);
    expect(problem).toMatchObject({ span, message: expect.stringMatching(message) });
  });
});

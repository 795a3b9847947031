import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHex } from '../../src/wire/hex.ts';
import { TextProblem } from '../../src/wire/text-problem.ts';

const hexOf = (text: string) => Buffer.from(parseHex(text)).toString('hex');

describe('hexadecimal', () => {
  it.each([
    ['', ''],
    [' \n', ''],
    ['de ad be ef', 'deadbeef'],
    ['DE:AD:be:ef', 'deadbeef'],
    ['0xdeadbeef', 'deadbeef'],
    ['0xde 0Xad ', 'dead'],
    ['de  ad\n00:01 0x0203', 'dead00010203'],
  ])('%j', (text, hex) => {
    expect(hexOf(text)).toBe(hex);
  });

  it('takes what Node writes, however it is grouped', () => {
    const separator = fc.constantFrom('', ' ', ':', '\n', ' 0x');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.uint8Array({ minLength: 1 }), separator)), (groups) => {
        const hex = groups.map(([bytes]) => Buffer.from(bytes).toString('hex'));
        const text = hex.map((digits, i) => digits + (groups[i]?.[1] ?? '')).join('');
        // A prefix begins a group: at the end there is none.
        expect(hexOf(text.replace(/0x$/, ''))).toBe(hex.join(''));
      }),
    );
  });

  it.each<[text: string, span: readonly [number, number], message: string]>([
    ['d', [0, 1], 'a byte has two hexadecimal digits'],
    ['de ad b', [6, 7], 'a byte has two hexadecimal digits'],
    ['de adb ef', [5, 6], 'a byte has two hexadecimal digits'],
    ['0xabc', [4, 5], 'a byte has two hexadecimal digits'],
    ['de ag', [4, 5], 'not a hexadecimal digit'],
    ['de-ad', [2, 3], 'not a hexadecimal digit'],
    ['0x', [1, 2], 'not a hexadecimal digit'],
    ['de 😀', [3, 5], 'not a hexadecimal digit'],
  ])('%j is a mistake, with its place', (text, span, message) => {
    let problem: unknown;
    try {
      parseHex(text);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(TextProblem);
    expect(problem).toMatchObject({ span, message });
  });
});

import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { countFrom, durationMs } from '../../src/cli/values.ts';

describe('a duration', () => {
  it.each([
    ['200ms', 200],
    ['5s', 5000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0s', 0],
    ['1.5s', 1500],
    ['0.25m', 15_000],
    ['2147483647ms', 2 ** 31 - 1],
  ])('%s is %d ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each([
    ...['', '5', 's', '5 s', ' 5s', '5s ', '5S', '-1s', '+1s', '.5s', '1.s', '1e3s', '5sec', '5d'],
    // A timer of more than 24.8 days would fire at once.
    ...['2147483648ms', '25d', '600h', `${'9'.repeat(400)}s`, '0x5s', '٥s', '5s\n', 'NaNs'],
  ])('%j is none', (text) => {
    expect(() => durationMs(text)).toThrow(InvalidArgumentError);
    expect(() => durationMs(text)).toThrow('200ms, 5s or 2m');
  });
});

describe('a count', () => {
  it('is a whole number from its least on', () => {
    expect(['0', '7', '999999999'].map(countFrom(0))).toEqual([0, 7, 999_999_999]);
    expect(countFrom(1)('1')).toBe(1);
  });

  it.each(['', '0', '-1', '+1', '1.5', '1e3', '0x10', ' 1', '1 ', '1000000000', 'ten', '٣'])(
    '%j is none from 1 on',
    (text) => {
      expect(() => countFrom(1)(text)).toThrow(InvalidArgumentError);
      expect(() => countFrom(1)(text)).toThrow('a whole number from 1 on');
    },
  );
});

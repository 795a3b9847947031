import { expect, it } from 'vitest';
import { errnoNames, errnoOfNumber, isConstant, isErrno } from '../../src/socket/names.ts';

it('knows the names of C: a constant is no errno, and the other way round', () => {
  const words = ['AF_INET', 'EINVAL', 'AF_NONE', 'EWRONG', 'server'];
  expect(words.map(isConstant)).toEqual([true, false, false, false, false]);
  expect(words.map(isErrno)).toEqual([false, true, false, false, false]);
  expect(errnoNames()).toContain('ECONNREFUSED');
  expect(errnoNames().every(isErrno)).toBe(true);
});

it('knows an errno by its number, where there is one', () => {
  expect(['EPERM', 'EINVAL', 'EPIPE']).toEqual([1, 22, 32].map(errnoOfNumber));
  expect([0, -22, 99_999, Number.NaN].map(errnoOfNumber)).toEqual([null, null, null, null]);
});

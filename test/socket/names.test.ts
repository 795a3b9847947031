import { expect, it } from 'vitest';
import { errnoNames, isConstant, isErrno } from '../../src/socket/names.ts';

it('knows the names of C: a constant is no errno, and the other way round', () => {
  const words = ['AF_INET', 'EINVAL', 'AF_NONE', 'EWRONG', 'server'];
  expect(words.map(isConstant)).toEqual([true, false, false, false, false]);
  expect(words.map(isErrno)).toEqual([false, true, false, false, false]);
  expect(errnoNames()).toContain('ECONNREFUSED');
  expect(errnoNames().every(isErrno)).toBe(true);
});

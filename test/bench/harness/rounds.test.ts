/** Figures are only as good as the arithmetic behind them. */
import { describe, expect, it } from 'vitest';
import { boundOf, isMet } from './bounds.ts';
import { ASIDE, best, interleaved, median, medianOf, paired } from './rounds.ts';

const taken = [
  { name: 'socklab', samples: [9, 30, 12] },
  { name: 'nc', samples: [3, 10, 4] },
  { name: 'ncat', samples: [1, 5, 9] },
  { name: `socat${ASIDE}`, samples: [90, 91, 92] },
];

describe('contenders', () => {
  it('take turns, and the first round does not count', async () => {
    const order: string[] = [];
    const contender = (name: string) => ({
      name,
      run: () => Promise.resolve(order.push(name)),
    });
    const all = await interleaved([contender('a'), contender('b')], 2);
    expect(order.join('')).toBe('ababab');
    expect(all).toEqual([
      { name: 'a', samples: [3, 5] },
      { name: 'b', samples: [4, 6] },
    ]);
  });

  it('that give no figure end it', async () => {
    const broken = { name: 'broken', run: () => Promise.resolve(Number.NaN) };
    await expect(interleaved([broken], 1)).rejects.toThrow('broken gave no figure');
  });
});

describe('what is made of samples', () => {
  it('the median of an odd and an even number', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(medianOf('ncat', taken)).toBe(5);
    expect(() => medianOf('none', taken)).toThrow('no none among the contenders');
  });

  it('the best of the others, without ours and those beside', () => {
    expect(best(taken)).toBe(5);
  });

  it('a ratio round by round', () => {
    expect(paired('socklab', 'nc', taken, (ours, theirs) => ours / theirs)).toBe(3);
    expect(paired('socklab', 'ncat', taken, (ours, theirs) => ours - theirs)).toBe(8);
  });
});

describe('a bound', () => {
  it('is met at its very limit, and not beyond', () => {
    expect(isMet({ atLeast: 1.25, of: '' }, 1.25)).toBe(true);
    expect(isMet({ atLeast: 1.25, of: '' }, 1.249)).toBe(false);
    expect(isMet({ atMost: 0, of: '' }, 0)).toBe(true);
    expect(isMet({ atMost: 0, of: '' }, 10)).toBe(false);
  });

  it('is never met by what could not be measured', () => {
    expect(isMet({ atLeast: 1, of: '' }, Number.NaN)).toBe(false);
  });

  it('depends on Node where its own start does', () => {
    expect(boundOf('startup/send', 20)?.atMost).toBe(15);
    expect(boundOf('startup/send', 24)?.atMost).toBe(12);
    expect(boundOf('step/own', 24)?.atMost).toBe(20);
    expect(boundOf('no such row', 20)).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callTable } from '../../src/socket/calls/table.ts';
import { nearest } from '../../src/wire/nearest.ts';
import { cpuTime } from '../support/cpu-time.ts';

const CALLS = [...callTable.keys()];

describe('the nearest right word', () => {
  it.each([
    ['bnid', 'bind'],
    ['bid', 'bind'],
    ['binnd', 'bind'],
    ['bond', 'bind'],
    ['BIND', 'bind'],
    ['acept', 'accept'],
    ['lisetn', 'listen'],
    ['shutdwon', 'shutdown'],
    ['setsockop', 'setsockopt'],
    ['get_sock_name', 'getsockname'],
  ])('of %s is %s', (wrong, right) => {
    expect(nearest(wrong, CALLS)).toBe(right);
  });

  it.each(['frobnicate', 'xyz', 'li', 'sockaddr_in', ''])('of %j is none', (wrong) => {
    expect(nearest(wrong, CALLS)).toBeNull();
  });

  it('is none where there are no words', () => {
    expect(nearest('bind', [])).toBeNull();
  });

  it('is the nearer of two, and the first of two that are as near', () => {
    expect(nearest('sevrer', ['seven', 'server'])).toBe('server');
    expect(nearest('conn3', ['conn1', 'conn2'])).toBe('conn1');
    expect(nearest('conn2', ['conn1', 'conn2'])).toBe('conn2');
  });

  it('of a short word is one letter away at most', () => {
    expect(nearest('ab', ['ac'])).toBe('ac');
    expect(nearest('ab', ['cd'])).toBeNull();
    expect(nearest('abcde', ['abxye'])).toBeNull();
    expect(nearest('abcdef', ['abxyef'])).toBe('abxyef');
  });

  it('is found for every single slip of the fingers', () => {
    const slip = fc.tuple(
      fc.constantFrom(...CALLS.filter((name) => name.length > 3)),
      fc.nat(),
      fc.constantFrom('drop', 'double', 'replace', 'swap'),
    );
    fc.assert(
      fc.property(slip, ([name, n, kind]) => {
        const at = n % (name.length - 1);
        const [a = '', b = ''] = name.slice(at, at + 2);
        const middle = { drop: b, double: a + a + b, replace: `_${b}`, swap: b + a }[kind];
        const near = nearest(name.slice(0, at) + middle + name.slice(at + 2), CALLS);
        // Some slips are on the way to another call's name: read, for one, has few letters.
        expect(near).not.toBeNull();
        const another = CALLS.some(
          (call) => call !== name && (name.startsWith(call) || name.endsWith(call)),
        );
        if (name.length > 5 && !another && !/^[gs]et/.test(name)) expect(near).toBe(name);
      }),
    );
  });

  it('costs little for a word of any length', () => {
    // Candidates whose length alone is too far away are not compared letter by letter.
    const spent = cpuTime(() => {
      expect(nearest('a'.repeat(1_000_000), CALLS)).toBeNull();
    });
    expect(spent).toBeLessThan(500);
  });
});

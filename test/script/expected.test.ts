import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expected, formatExpected, formatOutcome, isMet } from '../../src/script/expected.ts';
import { parseStatement } from '../../src/script/parser.ts';
import type { Value } from '../../src/socket/call.ts';
import { SocketError } from '../../src/socket/errors.ts';
import type { Outcome } from '../../src/socket/step.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const came = (value: Value, result = 0): Outcome => ({ kind: 'value', result, value });
const read = (text: string): Outcome =>
  came({ kind: 'bytes', bytes: bytes(text) }, Buffer.byteLength(text, 'latin1'));

/** One outcome of each kind. */
const OUTCOMES = {
  zero: came({ kind: 'integer', value: 0 }),
  /** getsockopt(): it returned 0, and its value is 87380. */
  option: came({ kind: 'integer', value: 87380 }),
  descriptor: came({ kind: 'socket', name: 'server', fd: 21 }, 21),
  hello: read('hello\n'),
  endOfFile: read(''),
  binary: read('\xff\x00\n!'),
  address: came({ kind: 'address', address: '127.0.0.1:8888' }),
  linger: came({ kind: 'struct', fields: [1, 0] }),
  refused: {
    kind: 'error',
    error: new SocketError(
      { call: 'connect', code: 'ECONNREFUSED', text: 'Connection refused' },
      { remote: '127.0.0.1:9' },
    ),
  },
} satisfies Record<string, Outcome>;

type Name = keyof typeof OUTCOMES;
const names = Object.keys(OUTCOMES) as Name[];
const successes = names.filter((name) => name !== 'refused');

/** What each expectation is met by; by nothing else. */
const MET: readonly (readonly [written: string, by: readonly Name[]])[] = [
  ['', successes],
  ['0', ['zero', 'endOfFile', 'address', 'linger']],
  ['87380', ['option']],
  ['21', ['descriptor']],
  ['6', ['hello']],
  ['-1', []],
  ['"hello\\n"', ['hello']],
  ['"hello"', []],
  ['"hello\\n "', []],
  ['""', ['endOfFile']],
  ['hex"ff 00 0a 21"', ['binary']],
  ['"hel"...', ['hello']],
  ['"hello\\n"...', ['hello']],
  ['"hello\\n!"...', []],
  ['""...', ['hello', 'endOfFile', 'binary']],
  ['/l+o/', ['hello']],
  ['/^$/', ['endOfFile']],
  // Bytes are one character each, and the dot takes a line feed too.
  ['/^\\xff\\x00.!$/', ['binary']],
  ['/ECONN/', []],
  ['ECONNREFUSED', ['refused']],
  ['ETIMEDOUT', []],
  ['127.0.0.1:8888', ['address']],
  ['127.0.0.1:8889', []],
  ['{1, 0}', ['linger']],
  ['{1}', []],
  ['{1, 0, 0}', []],
  ['{10}', []],
  ['...', names],
  // A call that has returned was not blocked.
  ['blocked', []],
];

function expectedOf(written: string): Expected | null {
  const line = written === '' ? 'close(s)' : `close(s) = ${written}`;
  return parseStatement(line)?.expected ?? null;
}

describe('an expectation', () => {
  it.each(MET)('%j is met by %j alone', (written, by) => {
    const expected = expectedOf(written);
    expect(names.filter((name) => isMet(expected, OUTCOMES[name]))).toEqual(by);
  });

  it('asks getsockopt() for its value, although the call returned 0', () => {
    expect(isMet({ kind: 'integer', value: 0 }, OUTCOMES.option)).toBe(false);
  });

  it('gives the same answer each time it is asked', () => {
    const expected = expectedOf('/l/');
    expect([1, 2, 3].map(() => isMet(expected, OUTCOMES.hello))).toEqual([true, true, true]);
  });

  it('of bytes is met by those bytes, and begun by each of their beginnings', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array({ minLength: 1 }), fc.nat(), (all, more, cut) => {
        const outcome = came({ kind: 'bytes', bytes: all }, all.length);
        const start = all.subarray(0, cut % (all.length + 1));
        expect(isMet({ kind: 'bytes', bytes: all, prefix: false }, outcome)).toBe(true);
        expect(isMet({ kind: 'bytes', bytes: start, prefix: true }, outcome)).toBe(true);
        const longer = Uint8Array.from([...all, ...more]);
        expect(isMet({ kind: 'bytes', bytes: longer, prefix: true }, outcome)).toBe(false);
        expect(isMet({ kind: 'bytes', bytes: longer, prefix: false }, outcome)).toBe(false);
      }),
    );
  });
});

describe('formatExpected', () => {
  it('writes an expectation so that it can be read back', () => {
    for (const [written] of MET) {
      const expected = expectedOf(written);
      if (expected !== null) expect(expectedOf(formatExpected(expected))).toEqual(expected);
    }
  });

  it.each([
    ['0x10', '16'],
    ['"ab" * 2', '"abab"'],
    ['"hel" ...', '"hel"...'],
    ['hex"00 ff"', '"\\x00\\xff"'],
    ['{1,0x2}', '{1, 2}'],
  ])('writes %s as %s', (written, formatted) => {
    const expected = expectedOf(written);
    expect(expected && formatExpected(expected)).toBe(formatted);
  });
});

describe('formatOutcome', () => {
  it.each<[Name, string]>([
    ['zero', '0'],
    ['descriptor', '21'],
    ['hello', '"hello\\n"'],
    ['endOfFile', '""'],
    ['binary', '"\\xff\\x00\\n!"'],
    ['address', '127.0.0.1:8888'],
    ['linger', '{1, 0}'],
    ['refused', 'ECONNREFUSED (Connection refused)'],
  ])('writes %s as %s', (name, written) => {
    expect(formatOutcome(OUTCOMES[name])).toBe(written);
  });

  it('writes what, expected, would have been met', () => {
    for (const name of successes) {
      const written = formatOutcome(OUTCOMES[name]);
      expect([name, isMet(expectedOf(written), OUTCOMES[name])]).toEqual([name, true]);
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expected, isMet } from '../../src/script/expected.ts';
import { parseStatement } from '../../src/script/parser.ts';
import { printExpected, printOutcome } from '../../src/script/print.ts';
import type { Value } from '../../src/socket/call.ts';
import { SocketError } from '../../src/socket/errors.ts';
import { recordOf } from '../../src/socket/records.ts';
import type { Outcome } from '../../src/socket/step.ts';
import { parseStruct } from '../../src/wire/struct/parse.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const came = (value: Value, result = 0): Outcome => ({ kind: 'value', result, value });
const read = (text: string): Outcome =>
  came({ kind: 'bytes', bytes: bytes(text) }, Buffer.byteLength(text, 'latin1'));

const person = parseStruct('struct person { char name[30]; uint32_t age; }');
const ann = recordOf(person, [bytes('Ann'), 33]);

/** What names stand for. */
const VALUES: Readonly<Record<string, Value>> = {
  seven: { kind: 'integer', value: 7 },
  six: { kind: 'integer', value: 6 },
  zero: { kind: 'integer', value: 0 },
  port: { kind: 'integer', value: 8888 },
  hello: { kind: 'bytes', bytes: bytes('hello\n') },
  name: { kind: 'bytes', bytes: bytes('Ann') },
  host: { kind: 'bytes', bytes: bytes('127.0.0.1') },
  peer: { kind: 'address', address: '127.0.0.1:8888' },
  found: { kind: 'addresses', addresses: ['[::1]:80'] },
  lasting: { kind: 'struct', fields: [1, 0] },
  ended: { kind: 'state', state: 'FIN-WAIT-2' },
  msg: ann,
};
const named = (name: string): Value | undefined => VALUES[name];

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
  /** poll() with POLLIN|POLLHUP: 0x11. */
  polled: came({ kind: 'struct', fields: [0x11] }, 1),
  nested: came({ kind: 'struct', fields: [bytes('Ann'), [7, 8]] }),
  ann: came(ann, 36),
  /** A structure was to be read, and the end of file came. */
  noPerson: came({ ...ann, bytes: new Uint8Array(0) }),
  found: came({ kind: 'addresses', addresses: ['127.0.0.1:80', '[::1]:80'] }),
  state: came({ kind: 'state', state: 'FIN-WAIT-2' }),
  unknown: came({ kind: 'state', state: null }),
  flags: came({ kind: 'integer', value: 0x802 }, 0x802),
  early: {
    kind: 'error',
    error: new SocketError({ call: 'recvn', code: 'EOF', text: 'end of file before 4 bytes' }),
  },
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
const failures: readonly Name[] = ['refused', 'early'];
const successes = names.filter((name) => !failures.includes(name));
/** Calls that returned 0, and gave no number of their own. */
const NONE: readonly Name[] = [
  ...(['zero', 'endOfFile', 'address', 'linger', 'nested'] as const),
  ...(['noPerson', 'found', 'state', 'unknown'] as const),
];
const EMPTY: readonly Name[] = ['endOfFile', 'noPerson'];

/** What each expectation is met by; by nothing else. */
const MET: readonly (readonly [written: string, by: readonly Name[]])[] = [
  ['', successes],
  ['0', NONE],
  ['87380', ['option']],
  ['21', ['descriptor']],
  ['6', ['hello']],
  ['-1', failures],
  ['1', ['polled']],
  ['0x802', ['flags']],
  ['"hello\\n"', ['hello']],
  ['"hello"', []],
  ['"hello\\n "', []],
  ['""', EMPTY],
  ['hex"ff 00 0a 21"', ['binary']],
  ['"hel"...', ['hello']],
  ['"hello\\n"...', ['hello']],
  ['"hello\\n!"...', []],
  ['""...', ['hello', 'endOfFile', 'binary', 'nested', 'ann', 'noPerson']],
  ['"Ann"', ['nested']],
  ['"Ann"...', ['nested', 'ann']],
  ['/l+o/', ['hello']],
  ['/^$/', EMPTY],
  ['/^Ann$/', ['nested']],
  ['/^127[.]0[.]0[.]1:/', ['address', 'found']],
  ['/:{2}1/', ['found']],
  // Bytes are one character each, and the dot takes a line feed too.
  ['/^\\xff\\x00.!$/', ['binary']],
  ['/ECONN/', []],
  ['ECONNREFUSED', ['refused']],
  ['ETIMEDOUT', []],
  ['127.0.0.1:8888', ['address']],
  ['127.0.0.1:8889', []],
  [':8888', ['address']],
  ['127.0.0.1:port', ['address']],
  ['host:8888', ['address']],
  ['host:port', ['address']],
  ['host:seven', []],
  ['nobody:8888', []],
  ['127.0.0.1:hello', []],
  ['[::1]:80', ['found']],
  ['localhost:80', ['found']],
  ['{1, 0}', ['linger']],
  ['{1}', []],
  ['{1, 0, 0}', []],
  ['{10}', []],
  ['{}', []],
  ['{POLLIN|POLLHUP}', ['polled']],
  ['{POLLIN}', []],
  ['POLLIN|POLLHUP', ['polled']],
  ['POLLIN|16', ['polled']],
  ['POLLIN', []],
  ['O_RDWR|O_NONBLOCK', ['flags']],
  ['O_RDWR', []],
  ['{"Ann", {7, 8}}', ['nested']],
  ['{"Ann", [7, 8]}', ['nested']],
  ['{name, {seven, 8}}', ['nested']],
  ['{"Ann", {7}}', []],
  ['{"Ann", {7, 8, 9}}', []],
  ['{"Ann", 7}', []],
  ['{{7, 8}, "Ann"}', []],
  ['{hello, {7, 8}}', []],
  ['{nobody, {7, 8}}', []],
  ['{"Ann", 33}', ['ann']],
  ['person{"Ann", 33}', ['ann']],
  ['other{"Ann", 33}', []],
  ['{"Ann", 34}', []],
  ['{lasting, 33}', []],
  ['FIN-WAIT-2', ['state']],
  ['FIN_WAIT_2', ['state']],
  ['FIN-WAIT-1', []],
  ['EOF', [...EMPTY, 'early']],
  ['NULL', [...EMPTY, 'early']],
  ['seven', []],
  ['six', ['hello']],
  ['zero', NONE],
  ['hello', ['hello']],
  ['name', ['nested']],
  ['peer', ['address']],
  ['found', ['found']],
  ['lasting', ['linger']],
  ['ended', ['state']],
  ['msg', ['ann']],
  ['nobody', []],
  // Whoever asks has computed it.
  ['sizeof(msg)', []],
  ['htons(8888)', []],
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
    expect(names.filter((name) => isMet(expected, OUTCOMES[name], named))).toEqual(
      names.filter((name) => by.includes(name)),
    );
  });

  it('asks getsockopt() for its value, although the call returned 0', () => {
    expect(isMet({ kind: 'integer', value: 0 }, OUTCOMES.option, named)).toBe(false);
  });

  it('takes an errno that getsockopt(SO_ERROR) gives as its value', () => {
    const pending = came({ kind: 'integer', value: 111 });
    expect(isMet({ kind: 'errno', name: 'ECONNREFUSED' }, pending, named)).toBe(true);
    expect(isMet({ kind: 'errno', name: 'EPIPE' }, pending, named)).toBe(false);
    // The descriptor 111 is no errno.
    const opened = came({ kind: 'socket', name: 's', fd: 111 }, 111);
    expect(isMet({ kind: 'errno', name: 'ECONNREFUSED' }, opened, named)).toBe(false);
  });

  it('knows EWOULDBLOCK as EAGAIN', () => {
    const error = new SocketError({ call: 'read', code: 'EAGAIN', text: '' });
    expect(isMet({ kind: 'errno', name: 'EWOULDBLOCK' }, { kind: 'error', error }, named)).toBe(
      true,
    );
  });

  it('gives the same answer each time it is asked', () => {
    const expected = expectedOf('/l/');
    expect([1, 2, 3].map(() => isMet(expected, OUTCOMES.hello, named))).toEqual([true, true, true]);
  });

  it('of bytes is met by those bytes, and begun by each of their beginnings', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array({ minLength: 1 }), fc.nat(), (all, more, cut) => {
        const outcome = came({ kind: 'bytes', bytes: all }, all.length);
        const start = all.subarray(0, cut % (all.length + 1));
        expect(isMet({ kind: 'bytes', bytes: all, prefix: false }, outcome, named)).toBe(true);
        expect(isMet({ kind: 'bytes', bytes: start, prefix: true }, outcome, named)).toBe(true);
        const longer = Uint8Array.from([...all, ...more]);
        expect(isMet({ kind: 'bytes', bytes: longer, prefix: true }, outcome, named)).toBe(false);
        expect(isMet({ kind: 'bytes', bytes: longer, prefix: false }, outcome, named)).toBe(false);
      }),
    );
  });
});

describe('printExpected', () => {
  it('writes an expectation so that it can be read back', () => {
    for (const [written] of MET) {
      const expected = expectedOf(written);
      if (expected !== null) expect(expectedOf(printExpected(expected))).toEqual(expected);
    }
  });

  it.each([
    ['0x10', '16'],
    ['"ab" * 2', '"abab"'],
    ['"hel" ...', '"hel"...'],
    ['hex"00 ff"', '"\\0\\xff"'],
    ['{1,0x2}', '{1, 2}'],
    ['person{ "Ann",33 }', 'person{"Ann", 33}'],
    ['-1 EPIPE (Broken pipe)', 'EPIPE'],
    ['FIN_WAIT_2', 'FIN-WAIT-2'],
    ['*:80', '0.0.0.0:80'],
    ['sizeof msg', 'sizeof(msg)'],
  ])('writes %s as %s', (written, formatted) => {
    const expected = expectedOf(written);
    expect(expected && printExpected(expected)).toBe(formatted);
  });
});

describe('printOutcome', () => {
  it.each<[Name, string]>([
    ['zero', '0'],
    ['descriptor', '21'],
    ['hello', '"hello\\n"'],
    ['endOfFile', '""'],
    ['binary', '"\\xff\\0\\n!"'],
    ['address', '127.0.0.1:8888'],
    ['linger', '{1, 0}'],
    ['nested', '{"Ann", {7, 8}}'],
    ['ann', 'person{"Ann", 33}'],
    ['noPerson', '0 of the 36 bytes of person'],
    ['found', '127.0.0.1:80, [::1]:80'],
    ['state', 'FIN-WAIT-2'],
    ['unknown', 'unknown'],
    ['early', 'EOF (end of file before 4 bytes)'],
    ['refused', 'ECONNREFUSED (Connection refused)'],
  ])('writes %s as %s', (name, written) => {
    expect(printOutcome(OUTCOMES[name])).toBe(written);
  });

  it('writes what, expected, would have been met', () => {
    const unwritten: readonly Name[] = ['found', 'unknown', 'noPerson'];
    for (const name of successes.filter((one) => !unwritten.includes(one))) {
      const written = printOutcome(OUTCOMES[name]);
      expect([name, isMet(expectedOf(written), OUTCOMES[name], named)]).toEqual([name, true]);
    }
  });
});

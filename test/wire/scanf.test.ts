/** scanf() reads what C's own reads, in whatever pieces the bytes come. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatProblem } from '../../src/wire/format.ts';
import { type Scan, scanf, scanfCount } from '../../src/wire/scanf.ts';
import { CStdio, type Scanned } from '../support/c-stdio.ts';

const latin = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

const blank = fc.constantFrom('', ' ', '\n', ' \t ', '\r\n');
const numberText = fc.oneof(
  fc.constantFrom('0', '-', '+', '0x', '0x1f', '-0X', '0xg', '09', '017', '0b1', '--5', '+-1'),
  fc.constantFrom('2147483648', '-2147483649', '4294967296', '9223372036854775808'),
  fc.constantFrom('99999999999999999999999', '-99999999999999999999999', '0'.repeat(80)),
  fc.integer().map(String),
  fc.integer({ min: 0 }).map((value) => `0x${value.toString(16)}`),
);
const word = fc.oneof(fc.stringMatching(/^[a-z%]{0,6}$/), fc.constantFrom('ä', '\0x', 'Ann'));
const input = fc
  .array(fc.tuple(blank, fc.oneof(numberText, word)), { maxLength: 4 })
  .chain((parts) => blank.map((end) => latin(parts.flat().join('') + end)));
const width = fc.option(fc.integer({ min: 1, max: 12 }), { nil: '' });
const directive = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', '', '', '*'),
        width,
        fc.constantFrom('', 'hh', 'h', 'l'),
        fc.constantFrom(...'diuxo'),
      )
      .map((parts) => `%${parts.join('')}`),
  },
  { weight: 3, arbitrary: fc.tuple(width).map(([wide]) => `%${wide}s`) },
  { weight: 2, arbitrary: fc.tuple(width).map(([wide]) => `%${wide}c`) },
  { weight: 2, arbitrary: fc.constantFrom(' ', '%%', 'a', ' x', '\n', ':') },
);
const format = fc.array(directive, { minLength: 1, maxLength: 4 }).map((all) => all.join(''));
const cases = fc.array(fc.tuple(format, input), { minLength: 20, maxLength: 200 });

/** The values as C left them in memory, each of its type. */
function valuesIn(scan: Scanned, ours: readonly (number | Uint8Array)[], format: string) {
  const conversions = [...format.matchAll(/%(?!%)(\*)?(\d*)(hh|h|l)?([a-z])|%%/g)].filter(
    ([, star, , , letter]) => letter !== undefined && star === undefined,
  );
  return ours.map((_, i) => {
    const [, , , size = '', letter = ''] = conversions[i] ?? [];
    const memory = scan.memory[i] ?? Buffer.alloc(0);
    if (letter === 's') return new Uint8Array(memory.subarray(0, memory.indexOf(0)));
    if (letter === 'c')
      return ours[i] instanceof Uint8Array ? memoryOf(memory, ours[i].length) : null;
    const bytes = { hh: 1, h: 2, l: 8 }[size] ?? 4;
    const signed = 'di'.includes(letter);
    if (bytes === 8) return Number(signed ? memory.readBigInt64LE() : memory.readBigUInt64LE());
    return signed ? memory.readIntLE(0, bytes) : memory.readUIntLE(0, bytes);
  });
}

function memoryOf(memory: Buffer, length: number): Uint8Array {
  return new Uint8Array(memory.subarray(0, length));
}

function done(scan: Scan): Extract<Scan, { kind: 'done' }> {
  if (scan.kind !== 'done') throw new Error('it wants more');
  return scan;
}

describe('scanf', () => {
  it('reads what C reads, and leaves what C leaves', (context) => {
    const c = new CStdio(context);
    fc.assert(
      fc.property(cases, (all) => {
        // Text with a zero byte in it can't be told from its end in C's memory.
        const told = all.filter(([, bytes]) => !bytes.includes(0));
        const ours = told.map(([one, bytes]) => done(scanf(one, bytes, true)));
        const theirs = c.scanf(told);
        for (const [i, one] of told.entries()) {
          const { used, values, ended } = ours[i] ?? { used: -1, values: [], ended: false };
          const scan = theirs[i] ?? { result: Number.NaN, used: -1, memory: [] };
          expect([one, ended ? -1 : values.length, used, values]).toEqual([
            one,
            scan.result,
            scan.used,
            valuesIn(scan, values, one[0]),
          ]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('gives the same answer however the bytes come', () => {
    fc.assert(
      fc.property(format, input, (one, bytes) => {
        const whole = scanf(one, bytes, true);
        for (let length = 0; length <= bytes.length; length++) {
          const part = scanf(one, bytes.subarray(0, length), false);
          // Once it is sure, it stays so.
          if (part.kind === 'done') expect(part).toEqual(whole);
        }
      }),
      { numRuns: 800 },
    );
  });

  it.each<[format: string, input: string, wants: boolean]>([
    ['%d', '12', true],
    ['%d', '12 ', false],
    ['%30s', 'Ann', true],
    ['%3s', 'Ann', false],
    ['%c', '', true],
    ['%4c', 'abc', true],
    ['%4c', 'abcd', false],
    ['%d\n', '12\n', true],
    ['%d\n', '12\nx', false],
    ['ab', 'a', true],
    ['ab', 'x', false],
    // glibc looks at what is behind a number, also where its width is used up.
    ['%2d', '12', true],
    ['%2d', '123', false],
  ])('%j wants more than %j: %s', (one, bytes, wants) => {
    expect(scanf(one, latin(bytes), false).kind).toBe(wants ? 'more' : 'done');
  });

  it('reads the lecture’s format', () => {
    const { values, used } = done(scanf('%30s%d', latin('Ann 33\nrest'), false));
    expect([values, used, scanfCount('%30s%d')]).toEqual([[latin('Ann'), 33], 6, 2]);
    expect(scanfCount('%*d %s %%')).toBe(1);
  });

  it('reads a long field in one go', () => {
    const long = latin(`${'1'.repeat(100_000)} `);
    expect(done(scanf('%d', long, false))).toMatchObject({ used: 100_000, values: [-1] });
    expect(done(scanf('%s', long, false)).values).toEqual([long.subarray(0, 100_000)]);
  });

  it.each<[format: string, message: RegExp]>([
    ['%f', /^%f is no conversion here/],
    ['%[a-z]', /is no conversion here/],
    ['%0d', /takes a width and nothing else/],
    ['%.3d', /takes a width and nothing else/],
    ['%-5s', /takes a width and nothing else/],
  ])('refuses %s', (one, message) => {
    expect(() => scanf(one, latin('1'), true)).toThrow(FormatProblem);
    expect(() => scanfCount(one)).toThrow(message);
  });
});

/** printf() makes the bytes that C's own makes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatProblem } from '../../src/wire/format.ts';
import { printf, printfCount } from '../../src/wire/printf.ts';
import { CStdio } from '../support/c-stdio.ts';

type Case = readonly [format: string, value: number | Uint8Array];

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const made = (format: string, ...values: (number | Uint8Array)[]) =>
  Buffer.from(printf(format, values)).toString('latin1');

const flags = fc.subarray([...'-+ #0']).map((all) => all.join(''));
const width = fc.option(fc.integer({ min: 1, max: 40 }), { nil: '' });
const precision = fc.option(
  fc.integer({ min: 0, max: 30 }).map((digits) => `.${digits}`),
  { nil: '' },
);
const size = fc.constantFrom('', 'hh', 'h', 'l', 'll');
const numbers = fc.oneof(
  fc.constantFrom(0, 1, -1, 127, 128, 255, 256, 32768, 65535, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
  fc.integer(),
  fc.maxSafeInteger(),
);
const number: fc.Arbitrary<Case> = fc
  .tuple(flags, width, precision, size, fc.constantFrom(...'diuxXo'), numbers)
  .map(([some, wide, exact, long, letter, value]) => [
    `<%${some}${wide}${exact}${long}${letter}>`,
    // C takes an int where the size says so: what it is given is cut off before.
    value,
  ]);
const text: fc.Arbitrary<Case> = fc
  .tuple(fc.constantFrom('', '-'), width, precision, fc.uint8Array({ min: 1, maxLength: 50 }))
  .map(([left, wide, exact, value]) => [`%${left}${wide}${exact}s|`, value]);
const character: fc.Arbitrary<Case> = fc
  .tuple(fc.constantFrom('', '-'), width, fc.integer({ min: 0, max: 255 }))
  .map(([left, wide, value]) => [`[%${left}${wide}c]`, value]);

describe('printf', () => {
  it('makes what C makes, of every conversion with every flag', (context) => {
    const c = new CStdio(context);
    const cases = fc.array(fc.oneof(number, text, character), { minLength: 20, maxLength: 200 });
    fc.assert(
      fc.property(cases, (all) => {
        const ours = all.map(([format, value]) => Buffer.from(printf(format, [value])));
        expect(all.map((one, i) => [one, ours[i]])).toEqual(
          c.printf(all).map((answer, i) => [all[i], answer]),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('makes what C makes, of the odd ones', (context) => {
    const odd: Case[] = [
      ['%.0d|', 0],
      ['%.d|', 0],
      ['%#.0o|', 0],
      ['%#x %%', 0],
      ['%+.3d', -5],
      ['% 05d', 42],
      ['%u', -1],
      ['%hhu', 300],
      ['%ld', 2 ** 40],
      ['%.0s|', bytes('gone')],
      ['100%% %d', 7],
    ];
    const ours = odd.map(([format, value]) => Buffer.from(printf(format, [value])));
    expect(ours).toEqual(new CStdio(context).printf(odd));
  });

  it('takes its values in order', () => {
    expect(made('Hello to %s age %d\n', bytes('Ann'), 33)).toBe('Hello to Ann age 33\n');
    expect(printfCount('%s %d %% %c')).toBe(3);
  });

  it.each<[format: string, values: (number | Uint8Array)[], message: RegExp]>([
    ['%s', [5], /^%s takes text, not a number$/],
    ['%d', [bytes('x')], /^%d takes a number, not text$/],
    ['%d %d', [1], /^%d has no value$/],
    ['%f', [1], /^%f is no conversion here; there are %d %i/],
    ['50% for us', [], /is no conversion here/],
    ['%', [], /^% is no conversion here/],
    ['%*d', [5, 1], /^write the width of %\*d as a number$/],
    ['%9999999d%9999999d', [1, 2], /more than 16777216 bytes/],
  ])('refuses %s', (format, values, message) => {
    expect(() => printf(format, values)).toThrow(FormatProblem);
    expect(() => printf(format, values)).toThrow(message);
  });
});

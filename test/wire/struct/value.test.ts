import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FieldLayout, layoutOf } from '../../../src/wire/struct/layout.ts';
import { parseFields } from '../../../src/wire/struct/parse.ts';
import { scalarOf } from '../../../src/wire/struct/scalar.ts';
import { type FieldValue, valueText } from '../../../src/wire/struct/value.ts';
import { filled, known } from '../../support/structs.ts';

const STRUCTS = known('struct point { float x; char tag[4]; }');

function field(declared: string): FieldLayout {
  const [field] = layoutOf(parseFields(declared, STRUCTS)).fields;
  if (field === undefined) throw new Error('no field');
  return field;
}

describe('a value as text', () => {
  it.each<[string, FieldValue, string]>([
    ['int x', -33, '-33'],
    ['uint64_t x', 2n ** 64n - 1n, '18446744073709551615'],
    ['char x[9]', Buffer.from('Ann\n"\x1b'), '"Ann\\n\\"\\x1b"'],
    ['int x[3]', [1, 2, 3], '{1, 2, 3}'],
    ['float x', Math.fround(0.1), '0.1'],
    ['double x', Math.fround(0.1), '0.10000000149011612'],
    ['float x', Math.fround(16_777_217), '16777216'],
    ['float x', -0, '-0'],
    ['float x', Number.NaN, 'nan'],
    ['double x', Number.NEGATIVE_INFINITY, '-inf'],
    ['point x', [Math.fround(0.1), Buffer.from('a')], '{0.1, "a"}'],
    [
      'point x[2]',
      [
        [1, Buffer.from('a')],
        [Math.fround(0.3), Buffer.of()],
      ],
      '{{1, "a"}, {0.3, ""}}',
    ],
  ])('%s', (declared, value, text) => {
    expect(valueText(value, field(declared))).toBe(text);
  });

  it('is shortened where that is asked for', () => {
    expect(valueText([1, 2, 3, 4], field('int x[4]'), 3)).toBe('{1, 2, 3, ...}');
    expect(valueText([1, 2, 3], field('int x[3]'), 3)).toBe('{1, 2, 3}');
    expect(valueText(Buffer.from('abcd'), field('char x[9]'), 3)).toBe('"abc"...');
  });

  it('of a float gives that float back', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(Number(valueText(value, field('float x'))))).toBe(value);
      }),
    );
  });

  it('is ASCII on one line', () => {
    fc.assert(
      fc.property(filled, ({ definition, values }) => {
        const layout = layoutOf(definition);
        for (const [i, field] of layout.fields.entries()) {
          expect(valueText(values[i] ?? 0, field)).toMatch(/^[ -~]+$/);
        }
      }),
    );
  });
});

describe('C’s own types', () => {
  it('may have their words in any order', () => {
    for (const words of ['unsigned long int', 'int long unsigned', 'long unsigned int']) {
      expect(scalarOf(words.split(' '))).toEqual({ kind: 'unsigned', size: 8 });
    }
    expect(scalarOf(['long', 'signed', 'long', 'int'])).toEqual({ kind: 'signed', size: 8 });
  });

  it.each(['long long long int', 'unsigned double', 'int int', 'long double', 'signed bool'])(
    'are not %s',
    (words) => {
      expect(scalarOf(words.split(' '))).toBeNull();
    },
  );
});

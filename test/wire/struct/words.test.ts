import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/wire/struct/decode.ts';
import { encode } from '../../../src/wire/struct/encode.ts';
import { layoutOf } from '../../../src/wire/struct/layout.ts';
import { parseFields } from '../../../src/wire/struct/parse.ts';
import { type FieldValue, ValueProblem } from '../../../src/wire/struct/value.ts';
import { valuesOfWords, wordOfValue } from '../../../src/wire/struct/words.ts';
import { cpuTime } from '../../support/cpu-time.ts';
import { known } from '../../support/structs.ts';

const STRUCTS = known('struct point { short x, y; }');

function values(fields: string, ...words: string[]): FieldValue[] {
  return valuesOfWords(layoutOf(parseFields(fields, STRUCTS)), words);
}

function problem(fields: string, ...words: string[]): [string, readonly number[]] {
  try {
    values(fields, ...words);
  } catch (error) {
    if (!(error instanceof ValueProblem)) throw error;
    return [error.message, error.path];
  }
  throw new Error('the words fit');
}

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

describe('words', () => {
  it('are the fields’ values in order', () => {
    expect(values('char name[30]; uint32_t age', 'Ann', '33')).toEqual([bytes('Ann'), 33]);
    expect(values('char name[30]', '')).toEqual([bytes('')]);
    expect(values('char a[9]; char b[9]', 'ü 33', '-1')).toEqual([bytes('ü 33'), bytes('-1')]);
    expect(values('int a[3]; struct point p[2]; int z', ...'1 2 3 4 5 6 7 8'.split(' '))).toEqual([
      [1, 2, 3],
      [
        [4, 5],
        [6, 7],
      ],
      8,
    ]);
  });

  it.each<[string, string, FieldValue]>([
    ['int', '-5', -5],
    ['int', '0x1F', 31],
    ['int', '-0x10', -16],
    ['uint64_t', '18446744073709551615', 2n ** 64n - 1n],
    ['int64_t', '-9223372036854775808', -(2n ** 63n)],
    ['int', '0', 0],
    ['bool', 'true', 1],
    ['bool', 'false', 0],
    ['bool', '1', 1],
    ['char', 'A', bytes('A')],
    ['char', '65', 65],
    ['char', '-1', -1],
    ['char', '7', 7],
    ['double', '1.5', 1.5],
    ['double', '-2e3', -2000],
    ['float', '.5', 0.5],
    ['float', '3', 3],
  ])('%s %s', (type, word, value) => {
    const layout = layoutOf(parseFields(`${type} x`));
    const found = valuesOfWords(layout, [word]);
    expect(found).toEqual([value]);
    // What they are is what encode takes.
    expect(decode(layout, encode(layout, found).bytes).fields[0]?.state).toBe('whole');
  });

  it.each([
    ['int', '1.5', "x: a whole number is needed, and '1.5' came"],
    ['int', '010', "x: a whole number is needed, and '010' came"],
    ['int', '', "x: a whole number is needed, and '' came"],
    ['int', 'true', "x: a whole number is needed, and 'true' came"],
    ['int', '1e3', "x: a whole number is needed, and '1e3' came"],
    ['int', '9'.repeat(50), `x: a whole number is needed, and '${'9'.repeat(40)}…' came`],
    ['char', 'AB', "x: a letter or a whole number is needed, and 'AB' came"],
    ['char', 'ü', "x: a letter or a whole number is needed, and 'ü' came"],
    ['double', 'x', "x: a number is needed, and 'x' came"],
    ['double', '0x10', "x: a number is needed, and '0x10' came"],
  ])('%s %j is refused', (type, word, message) => {
    expect(problem(`char a[2]; ${type} x`, '', word)).toEqual([message, [1]]);
  });

  it('are refused where there are too many or too few, with what is needed', () => {
    expect(problem('char name[30]; int a[2]; struct point p', 'Ann')).toEqual([
      '5 values are needed (name, a[2], p.x, p.y), and 1 came',
      [],
    ]);
    expect(problem('int a', '1', '2')[0]).toBe('1 value is needed (a), and 2 came');
    expect(problem('int a[4194304]', '1')[0]).toContain('4194304 values are needed');
  });

  it('say which item or field they were meant for', () => {
    expect(problem('int a[3]', '1', 'x', '3')).toEqual([expect.stringContaining('a[1]: '), [1]]);
    expect(problem('point p[2]', '1', '2', '3', 'x')[0]).toContain('p[1].y: ');
  });

  it('of any length take no time', () => {
    const word = '9'.repeat(1_000_000);
    expect(cpuTime(() => expect(problem('int x', word)[1]).toEqual([0]))).toBeLessThan(200);
  });
});

describe('the word that a value came from', () => {
  const pets = known('struct pet { char name[4]; uint8_t legs[2]; }');
  const fields = parseFields('uint8_t a; struct pet pets[2]; uint8_t b[2]; int8_t c;', pets);
  const layout = layoutOf(fields);
  const words = ['1', 'cat', '4', '4', 'dog', '4', '4', '7', '8', '-1'];

  it.each(words.map((_, at) => at))('is found for word %i', (at) => {
    // Too large for any of the numbers, too long for the texts.
    const wrong = words.map((word, i) => (i === at ? '30000' : word));
    let problem: unknown;
    try {
      encode(layout, valuesOfWords(layout, wrong));
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(ValueProblem);
    expect(problem instanceof ValueProblem && wordOfValue(layout, problem.path)).toBe(at);
  });
});

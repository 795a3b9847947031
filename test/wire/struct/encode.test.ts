import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/wire/struct/decode.ts';
import type { Fields } from '../../../src/wire/struct/definition.ts';
import { encode } from '../../../src/wire/struct/encode.ts';
import { layoutOf } from '../../../src/wire/struct/layout.ts';
import { leavesOf } from '../../../src/wire/struct/leaves.ts';
import { parseFields, parseStruct } from '../../../src/wire/struct/parse.ts';
import { namedScalars } from '../../../src/wire/struct/scalar.ts';
import { type FieldValue, isText, ValueProblem } from '../../../src/wire/struct/value.ts';
import { Python } from '../../support/python.ts';
import { definitions, filled, known, valuesOf } from '../../support/structs.ts';
import { has } from '../../support/tools.ts';

const PERSON = parseStruct('struct person { char name[30]; uint32_t age; } network');
const ann = Buffer.from('Ann');

function hex(fields: string, values: readonly FieldValue[], order: 'network' | 'little'): string {
  const { bytes } = encode(layoutOf(parseFields(fields), { packed: true, order }), values);
  return Buffer.from(bytes).toString('hex');
}

function problem(fields: string, values: readonly FieldValue[]): [string, readonly number[]] {
  const structs = known('struct point { short x, y; }');
  return problemOf(parseFields(fields, structs), values);
}

function problemOf(definition: Fields, values: readonly FieldValue[]): [string, readonly number[]] {
  try {
    encode(layoutOf(definition), values);
  } catch (error) {
    if (!(error instanceof ValueProblem)) throw error;
    return [error.message, error.path];
  }
  throw new Error('the values fit');
}

describe('encoding', () => {
  it('lays values into zeroed memory', () => {
    const { bytes, unterminated } = encode(layoutOf(PERSON), [ann, 33]);
    expect(Buffer.from(bytes).toString('hex')).toBe(`${'416e6e'.padEnd(60, '0')}0000${'00000021'}`);
    expect(unterminated).toEqual([]);
  });

  it('has the byte order that was asked for', () => {
    expect(hex('short a; int b; long c', [1, 0x01020304, -2n], 'network')).toBe(
      '000101020304fffffffffffffffe',
    );
    expect(hex('short a; int b; long c', [1, 0x01020304, -2n], 'little')).toBe(
      '010004030201feffffffffffffff',
    );
    expect(hex('float f; double d', [1, -2], 'network')).toBe('3f800000c000000000000000');
  });

  it('takes bytes for an array of bytes, and a letter for a char', () => {
    expect(
      hex('uint8_t mac[3]; unsigned char u[2]', [Buffer.of(1, 2, 255), [3, 4]], 'little'),
    ).toBe('0102ff0304');
    expect(hex('char a, b, c', [Buffer.from('A'), -1, Buffer.of(0xff)], 'little')).toBe('41ffff');
  });

  it('says which texts no zero byte ends', () => {
    const structs = known('struct in { char a[2]; }');
    const layout = layoutOf(parseStruct('struct s { char name[3]; in i[2]; char b[3]; }', structs));
    const values = [ann, [[Buffer.from('x')], [Buffer.from('yz')]], Buffer.from('b')];
    const { bytes, unterminated } = encode(layout, values);
    expect(unterminated).toEqual(['name', 'i[1].a']);
    expect(decode(layout, bytes).unterminated).toEqual(unterminated);
  });

  it('and decoding give the same values, in every order, packed or not', () => {
    const order = fc.constantFrom('network', 'little', 'host');
    fc.assert(
      fc.property(filled, order, fc.boolean(), ({ definition, values }, order, packed) => {
        const layout = layoutOf(definition, { order, packed });
        const { bytes, unterminated } = encode(layout, values);
        expect(bytes.length).toBe(layout.size);
        const decoded = decode(layout, bytes);
        expect(decoded.values).toEqual(values);
        expect(decoded).toMatchObject({ missing: 0, unterminated });
        expect(decoded.rest).toHaveLength(0);
      }),
    );
  });

  it('leaves the padding zero', () => {
    fc.assert(
      fc.property(filled, ({ definition, values }) => {
        const layout = layoutOf(definition);
        const { bytes } = encode(layout, values);
        for (const leaf of leavesOf(layout)) {
          if (leaf.kind === 'field') continue;
          const own = bytes.subarray(leaf.offset, leaf.offset + leaf.size);
          expect(own.every((byte) => byte === 0)).toBe(true);
        }
      }),
    );
  });

  it('gives the bytes that Python gives', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<readonly [string, readonly (string | number)[]], string>(`
import struct
def answer(question):
    form, values = question
    plain = []
    for code, value in zip(form.split()[1:], values):
        if 's' in code: plain.append(bytes.fromhex(value))
        elif code[0] in 'fd': plain.append(float(value))
        else: plain.append(int(value))
    return struct.pack(form, *plain).hex()`);
    // Python lays out as if packed, and pads with x: structs inside are taken apart for it.
    const some = fc
      .tuple(definitions, fc.constantFrom('network', 'little'))
      .chain(([def, order]) =>
        valuesOf(def).map((values) => ({ layout: layoutOf(def, { order }), values })),
      );
    for (const { layout, values } of fc.sample(some, { numRuns: 150, seed: 3 })) {
      const { form, plain } = forPython(layout, values);
      const ours = Buffer.from(encode(layout, values).bytes).toString('hex');
      expect(await python.ask([form, plain]), form).toBe(ours);
    }
  });
});

describe('a value that does not fit', () => {
  it.each<[string, FieldValue, string]>([
    ['uint32_t age', 5_000_000_000, 'age: 5000000000 does not fit uint32_t (0 to 4294967295)'],
    ['uint8_t x', -1, 'x: -1 does not fit uint8_t (0 to 255)'],
    ['char x', 128, 'x: 128 does not fit char (-128 to 127)'],
    ['signed char x', -129, 'x: -129 does not fit signed char (-128 to 127)'],
    ['unsigned short x', 65_536, 'x: 65536 does not fit unsigned short (0 to 65535)'],
    ['bool x', 2, 'x: 2 does not fit bool (0 to 1)'],
    [
      'long x',
      2n ** 63n,
      'x: 9223372036854775808 does not fit long (-9223372036854775808 to 9223372036854775807)',
    ],
    ['int x', 1.5, 'x: 1.5 is not a whole number'],
    ['int x', Number.NaN, 'x: NaN is not a whole number'],
    ['int x', Number.POSITIVE_INFINITY, 'x: Infinity is not a whole number'],
    ['uint64_t x', 2 ** 53, 'x: 9007199254740992 is not exact as a number: give a bigint'],
    ['float x', 1e39, 'x: 1e+39 does not fit float (3.4e38 at most)'],
    ['double x', 2n ** 53n + 1n, 'x: 9007199254740993 is not exact as double'],
    ['int x', 10n ** 60n, `x: 1${'0'.repeat(39)}… does not fit int (-2147483648 to 2147483647)`],
    ['int x', ann, 'x: a number is needed, and "Ann" came'],
    ['char x', ann, 'x: a number is needed, and "Ann" came'],
    ['int x', [1], 'x: a number is needed, and a list of 1 came'],
    ['char x[2]', ann, 'x: "Ann" has 3 bytes, and there is room for 2'],
    ['char x[2]', 7, 'x: a text is needed, and 7 came'],
    ['char x[2]', [1, 2], 'x: a text is needed, and a list of 2 came'],
    ['int x[2]', 7, 'x: a list of 2 is needed, and 7 came'],
    ['int x[2]', ann, 'x: a list of 2 is needed, and "Ann" came'],
    ['int x[2]', [1, 2, 3], 'x: 2 values are needed, and 3 came'],
    ['uint8_t x[2]', ann, 'x: 2 values are needed, and 3 came'],
    ['struct point x', 7, 'x: a list of 2 values is needed, and 7 came'],
    ['struct point x', [1], 'x: 2 values are needed (x, y), and 1 came'],
  ])('%s', (fields, value, message) => {
    expect(problem(fields, [value])).toEqual([message, [0]]);
  });

  it('has its place in the message, and in the path', () => {
    expect(
      problem('int a; struct point p[2]', [
        1,
        [
          [1, 2],
          [3, 40_000],
        ],
      ]),
    ).toEqual(['p[1].y: 40000 does not fit short (-32768 to 32767)', [1, 1, 1]]);
    expect(problem('int8_t a[2]', [Buffer.of(1, 200)])).toEqual([
      'a[1]: 200 does not fit int8_t (-128 to 127)',
      [0, 1],
    ]);
  });

  it('is one too many, or one too few', () => {
    const needed = '2 values are needed (name, age)';
    expect(problemOf(PERSON, [ann])).toEqual([`person: ${needed}, and 1 came`, []]);
    expect(problem('char name[30]; int age', [ann, 1, 2])).toEqual([
      `the struct: ${needed}, and 3 came`,
      [],
    ]);
    const many = Array.from({ length: 9 }, (_, i) => `int f${i};`).join('');
    expect(problem(many, [])[0]).toBe(
      'the struct: 9 values are needed (f0, f1, f2, f3, f4, f5, f6, f7, …), and 0 came',
    );
  });

  it('is refused at the edge of each type’s range, and not before it', () => {
    for (const [written, { kind, size }] of namedScalars) {
      const bits = BigInt(8 * size);
      const [least, most] =
        kind === 'unsigned'
          ? [0n, 2n ** bits - 1n]
          : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
      for (const edge of [least, most]) {
        const layout = layoutOf(parseFields(`${written} x`));
        const [back] = decode(layout, encode(layout, [edge]).bytes).values ?? [];
        expect(BigInt(String(back))).toBe(edge);
      }
      for (const beyond of [least - 1n, most + 1n]) {
        expect(problem(`${written} x`, [beyond])[0]).toContain(`does not fit ${written}`);
      }
    }
  });
});

const CODES: Readonly<Record<string, string>> = {
  char1: 'b',
  bool1: '?',
  float4: 'f',
  float8: 'd',
  signed1: 'b',
  signed2: 'h',
  signed4: 'i',
  signed8: 'q',
  unsigned1: 'B',
  unsigned2: 'H',
  unsigned4: 'I',
  unsigned8: 'Q',
};

/** A format of Python's struct module, and the values that it wants, in one row. */
function forPython(
  layout: ReturnType<typeof layoutOf>,
  values: readonly FieldValue[],
): { form: string; plain: (string | number)[] } {
  const row: FieldValue[] = [];
  const flatten = (value: FieldValue) => {
    if (typeof value === 'object' && !(value instanceof Uint8Array)) value.forEach(flatten);
    else row.push(value);
  };
  flatten(values);
  // Padding comes at the end of each code, so that each code but the first has one value.
  const codes: string[] = [];
  for (const leaf of leavesOf(layout)) {
    if (leaf.kind === 'padding') codes.push(codes.pop() + 'x'.repeat(leaf.size));
    else if (isText(leaf)) codes.push(`${leaf.count}s`);
    else if (leaf.element.kind === 'scalar') {
      const { kind, size } = leaf.element.scalar;
      const code = CODES[kind + size] ?? '';
      for (let i = 0; i < (leaf.count ?? 1); i++) codes.push(code);
    }
  }
  const plain = row.map((value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : numberFor(value),
  );
  return { form: `${layout.littleEndian ? '<' : '>'} ${codes.join(' ')}`, plain };
}

/** Python reads these from text; JSON has no NaN and no -0. */
function numberFor(value: number | bigint | readonly FieldValue[]): string {
  return Object.is(value, -0) ? '-0.0' : String(value).replace('Infinity', 'inf');
}

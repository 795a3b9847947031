import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/wire/struct/decode.ts';
import { encode } from '../../../src/wire/struct/encode.ts';
import { layoutOf } from '../../../src/wire/struct/layout.ts';
import { parseFields, parseStruct } from '../../../src/wire/struct/parse.ts';
import { definitions, filled } from '../../support/structs.ts';

const PERSON = layoutOf(parseStruct('struct person { char name[6]; uint32_t age; } network'));
const { bytes: ANN } = encode(PERSON, [Buffer.from('Ann'), 33]);

/** The fields' states in the first `count` bytes. */
function states(count: number): (string | number)[] {
  const { fields, missing } = decode(PERSON, ANN.subarray(0, count));
  return [...fields.map(({ state, bytes }) => `${state} ${bytes.length}`), missing];
}

describe('decoding', () => {
  it('gives each field with its bytes and its value', () => {
    const { fields, values } = decode(PERSON, ANN);
    expect(values).toEqual([Uint8Array.from(Buffer.from('Ann')), 33]);
    expect(fields).toMatchObject([
      { name: 'name', type: 'char', count: 6, offset: 0, size: 6, state: 'whole' },
      { name: 'age', type: 'uint32_t', count: null, offset: 8, size: 4, state: 'whole', value: 33 },
    ]);
    expect([...(fields[1]?.bytes ?? [])]).toEqual([0, 0, 0, 33]);
  });

  it('of a short read tells which fields are whole, cut or missing', () => {
    expect(states(12)).toEqual(['whole 6', 'whole 4', 0]);
    expect(states(11)).toEqual(['whole 6', 'cut 3', 1]);
    expect(states(9)).toEqual(['whole 6', 'cut 1', 3]);
    expect(states(8)).toEqual(['whole 6', 'missing 0', 4]);
    expect(states(7)).toEqual(['whole 6', 'missing 0', 5]);
    expect(states(5)).toEqual(['cut 5', 'missing 0', 7]);
    expect(states(0)).toEqual(['missing 0', 'missing 0', 12]);
    const { values, fields } = decode(PERSON, ANN.subarray(0, 11));
    expect(values).toBeNull();
    expect(fields.map(({ value }) => value)).toEqual([Uint8Array.from(Buffer.from('Ann')), null]);
  });

  it('misses padding too, though all fields are whole', () => {
    const layout = layoutOf(parseFields('int a; char b'));
    const { values, missing } = decode(layout, Buffer.of(1, 0, 0, 0, 2, 0));
    expect([values, missing]).toEqual([[1, 2], 2]);
  });

  it('leaves what comes behind alone', () => {
    const { values, rest } = decode(PERSON, Buffer.concat([ANN, Buffer.from('Bob')]));
    expect(values).toEqual([Uint8Array.from(Buffer.from('Ann')), 33]);
    expect(Buffer.from(rest).toString()).toBe('Bob');
  });

  it('ends a text at its first zero byte, and says where there is none', () => {
    const layout = layoutOf(parseFields('char a[4]; char b[4]'));
    const { values, unterminated } = decode(layout, Buffer.from('x\0yzabcd'));
    expect(values).toEqual([Buffer.from('x'), Buffer.from('abcd')].map((b) => Uint8Array.from(b)));
    expect(unterminated).toEqual(['b']);
    // What did not come is not known to be unterminated.
    expect(decode(layout, Buffer.from('x\0yzabc')).unterminated).toEqual([]);
  });

  it('gives bigints where a number would not be exact', () => {
    const layout = layoutOf(parseFields('uint64_t a, b; int64_t c, d'), { order: 'little' });
    const values = [2 ** 53 - 1, 2n ** 53n, -(2 ** 53 - 1), -(2n ** 53n)];
    expect(decode(layout, encode(layout, values).bytes).values).toEqual(values);
  });

  it('gives values that outlive the memory that they were read from', () => {
    const memory = Uint8Array.from(ANN);
    const { values } = decode(PERSON, memory);
    memory.fill(0);
    expect(values).toEqual([Uint8Array.from(Buffer.from('Ann')), 33]);
  });

  it('reads from the middle of a buffer', () => {
    fc.assert(
      fc.property(filled, fc.nat({ max: 9 }), ({ definition, values }, before) => {
        const layout = layoutOf(definition);
        const { bytes } = encode(layout, values);
        const all = Buffer.concat([Buffer.alloc(before, 0xee), bytes, Buffer.alloc(3, 0xee)]);
        expect(decode(layout, all.subarray(before)).values).toEqual(values);
      }),
    );
  });

  it('takes any bytes, and tells of each of them once', () => {
    fc.assert(
      fc.property(definitions, fc.uint8Array({ maxLength: 200 }), (definition, bytes) => {
        const layout = layoutOf(definition);
        const { fields, missing, rest, values } = decode(layout, bytes);
        expect(bytes.length + missing - rest.length).toBe(layout.size);
        for (const { state, bytes: own, size, offset, value } of fields) {
          const came = Math.min(size, Math.max(0, bytes.length - offset));
          expect(own).toHaveLength(came);
          expect(state).toBe(came === size ? 'whole' : came === 0 ? 'missing' : 'cut');
          expect(value === null).toBe(state !== 'whole');
        }
        expect(values === null).toBe(fields.some(({ value }) => value === null));
      }),
    );
  });
});

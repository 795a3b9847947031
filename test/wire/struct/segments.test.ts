import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../../src/wire/struct/encode.ts';
import { layoutOf } from '../../../src/wire/struct/layout.ts';
import { parseStruct } from '../../../src/wire/struct/parse.ts';
import { segments } from '../../../src/wire/struct/segments.ts';
import { definitions, known } from '../../support/structs.ts';

const STRUCTS = known('struct point { char tag; short x; } network');
const SHAPE = layoutOf(
  parseStruct('struct shape { point p[2]; int id; char z; } network', STRUCTS),
);
const point = (tag: string, x: number) => [Buffer.from(tag), x];
const { bytes: BYTES } = encode(SHAPE, [[point('a', 1), point('b', 2)], 3, 4]);

function told(bytes: Uint8Array): string[] {
  return segments(SHAPE, bytes).map(
    ({ kind, label, offset, size, bytes, value }) =>
      `${kind} ${label} ${offset}+${size} ${Buffer.from(bytes).toString('hex')} ${value}`,
  );
}

describe('segments', () => {
  it('are fields and padding, structs inside taken apart', () => {
    expect(told(BYTES)).toEqual([
      'field p[0].tag 0+1 61 97',
      'padding padding 1+1 00 null',
      'field p[0].x 2+2 0001 1',
      'field p[1].tag 4+1 62 98',
      'padding padding 5+1 00 null',
      'field p[1].x 6+2 0002 2',
      'field id 8+4 00000003 3',
      'field z 12+1 04 4',
      'padding padding 13+3 000000 null',
    ]);
  });

  it('are all there for fewer bytes, and end with the rest for more', () => {
    expect(told(BYTES.subarray(0, 9)).slice(5)).toEqual([
      'field p[1].x 6+2 0002 2',
      'field id 8+4 00 null',
      'field z 12+1  null',
      'padding padding 13+3  null',
    ]);
    const more = Buffer.concat([BYTES, Buffer.of(0xaa, 0xbb)]);
    expect(told(more).slice(-1)).toEqual(['rest rest 16+2 aabb null']);
  });

  it('show the padding as it came', () => {
    const odd = Uint8Array.from(BYTES).fill(0x77, 13);
    expect(told(odd).at(-1)).toBe('padding padding 13+3 777777 null');
  });

  it('are together the bytes that came', () => {
    fc.assert(
      fc.property(definitions, fc.uint8Array({ maxLength: 300 }), (definition, bytes) => {
        const all = segments(layoutOf(definition), bytes);
        expect(Buffer.concat(all.map((one) => one.bytes))).toEqual(Buffer.from(bytes));
        for (const { kind, field } of all) expect(field === null).toBe(kind !== 'field');
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/wire/struct/decode.ts';
import { encode } from '../../../src/wire/struct/encode.ts';
import { layoutOf } from '../../../src/wire/struct/layout.ts';
import { misread } from '../../../src/wire/struct/misread.ts';
import { parseFields, parseStruct } from '../../../src/wire/struct/parse.ts';
import { filled, known } from '../../support/structs.ts';

const PERSON = parseStruct('struct person { char name[6]; uint32_t age; }');
const network = layoutOf(PERSON, { order: 'network' });
const little = layoutOf(PERSON, { order: 'little' });
const packed = layoutOf(PERSON, { order: 'network', packed: true });
const ann = Uint8Array.from(Buffer.from('Ann'));

function told(...args: Parameters<typeof misread>) {
  return misread(...args).map(({ name, meant, read, same }) => ({ name, meant, read, same }));
}

describe('what the other side reads', () => {
  it('in the other byte order', () => {
    const { bytes } = encode(network, [ann, 33]);
    expect(told(network, little, bytes)).toEqual([
      { name: 'name', meant: ann, read: ann, same: true },
      { name: 'age', meant: 33, read: 553_648_128, same: false },
    ]);
  });

  it('with padding where there is none, and the other way', () => {
    const { bytes } = encode(network, [ann, 0x01020304]);
    expect(told(network, packed, bytes)[1]).toEqual({
      name: 'age',
      meant: 0x01020304,
      read: 0x0102,
      same: false,
    });
    const { bytes: tight } = encode(packed, [ann, 33]);
    // Two of its four bytes are still to come: whatever is sent next.
    expect(told(packed, network, tight)[1]).toEqual({
      name: 'age',
      meant: 33,
      read: null,
      same: false,
    });
  });

  it('with a struct of its own', () => {
    const other = layoutOf(parseFields('uint32_t age; char nick[4]'), { order: 'network' });
    const { bytes } = encode(network, [ann, 33]);
    expect(told(network, other, bytes)).toEqual([
      { name: 'age', meant: 33, read: 0x416e6e00, same: false },
      { name: 'nick', meant: null, read: new Uint8Array(0), same: false },
    ]);
  });

  it('tells of the fields of structs inside', () => {
    const structs = known('struct in { short x; }');
    const outer = parseStruct('struct out { in i[2]; }', structs);
    const { bytes } = encode(layoutOf(outer, { order: 'network' }), [[[1], [256]]]);
    const all = misread(
      layoutOf(outer, { order: 'network' }),
      layoutOf(outer, { order: 'little' }),
      bytes,
    );
    expect(all.map(({ name, meant, read }) => [name, meant, read])).toEqual([
      ['i[0].x', 1, 256],
      ['i[1].x', 256, 1],
    ]);
  });

  it('with the same layout is what was meant', () => {
    fc.assert(
      fc.property(filled, ({ definition, values }) => {
        const layout = layoutOf(definition);
        const all = misread(layout, layout, encode(layout, values).bytes);
        expect(all.filter(({ same }) => !same)).toEqual([]);
        expect(all.length).toBe(layout.fields.reduce((sum, { leaves }) => sum + leaves, 0));
      }),
    );
  });

  it('with another layout is what decoding with that one gives', () => {
    fc.assert(
      fc.property(filled, ({ definition, values }) => {
        const from = layoutOf(definition, { order: 'network' });
        const to = layoutOf(definition, { order: 'little', packed: !definition.packed });
        const { bytes } = encode(from, values);
        const { fields } = decode(to, bytes);
        for (const { name, read } of misread(from, to, bytes)) {
          const top = fields.find((field) => field.name === name);
          if (top !== undefined) expect(read).toEqual(top.value);
        }
      }),
    );
  });
});

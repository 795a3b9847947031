import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../../src/view/layout.ts';
import { renderLayout, renderRecord } from '../../src/view/struct.ts';
import { encode } from '../../src/wire/struct/encode.ts';
import { type Layout, layoutOf } from '../../src/wire/struct/layout.ts';
import { parseFields, parseStruct } from '../../src/wire/struct/parse.ts';
import type { FieldValue } from '../../src/wire/struct/value.ts';
import { page } from '../support/steps.ts';
import { definitions, filled, known } from '../support/structs.ts';

const PERSON = 'struct person { char name[30]; uint32_t age; }';
const ANN = [Buffer.from('Ann'), 33];
const NAME_BYTES = '41 6e 6e 00 00 00 00 00 00 00 00 00 00 00 00 00 …';

function layoutLines(text: string): string[] {
  return renderLayout(layoutOf(parseStruct(text)), page()).split('\n');
}

function recordLines(text: string, values: readonly FieldValue[], came?: number): string[] {
  const layout = layoutOf(parseStruct(text));
  const { bytes } = encode(layout, values);
  return renderRecord(layout, bytes.subarray(0, came), page()).split('\n');
}

describe('a layout', () => {
  it('is a table, and says why there is padding', () => {
    expect(layoutLines(`${PERSON} network`)).toEqual([
      '  struct person: 36 bytes, aligned to 4, network byte order',
      '  offset  size  type      name',
      '       0    30  char      name[30]',
      '      30     2            padding',
      '      32     4  uint32_t  age',
      '  age stands at a multiple of 4: 2 bytes of padding before it',
      '  packed, it would have 34 bytes',
    ]);
    expect(layoutLines(`${PERSON} packed little`)).toEqual([
      '  struct person: 34 bytes, aligned to 1, little-endian',
      '  offset  size  type      name',
      '       0    30  char      name[30]',
      '      30     4  uint32_t  age',
      '  without packed, it would have 36 bytes',
    ]);
  });

  it('says why there is padding at the end', () => {
    expect(layoutLines('struct s { int a; char b; }').slice(-2)).toEqual([
      '  the size is a multiple of 4, for arrays of it: 3 bytes of padding at the end',
      '  packed, it would have 5 bytes',
    ]);
  });

  it('says nothing about padding where there can be none', () => {
    expect(layoutLines('struct s { char a; }')).toHaveLength(3);
  });

  it('takes structs inside apart, and says of a few of many paddings why', () => {
    const structs = known('struct in { char c; short x; }');
    const layout = layoutOf(parseFields('in i[5]', structs), { order: 'network' });
    const lines = renderLayout(layout, page()).split('\n');
    expect(lines[0]).toBe('  the fields: 20 bytes, aligned to 2, network byte order');
    expect(lines).toContain('       6     2  short  i[1].x');
    expect(lines).toContain('  i[0].x stands at a multiple of 2: 1 byte of padding before it');
    expect(lines.at(-1)).toBe('  and 2 more paddings');
  });

  it('says what the host’s byte order is', () => {
    const host = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big';
    expect(layoutLines('struct s { int a; }')[0]).toContain(
      `host byte order (${host}-endian here)`,
    );
  });
});

describe('a record', () => {
  it('is its bytes, with names and values under them, and how it can be misread', () => {
    expect(recordLines(`${PERSON} network`, ANN)).toEqual([
      `  ${NAME_BYTES} │ 00 00   │ 00 00 00 21`,
      '  name                                                padding   age',
      '  "Ann"                                                         33',
      '  read in little-endian order: age = 553648128, not 33',
      '  read packed: age = 0, not 33; it takes 34 bytes, and its next read begins with',
      '  the 2 behind them',
    ]);
    expect(recordLines(`${PERSON} packed little`, ANN).slice(3)).toEqual([
      '  read in network byte order: age = 553648128, not 33',
      '  read without packed: age is not whole; it waits for 36 bytes, 2 more than were',
      '  sent',
    ]);
  });

  it('says nothing about misreading where all would read the same', () => {
    expect(recordLines('struct s { char a[4]; uint8_t b; }', [Buffer.from('ab'), 1])).toEqual([
      '  61 62 00 00 │ 01',
      '  a             b',
      '  "ab"          1',
    ]);
    expect(recordLines('struct s { short a; } network', [0x0101])).toHaveLength(3);
  });

  it('says what a short read lacks', () => {
    const text = 'struct s { char a[4]; short b, c, d; } little';
    const values = [Buffer.from('ab'), 1, 2, 3];
    expect(recordLines(text, values, 7)).toEqual([
      '  61 62 00 00 │ 01 00 │ 02',
      '  a             b       c',
      '  "ab"          1       1 of 2 bytes',
      '  7 of 10 bytes came: c is cut (1 of 2 bytes), d is missing',
      '  read in network byte order: b = 256, not 1',
    ]);
    expect(recordLines('struct s { int a; char b; } packed', [0, 0], 5)).toHaveLength(4);
    expect(recordLines('struct s { int a; char b; } little', [0, 0], 5).at(-1)).toBe(
      '  5 of 8 bytes came: only padding is missing',
    );
    expect(recordLines('struct s { int a, b; }', [0, 0], 0)).toEqual([
      '  0 of 8 bytes came: a is missing, b is missing',
    ]);
  });

  it('says that a text has no end', () => {
    expect(recordLines('struct s { char a[2]; }', [Buffer.from('ab')]).at(-1)).toBe(
      '  a fills its array: no zero byte ends it, so in C it is no string',
    );
  });

  it('shows what came behind it', () => {
    const layout = layoutOf(parseStruct('struct s { uint8_t a; }'));
    expect(renderRecord(layout, Buffer.of(1, 2, 3), page()).split('\n')).toEqual([
      '  01 │ 02 03',
      '  a    behind the struct',
      '  1    2 bytes',
    ]);
  });

  it('is indented as asked for', () => {
    const layout = layoutOf(parseStruct(`${PERSON} network`));
    const { bytes } = encode(layout, ANN);
    for (const text of [
      renderRecord(layout, bytes, page(), ' '.repeat(11)),
      renderLayout(layout, page(), ' '.repeat(11)),
    ]) {
      for (const line of text.split('\n')) expect(line).toMatch(/^ {11}\S| {11} +\d/);
    }
  });
});

describe('whatever it is', () => {
  const shown = (
    layout: Layout,
    bytes: Uint8Array,
    style: Parameters<typeof page>[0],
    width = 80,
  ) =>
    `${renderLayout(layout, page(style, width))}\n${renderRecord(layout, bytes, page(style, width))}`;

  it('fits into 80 columns, is ASCII with --ascii, and says the same in colour', () => {
    fc.assert(
      fc.property(filled, fc.uint8Array({ maxLength: 60 }), ({ definition, values }, other) => {
        const layout = layoutOf(definition);
        for (const bytes of [encode(layout, values).bytes, other]) {
          const plain = shown(layout, bytes, {});
          expect(plain.split('\n').filter((line) => widthOf(line) > 80)).toEqual([]);
          const ascii = shown(layout, bytes, { ascii: true });
          expect(ascii).toMatch(/^[\n\x20-\x7e]*$/);
          expect(ascii.split('\n').filter((line) => widthOf(line) > 80)).toEqual([]);
          expect(stripVTControlCharacters(shown(layout, bytes, { color: true }))).toBe(plain);
        }
      }),
    );
  });

  it('has names of any length', () => {
    const [n, m] = ['n'.repeat(63), 'm'.repeat(63)];
    const structs = known(`struct ${n} { char ${n}[40]; short ${m}; }`);
    const layout = layoutOf(parseStruct(`struct a { struct ${n} ${n}[3]; }`, structs));
    const bytes = new Uint8Array(layout.size - 1).map((_, i) => i + 1);
    const wide = shown(layout, bytes, {})
      .split('\n')
      .filter((line) => widthOf(line) > 80);
    expect(wide).toEqual([]);
  });

  it('has an end, also where the struct is as large as can be', () => {
    const structs = known('struct two { char a; short b; }');
    for (const text of ['two t[32768]', 'char t[16777216]', 'int t[262144]']) {
      const layout = layoutOf(parseFields(text, structs));
      const lines = shown(layout, new Uint8Array(layout.size).fill(1), {}).split('\n');
      expect(lines.length).toBeLessThan(80);
    }
    const many = layoutOf(parseFields('two t[32768]', structs));
    expect(renderLayout(many, page())).toContain('… and more');
    expect(renderRecord(many, new Uint8Array(many.size), page())).toContain('… and 98272 more');
  });

  it('takes fields of all definitions', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const text = renderLayout(layoutOf(definition), page());
        for (const { name } of definition.fields.slice(0, 2)) expect(text).toContain(name);
      }),
    );
  });
});

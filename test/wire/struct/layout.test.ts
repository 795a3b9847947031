/** Offsets, sizes and bytes, against what a C compiler makes of the same declarations. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/wire/struct/decode.ts';
import {
  type Field,
  printFields,
  type StructDefinition,
} from '../../../src/wire/struct/definition.ts';
import { encode } from '../../../src/wire/struct/encode.ts';
import { layoutOf } from '../../../src/wire/struct/layout.ts';
import { leavesOf } from '../../../src/wire/struct/leaves.ts';
import { parseStruct } from '../../../src/wire/struct/parse.ts';
import type { FieldValue } from '../../../src/wire/struct/value.ts';
import { runC } from '../../support/probe.ts';
import { definitions, filled, known, SPELLINGS, structsIn } from '../../support/structs.ts';
import { has } from '../../support/tools.ts';

const HEADERS = ['stdbool.h', 'stdint.h', 'stddef.h', 'stdio.h', 'string.h', 'sys/socket.h'];

/** A C program with all of these structs, and statements about them; its lines. */
function asked(structs: readonly StructDefinition[], statements: readonly string[]): string[] {
  const all = new Map(structs.flatMap((one) => [...structsIn(one), [one.name, one]]));
  return runC(`
    ${[...HEADERS, 'netinet/in.h'].map((header) => `#include <${header}>`).join('\n')}
    ${[...all.values()].map(inC).join('\n')}
    static void show(const void *memory, size_t size) {
      for (size_t i = 0; i < size; i++) printf("%02x", ((const unsigned char *)memory)[i]);
      puts("");
    }
    int main(void) {
      ${statements.join('\n')}
    }`)
    .trimEnd()
    .split('\n');
}

function inC(definition: StructDefinition): string {
  const packed = definition.packed ? '__attribute__((packed))' : '';
  return `struct ${definition.name} { ${printFields(definition)} } ${packed};`;
}

function sizes(definition: StructDefinition): string {
  const type = `struct ${definition.name}`;
  const offsets = definition.fields.map(({ name }) => `offsetof(${type}, ${name})`);
  return [`sizeof(${type})`, `_Alignof(${type})`, ...offsets]
    .map((number) => `printf("%zu ", (size_t)${number});`)
    .concat('puts("");')
    .join('\n');
}

/** A struct with one field of each type, behind a char that leaves it unaligned. */
const EACH = SPELLINGS.map((written, i) =>
  parseStruct(`struct each${i} { char c; ${written} x; char end[3]; ${written} y[2]; }`),
);

describe('a layout', () => {
  it('is the C compiler’s', (context) => {
    if (!has('cc')) context.skip('cc is not installed');
    if (process.platform !== 'linux') context.skip('these are the sizes of Linux');
    const structs = [...EACH, ...fc.sample(definitions, { numRuns: 150, seed: 1 })];
    const told = asked(structs, structs.map(sizes));
    const ours = structs.map((definition) => {
      const { size, align, fields } = layoutOf(definition);
      return [size, align, ...fields.map(({ offset }) => offset)].join(' ');
    });
    expect(told.map((line) => line.trimEnd())).toEqual(ours);
  });

  it('holds the bytes that C puts there, and reads them', (context) => {
    if (!has('cc')) context.skip('cc is not installed');
    if (process.platform !== 'linux') context.skip('these are the sizes of Linux');
    const some = fc.sample(filled, { numRuns: 60, seed: 2 });
    const statements = some.map(({ definition, values }) => {
      const set = assignments('it', definition, values).join('\n');
      const type = `struct ${definition.name}`;
      return `{ ${type} it; memset(&it, 0, sizeof it); ${set} show(&it, sizeof it); }`;
    });
    const told = asked(
      some.map(({ definition }) => definition),
      statements,
    );
    for (const [i, { definition, values }] of some.entries()) {
      const layout = layoutOf(definition, { order: 'host' });
      expect(Buffer.from(encode(layout, values).bytes).toString('hex')).toBe(told[i]);
      expect(decode(layout, Buffer.from(told[i] ?? '', 'hex')).values).toEqual(values);
    }
  });

  it('has all of its bytes in fields and padding, each once and in order', () => {
    fc.assert(
      fc.property(definitions, fc.boolean(), (definition, packed) => {
        const layout = layoutOf(definition, { packed });
        let end = 0;
        let fields = 0;
        for (const leaf of leavesOf(layout)) {
          expect(leaf.offset).toBe(end);
          expect(leaf.size).toBeGreaterThan(0);
          end += leaf.size;
          if (leaf.kind === 'field') fields++;
        }
        expect(end).toBe(layout.size);
        expect(fields).toBe(layout.fields.reduce((sum, { leaves }) => sum + leaves, 0));
        if (packed) expect([layout.align, layout.padding]).toEqual([1, []]);
      }),
    );
  });
});

describe('padding', () => {
  it('says where it is, for whom, and why', () => {
    const layout = layoutOf(parseStruct('struct s { char a; int b; short c; }'));
    expect(layout.padding).toEqual([
      { offset: 1, size: 3, before: 'b', align: 4 },
      { offset: 10, size: 2, before: null, align: 4 },
    ]);
    expect(layout).toMatchObject({ name: 's', size: 12, align: 4, packed: false, order: 'host' });
  });

  it('of a struct inside stays in a packed one, and has its place in the whole', () => {
    const structs = known('struct in { char c; short x; }');
    const layout = layoutOf(parseStruct('struct out { char a; in i[2]; } packed', structs));
    expect([...leavesOf(layout)].map((leaf) => [leaf.offset, leaf.size, nameOf(leaf)])).toEqual([
      [0, 1, 'a'],
      [1, 1, 'i[0].c'],
      [2, 1, '→ i[0].x'],
      [3, 2, 'i[0].x'],
      [5, 1, 'i[1].c'],
      [6, 1, '→ i[1].x'],
      [7, 2, 'i[1].x'],
    ]);
  });
});

describe('what the definition says', () => {
  const definition = parseStruct('struct s { char a; int b; } packed little');

  it('holds unless something else is asked for', () => {
    expect(layoutOf(definition)).toMatchObject({ size: 5, order: 'little', littleEndian: true });
    expect(layoutOf(definition, { packed: false, order: 'network' })).toMatchObject({
      size: 8,
      order: 'network',
      littleEndian: false,
    });
    expect(layoutOf({ fields: definition.fields })).toMatchObject({
      name: null,
      size: 8,
      order: 'host',
    });
  });

  it('about the byte order holds in structs inside too', () => {
    const structs = known('struct in { short x; }');
    const layout = layoutOf(parseStruct('struct out { in i; short y; } network', structs));
    expect([...encode(layout, [[1], 2]).bytes]).toEqual([0, 1, 0, 2]);
  });
});

function nameOf(leaf: ReturnType<typeof leavesOf> extends Generator<infer L> ? L : never): string {
  return leaf.kind === 'field' ? leaf.name : `→ ${leaf.before}`;
}

/** C statements that give a struct's fields these values. */
function assignments(
  target: string,
  { fields }: StructDefinition,
  values: readonly FieldValue[],
): string[] {
  return fields.flatMap((field, i) => assignment(`${target}.${field.name}`, field, values[i] ?? 0));
}

function assignment(target: string, field: Field, value: FieldValue): string[] {
  if (value instanceof Uint8Array) {
    return [...value].map((byte, i) => `${target}[${i}] = (char)${byte};`);
  }
  if (field.count !== null && typeof value === 'object') {
    const one = { ...field, count: null };
    return value.flatMap((item, i) => assignment(`${target}[${i}]`, one, item));
  }
  if (field.type.kind === 'struct' && typeof value === 'object') {
    return assignments(target, field.type.struct, value);
  }
  return [`${target} = ${literal(field, value)};`];
}

function literal({ type }: Field, value: FieldValue): string {
  const float = type.kind === 'scalar' && type.scalar.kind === 'float';
  if (!float || typeof value !== 'number')
    return `(${type.written})${BigInt.asUintN(64, BigInt(String(value)))}ULL`;
  if (Number.isNaN(value)) return '__builtin_nan("")';
  if (!Number.isFinite(value)) return `${value < 0 ? '-' : ''}__builtin_inf()`;
  return Object.is(value, -0) ? '-0.0' : value.toExponential();
}

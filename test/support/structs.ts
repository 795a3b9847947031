/** Structs of every kind for property tests, and values that they can hold. */
import fc from 'fast-check';
import type { Field, FieldType, StructDefinition } from '../../src/wire/struct/definition.ts';
import { parseFields, parseStruct } from '../../src/wire/struct/parse.ts';
import { namedScalars, rangeOf, type Scalar } from '../../src/wire/struct/scalar.ts';
import type { FieldValue } from '../../src/wire/struct/value.ts';

/** Spellings of C's own types, then those of the headers. */
export const SPELLINGS = [
  ...['char', 'signed char', 'unsigned char', 'short', 'unsigned short', 'short int', 'int'],
  ...['unsigned int', 'unsigned', 'signed', 'long', 'unsigned long', 'long long', 'bool', '_Bool'],
  ...['unsigned long long', 'long unsigned int', 'long long unsigned int', 'float', 'double'],
  ...namedScalars.keys(),
];

const scalarType: fc.Arbitrary<FieldType> = fc
  .constantFrom(...SPELLINGS)
  .map((written) => parseFields(`${written} x;`).fields[0]?.type ?? never());

const count = fc.option(fc.integer({ min: 1, max: 9 }), { freq: 2 });
const order = fc.constantFrom('host', 'network', 'little');

/** A struct of scalars, or with structs in it that have the same byte order; named by its depth. */
function struct(depth: number): fc.Arbitrary<StructDefinition> {
  const inner = depth === 0 ? [] : [struct(depth - 1).map(asType)];
  const type = fc.oneof({ arbitrary: scalarType, weight: 4 }, ...inner);
  return fc
    .record({
      types: fc.array(fc.tuple(type, count), { minLength: 1, maxLength: 6 }),
      packed: fc.boolean(),
    })
    .map(({ types, packed }) => {
      const fields = types.map(([type, count], i): Field => ({ name: `f${i}`, type, count }));
      return unique({ name: '', fields, packed, order: 'host' });
    });
}

/** Its name tells what is in it, so that two of the same name are the same. */
function unique(definition: StructDefinition): StructDefinition {
  let hash = 0;
  for (const letter of JSON.stringify(definition)) {
    hash = (hash * 31 + letter.charCodeAt(0)) % 2 ** 32;
  }
  return { ...definition, name: `s${hash.toString(36)}` };
}

function asType(struct: StructDefinition): FieldType {
  return { kind: 'struct', written: `struct ${struct.name}`, struct };
}

/** Up to three levels deep. */
export const definitions: fc.Arbitrary<StructDefinition> = fc
  .tuple(struct(2), order)
  .map(([definition, order]) => ({ ...definition, order }));

/** All structs that are in it, the innermost first, by name. */
export function structsIn({ fields }: StructDefinition): Map<string, StructDefinition> {
  const found = new Map<string, StructDefinition>();
  for (const { type } of fields) {
    if (type.kind === 'scalar') continue;
    for (const [name, inner] of structsIn(type.struct)) found.set(name, inner);
    found.set(type.struct.name, type.struct);
  }
  return found;
}

/** Values for its fields: whole ranges and their edges; texts without zero bytes. */
export function valuesOf({ fields }: StructDefinition): fc.Arbitrary<FieldValue[]> {
  return fc.tuple(...fields.map(fieldValue));
}

/** A struct and values for it. */
export const filled = definitions.chain((definition) =>
  valuesOf(definition).map((values) => ({ definition, values })),
);

function fieldValue({ type, count }: Field): fc.Arbitrary<FieldValue> {
  if (count !== null && type.kind === 'scalar' && type.scalar.kind === 'char') {
    const letters = fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: count });
    return letters.map((bytes) => Uint8Array.from(bytes));
  }
  const one: fc.Arbitrary<FieldValue> =
    type.kind === 'scalar' ? scalarValue(type.scalar) : valuesOf(type.struct);
  return count === null ? one : fc.array(one, { minLength: count, maxLength: count });
}

function scalarValue(scalar: Scalar): fc.Arbitrary<number | bigint> {
  if (scalar.kind === 'float') return scalar.size === 4 ? fc.float() : fc.double();
  const [min, max] = rangeOf(scalar);
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max)).map((value) => {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  });
}

/** Reads several structs, each of which may use those before it. */
export function known(...texts: string[]): Map<string, StructDefinition> {
  const all = new Map<string, StructDefinition>();
  for (const text of texts) {
    const definition = parseStruct(text, all);
    all.set(definition.name, definition);
  }
  return all;
}

function never(): never {
  throw new Error('a type without a field');
}

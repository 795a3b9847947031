/** Structures in C: their types, and how they are filled in and shown, field by field. */
import { headerStructs, type RecordValue } from '../../../socket/records.ts';
import type { StructDefinition } from '../../../wire/struct/definition.ts';
import type { Layout } from '../../../wire/struct/layout.ts';
import { type FieldLeaf, leavesOf } from '../../../wire/struct/leaves.ts';
import { isText, readScalar } from '../../../wire/struct/value.ts';
import { literal } from './literal.ts';
import type { CProgram } from './program.ts';
import { fieldName, structName } from './reserved.ts';

/** Arrays with more items are copied as bytes. */
const MOST_ITEMS = 32;
/** So many fields are shown of one structure. */
const MOST_SHOWN = 64;

/**
 * The structure’s type, which the program then has: `struct person`. Null where it has no name, and
 * for those of the system’s headers, whose fields are not all called here as they are there.
 */
export function structType(p: CProgram, { definition }: Layout): string | null {
  if (!('name' in definition) || headerStructs().has(definition.name)) return null;
  return declared(p, definition, definition.order === 'host' ? '' : ` ${definition.order}`);
}

function declared(p: CProgram, definition: StructDefinition, order: string): string {
  const { name, fields, packed } = definition;
  if (headerStructs().has(name)) {
    p.include('netinet/in.h', 'sys/time.h', 'sys/un.h');
    return `struct ${name}`;
  }
  const rows = fields.map(({ name, type, count }) => {
    const written = type.kind === 'struct' ? declared(p, type.struct, order) : type.written;
    const size = type.kind === 'scalar' ? type.scalar.size : 1;
    const note = size > 1 && order !== '' ? ` /*${order} byte order */` : '';
    const plain = written === 'bool' ? '_Bool' : written;
    return `    ${plain} ${fieldName(name)}${count === null ? '' : `[${count}]`};${note}`;
  });
  p.include('stdint.h', 'netinet/in.h');
  const end = packed ? ' __attribute__((packed))' : '';
  return p.struct(structName(name), `{\n${rows.join('\n')}\n}${end};`);
}

/** Fills in a variable of the structure’s type. @returns its name; null where it has no type */
export function filledRecord(p: CProgram, record: RecordValue, wanted: string): string | null {
  const type = structType(p, record.layout);
  if (type === null) return null;
  const variable = p.declare(type, p.names.of(`${type} ${wanted}`, wanted));
  p.line(`memset(&${variable}, 0, sizeof(${variable}));`);
  for (const leaf of fieldsOf(record.layout)) fill(p, record, leaf, variable);
  return variable;
}

function fieldsOf(layout: Layout): FieldLeaf[] {
  return [...leavesOf(layout)].filter((leaf) => leaf.kind === 'field');
}

function fill(
  p: CProgram,
  { bytes, layout }: RecordValue,
  leaf: FieldLeaf,
  variable: string,
): void {
  const own = bytes.subarray(leaf.offset, leaf.offset + leaf.size);
  const place = `${variable}.${fieldName(leaf.name)}`;
  if (own.every((byte) => byte === 0)) return;
  if (isText(leaf)) {
    const end = own.findLastIndex((byte) => byte !== 0) + 1;
    p.line(`memcpy(${place}, ${literal(own.subarray(0, end))}, ${end});`);
    return;
  }
  const { element, count } = leaf;
  const isFloat = element.kind === 'scalar' && element.scalar.kind === 'float';
  if (element.kind !== 'scalar' || isFloat || (count ?? 1) > MOST_ITEMS) {
    p.line(`memcpy(&${place}, ${literal(own)}, ${own.length});`);
    return;
  }
  const view = new DataView(own.buffer, own.byteOffset, own.byteLength);
  for (let i = 0; i < (count ?? 1); i++) {
    const at = i * element.size;
    const value = readScalar(view, at, element.scalar, layout.littleEndian);
    const number = numberText(value, element.size, element.scalar.kind === 'unsigned');
    p.line(`${count === null ? place : `${place}[${i}]`} = ${ordered(p, number, leaf, layout)};`);
  }
}

function numberText(value: number | bigint, size: number, unsigned: boolean): string {
  // The least number of 64 bits has no literal of its own in C.
  if (value === -(2n ** 63n)) return 'INT64_MIN';
  if (size === 8) return `${value}${unsigned ? 'ULL' : 'LL'}`;
  if (value === -(2 ** 31)) return 'INT32_MIN';
  return `${value}${unsigned && size === 4 ? 'U' : ''}`;
}

/** `htonl(33)`: a number as the structure’s byte order has it. */
function ordered(p: CProgram, number: string, { element }: FieldLeaf, { order }: Layout): string {
  const { size } = element;
  if (size === 1 || order === 'host') return number;
  if (order === 'little') {
    p.include('endian.h');
    return `htole${8 * size}(${number})`;
  }
  if (size === 8) {
    p.include('endian.h');
    return `htobe64(${number})`;
  }
  p.include('arpa/inet.h');
  return `${size === 2 ? 'htons' : 'htonl'}(${number})`;
}

/** Shows each field of a variable. */
export function showRecord(p: CProgram, layout: Layout, variable: string): void {
  for (const leaf of fieldsOf(layout).slice(0, MOST_SHOWN)) {
    const place = `${variable}.${fieldName(leaf.name)}`;
    if (isText(leaf)) {
      p.line(`${p.use('show')}("${place}", ${place}, strnlen(${place}, sizeof(${place})));`);
    } else if (leaf.count === null) showNumber(p, layout, leaf, place);
  }
}

function showNumber(p: CProgram, layout: Layout, { element }: FieldLeaf, place: string): void {
  if (element.kind !== 'scalar') return;
  const { kind, size } = element.scalar;
  if (kind === 'float') {
    if (layout.order === 'host') p.line(`printf("${place} = %g\\n", (double)${place});`);
    return;
  }
  const signed = kind === 'signed' || kind === 'char';
  const host = hostOrdered(place, size, layout.order);
  const value = signed && size > 1 ? `(int${8 * size}_t)${host}` : host;
  const [format, type] = signed ? ['%lld', 'long long'] : ['%llu', 'unsigned long long'];
  p.line(`printf("${place} = ${format}\\n", (${type})${value});`);
}

function hostOrdered(place: string, size: number, order: Layout['order']): string {
  if (size === 1 || order === 'host') return place;
  if (order === 'little') return `le${8 * size}toh(${place})`;
  return size === 8 ? `be64toh(${place})` : `${size === 2 ? 'ntohs' : 'ntohl'}(${place})`;
}

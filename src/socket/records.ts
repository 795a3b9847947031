/** Values with a C type: structures as they lie in memory, and their fields by name. */
import { encodeAddress, UNNAMED } from '../sys/sockaddr.ts';
import { decode } from '../wire/struct/decode.ts';
import type { KnownStructs, StructDefinition } from '../wire/struct/definition.ts';
import { encode } from '../wire/struct/encode.ts';
import { type Element, type Layout, layoutOf } from '../wire/struct/layout.ts';
import { parseStruct } from '../wire/struct/parse.ts';
import { type FieldValue, isText, ValueProblem } from '../wire/struct/value.ts';
import type { Item, Value } from './call.ts';
import { socketAddress } from './calls/socket-address.ts';
import { parseEndpoint } from './endpoint.ts';

export type RecordValue = Extract<Value, { kind: 'record' }>;

/** Those of the system's headers that a socket program meets (ip(7), ipv6(7), unix(7), socket(7)). */
const HEADERS: readonly string[] = [
  'struct in_addr { in_addr_t s_addr; }',
  'struct sockaddr_in { sa_family_t sin_family; in_port_t sin_port; struct in_addr sin_addr; uint8_t sin_zero[8]; }',
  'struct in6_addr { uint8_t s6_addr[16]; }',
  'struct sockaddr_in6 { sa_family_t sin6_family; in_port_t sin6_port; uint32_t sin6_flowinfo; struct in6_addr sin6_addr; uint32_t sin6_scope_id; }',
  'struct sockaddr_un { sa_family_t sun_family; char sun_path[108]; }',
  'struct sockaddr { sa_family_t sa_family; char sa_data[14]; }',
  'struct sockaddr_storage { sa_family_t ss_family; char ss_data[126]; }',
  'struct linger { int l_onoff; int l_linger; }',
  'struct timeval { long tv_sec; long tv_usec; }',
];

let headers: KnownStructs | null = null;

/** The structures that every session knows. Read when they are first asked for. */
export function headerStructs(): KnownStructs {
  if (headers === null) {
    const known = new Map<string, StructDefinition>();
    for (const text of HEADERS) {
      const definition = parseStruct(text, known);
      known.set(definition.name, definition);
    }
    headers = known;
  }
  return headers;
}

/** A structure of zero bytes, as memset() leaves it. */
export function zeroRecord(definition: StructDefinition): RecordValue {
  const layout = layoutOf(definition);
  return { kind: 'record', layout, bytes: new Uint8Array(layout.size) };
}

/** @throws ValueProblem at the first value that its field can't hold */
export function recordOf(definition: StructDefinition, items: readonly Item[]): RecordValue {
  const layout = layoutOf(definition);
  return { kind: 'record', layout, bytes: encode(layout, items).bytes };
}

/** The fields' values in order; null where not all of them are there. */
export function itemsOf({ layout, bytes }: RecordValue): readonly Item[] | null {
  return decode(layout, bytes).values;
}

/** The value of `sin_addr.s_addr` in a structure; null where it has no such field. */
export function fieldOf(record: RecordValue, path: readonly string[]): Value | null {
  const place = placeOf(record.layout, path);
  if (place === null) return null;
  const bytes = record.bytes.subarray(place.offset, place.offset + place.size);
  if (place.element.kind === 'struct') {
    return { kind: 'record', layout: place.element.layout, bytes: bytes.slice() };
  }
  const value = itemAt(record, path);
  if (value instanceof Uint8Array) return { kind: 'bytes', bytes: value };
  if (typeof value === 'object' && value !== null) return { kind: 'struct', fields: value };
  return value === null ? { kind: 'bytes', bytes } : { kind: 'integer', value: Number(value) };
}

/**
 * The structure with one field changed.
 * @throws ValueProblem where the field can't hold the value, or there is no such field
 */
export function withField(record: RecordValue, path: readonly string[], value: Value): RecordValue {
  const place = placeOf(record.layout, path);
  if (place === null) throw new ValueProblem(`there is no field ${path.join('.')}`, []);
  // Fewer may have come than the structure has.
  const bytes = new Uint8Array(Math.max(record.bytes.length, record.layout.size));
  bytes.set(record.bytes);
  bytes.set(bytesFor(place, record.layout, path, value), place.offset);
  return { ...record, bytes };
}

/** A value as the memory of a structure: bytes as they came, an address, the fields of {…}. */
export function coerced(definition: StructDefinition, value: Value): Value {
  const layout = layoutOf(definition);
  switch (value.kind) {
    case 'bytes':
      return { kind: 'record', layout, bytes: value.bytes };
    case 'struct':
      return recordOf(definition, value.fields);
    case 'address': {
      const bytes = addressBytes(value.address).slice(0, layout.size);
      const padded = new Uint8Array(Math.max(layout.size, bytes.length));
      padded.set(bytes);
      return { kind: 'record', layout, bytes: padded };
    }
    case 'record':
      return { kind: 'record', layout, bytes: value.bytes };
    default:
      return value;
  }
}

/** A socket address as the kernel wrote it, made again from its text. */
function addressBytes(text: string): Uint8Array {
  if (text === UNNAMED) return encodeAddress({ family: 'unnamed' });
  return encodeAddress(socketAddress(parseEndpoint(text), 0));
}

interface Place {
  readonly offset: number;
  readonly size: number;
  readonly element: Element;
  readonly count: number | null;
}

function placeOf(layout: Layout, path: readonly string[]): Place | null {
  const [first, ...rest] = path;
  const field = layout.fields.find(({ name }) => name === first);
  if (field === undefined) return null;
  const { offset, size, element, count } = field;
  if (rest.length === 0) return { offset, size, element, count };
  if (element.kind !== 'struct' || count !== null) return null;
  const inner = placeOf(element.layout, rest);
  return inner === null ? null : { ...inner, offset: offset + inner.offset };
}

function itemAt(record: RecordValue, path: readonly string[]): FieldValue | null {
  const [first, ...rest] = path;
  const field = record.layout.fields.find(({ name }) => name === first);
  if (field === undefined) return null;
  if (rest.length === 0) {
    const found = decode(record.layout, record.bytes).fields.find(({ name }) => name === first);
    return found?.value ?? null;
  }
  if (field.element.kind !== 'struct') return null;
  const bytes = record.bytes.subarray(field.offset, field.offset + field.size);
  return itemAt({ ...record, layout: field.element.layout, bytes }, rest);
}

/** The bytes of one field. An address's own bytes fit into struct in_addr: inet_pton() writes them so. */
function bytesFor(place: Place, layout: Layout, path: readonly string[], value: Value): Uint8Array {
  const { element, count, size } = place;
  const name = path.join('.');
  if (value.kind === 'bytes' && !isText({ element, count })) {
    if (value.bytes.length === size) return value.bytes;
    throw new ValueProblem(`${name} has ${size} bytes, not ${value.bytes.length}`, []);
  }
  if (value.kind === 'record' && value.bytes.length === size) return value.bytes;
  const item = itemFor(value);
  if (item === null) throw new ValueProblem(`${name} can’t hold this`, []);
  if (element.kind === 'struct' && count === null) {
    if (!Array.isArray(item)) throw new ValueProblem(`${name} is a structure`, []);
    return encode(element.layout, item).bytes;
  }
  // Laid out alone, with the order of the whole.
  const type =
    element.kind === 'scalar'
      ? ({ kind: 'scalar', written: typeName(layout, path), scalar: element.scalar } as const)
      : null;
  if (type === null) throw new ValueProblem(`${name} can’t be set`, []);
  const alone = layoutOf({ fields: [{ name, type, count }] }, { order: layout.order });
  return encode(alone, [item]).bytes;
}

function typeName(layout: Layout, path: readonly string[]): string {
  const [first, ...rest] = path;
  const field = layout.fields.find(({ name }) => name === first);
  if (field === undefined) return '';
  return rest.length === 0 || field.element.kind !== 'struct'
    ? field.type
    : typeName(field.element.layout, rest);
}

function itemFor(value: Value): Item | null {
  if (value.kind === 'integer') return value.value;
  if (value.kind === 'bytes') return value.bytes;
  return value.kind === 'struct' ? value.fields : null;
}

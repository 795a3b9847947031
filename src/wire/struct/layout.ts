/** Where a struct's fields lie: offsets, sizes and padding, as the System V ABI has them (§3.1.2). */
import { littleEndian as hostIsLittle } from '../byte-order.ts';
import type { ByteOrder, Field, Fields, StructDefinition } from './definition.ts';
import type { Scalar } from './scalar.ts';

export interface Layout {
  /** What it was made from; the same fields can be laid out otherwise. */
  readonly definition: Fields | StructDefinition;
  /** Null for fields without a struct around them. */
  readonly name: string | null;
  /** Bytes, as sizeof has them: with the padding at the end. */
  readonly size: number;
  /** Bytes. */
  readonly align: number;
  readonly packed: boolean;
  readonly order: ByteOrder;
  /** What `order` comes to on this machine. */
  readonly littleEndian: boolean;
  readonly fields: readonly FieldLayout[];
  readonly padding: readonly Padding[];
}

export interface FieldLayout {
  readonly name: string;
  /** The C type as it was written, without the array's length. */
  readonly type: string;
  readonly element: Element;
  /** The array's length; null where it is no array. */
  readonly count: number | null;
  /** Bytes from the struct's beginning. */
  readonly offset: number;
  /** Bytes; of an array, all of it. */
  readonly size: number;
  /** How many fields it stands for, those of structs inside counted each. */
  readonly leaves: number;
  /** How many structs are in each other in it. */
  readonly levels: number;
}

export type Element =
  | { readonly kind: 'scalar'; readonly scalar: Scalar; readonly size: number }
  | { readonly kind: 'struct'; readonly layout: Layout; readonly size: number };

/** Bytes that no field has. */
export interface Padding {
  readonly offset: number;
  readonly size: number;
  /** The field that it moves to where it must stand; null at the struct's end. */
  readonly before: string | null;
  /** What that field's offset, or the struct's size, must be a multiple of. */
  readonly align: number;
}

export interface LayoutOptions {
  /** Default: what the definition says, else false. */
  readonly packed?: boolean | undefined;
  /** Default: what the definition says, else `host`. */
  readonly order?: ByteOrder | undefined;
}

/**
 * Lays a struct out. Alignment is this kind of machine's in all byte orders. A struct inside keeps
 * its own layout also in a packed one, where it merely isn't aligned, as with GCC.
 */
export function layoutOf(
  definition: Fields | StructDefinition,
  options: LayoutOptions = {},
): Layout {
  const own: LayoutOptions = 'name' in definition ? definition : {};
  const packed = options.packed ?? own.packed ?? false;
  const order = options.order ?? own.order ?? 'host';
  return laidOut(definition, { packed, order }, new Map());
}

interface Chosen {
  readonly packed: boolean;
  readonly order: ByteOrder;
}

/** Each struct inside is laid out once, however often it is used. */
type Done = Map<StructDefinition, Layout>;

function laidOut(definition: Fields | StructDefinition, chosen: Chosen, done: Done): Layout {
  const { packed, order } = chosen;
  const fields: FieldLayout[] = [];
  const padding: Padding[] = [];
  let offset = 0;
  let align = 1;
  const pad = (before: string | null, multiple: number) => {
    const size = (multiple - (offset % multiple)) % multiple;
    if (size > 0) padding.push({ offset, size, before, align: multiple });
    offset += size;
  };
  for (const field of definition.fields) {
    const element = elementOf(field, order, done);
    const own = packed ? 1 : alignOf(element);
    pad(field.name, own);
    fields.push(placed(field, element, offset));
    offset += element.size * (field.count ?? 1);
    align = Math.max(align, own);
  }
  pad(null, align);
  const littleEndian = order === 'little' || (order === 'host' && hostIsLittle);
  const name = 'name' in definition ? definition.name : null;
  return { definition, name, size: offset, align, packed, order, littleEndian, fields, padding };
}

function elementOf({ type }: Field, order: ByteOrder, done: Done): Element {
  if (type.kind === 'scalar') {
    return { kind: 'scalar', scalar: type.scalar, size: type.scalar.size };
  }
  const { struct } = type;
  const layout = done.get(struct) ?? laidOut(struct, { packed: struct.packed, order }, done);
  done.set(struct, layout);
  return { kind: 'struct', layout, size: layout.size };
}

function alignOf(element: Element): number {
  return element.kind === 'scalar' ? element.size : element.layout.align;
}

function placed({ name, type, count }: Field, element: Element, offset: number): FieldLayout {
  const size = element.size * (count ?? 1);
  const own = { name, type: type.written, element, count, offset, size };
  if (element.kind === 'scalar') return { ...own, leaves: 1, levels: 0 };
  const { fields } = element.layout;
  const leaves = fields.reduce((sum, field) => sum + field.leaves, 0) * (count ?? 1);
  const levels = 1 + fields.reduce((most, field) => Math.max(most, field.levels), 0);
  return { ...own, leaves, levels };
}

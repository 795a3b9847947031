/** A struct's bytes → values. Fewer bytes than the struct has are no error: reads can be short. */
import type { FieldLayout, Layout } from './layout.ts';
import { type FieldLeaf, leavesOf } from './leaves.ts';
import { type FieldValue, isText, readScalar, type Shape } from './value.ts';

export interface Decoded {
  readonly fields: readonly DecodedField[];
  /** The fields' values, as `encode` takes them; null unless all of them are whole. */
  readonly values: readonly FieldValue[] | null;
  /** How many of the struct's bytes did not come: its last ones can be padding alone. */
  readonly missing: number;
  /** What came behind the struct. */
  readonly rest: Uint8Array;
  /** Texts that no zero byte ends. In C they are no strings, and strlen() runs past their end. */
  readonly unterminated: readonly string[];
}

export interface DecodedField {
  readonly name: string;
  readonly type: string;
  readonly element: FieldLayout['element'];
  readonly count: number | null;
  readonly offset: number;
  /** Bytes that it has when it is whole. */
  readonly size: number;
  readonly state: 'whole' | 'cut' | 'missing';
  /** Those of its bytes that came. */
  readonly bytes: Uint8Array;
  /** Null unless it is whole. */
  readonly value: FieldValue | null;
}

/** Reads a struct from the beginning of `bytes`. Throws nothing: any bytes are some values. */
export function decode(layout: Layout, bytes: Uint8Array): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = layout.fields.map((field): DecodedField => {
    const { name, type, element, count, offset, size } = field;
    const came = bytes.subarray(offset, offset + size);
    const state = came.length === size ? 'whole' : came.length > 0 ? 'cut' : 'missing';
    const value = state === 'whole' ? valueAt(view, offset, field, layout.littleEndian) : null;
    return { name, type, element, count, offset, size, state, bytes: came, value };
  });
  const values = fields.flatMap(({ value }) => (value === null ? [] : [value]));
  return {
    fields,
    values: values.length === fields.length ? values : null,
    missing: Math.max(0, layout.size - bytes.length),
    rest: bytes.subarray(layout.size),
    unterminated: unterminated(layout, bytes),
  };
}

/** The value of one field, or of one part of a struct taken apart; null where bytes are missing. */
export function leafValue(leaf: FieldLeaf, bytes: Uint8Array, little: boolean): FieldValue | null {
  if (leaf.offset + leaf.size > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return valueAt(view, leaf.offset, leaf, little);
}

function valueAt(view: DataView, at: number, shape: Shape, little: boolean): FieldValue {
  const { element, count } = shape;
  if (count !== null) {
    if (isText(shape)) return upToZero(new Uint8Array(view.buffer, view.byteOffset + at, count));
    const item: Shape = { element, count: null };
    const items: FieldValue[] = [];
    for (let i = 0; i < count; i++) items.push(valueAt(view, at + i * element.size, item, little));
    return items;
  }
  if (element.kind === 'scalar') return readScalar(view, at, element.scalar, little);
  return element.layout.fields.map((field) => valueAt(view, at + field.offset, field, little));
}

function upToZero(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  // A copy: whoever read the bytes may use the memory again.
  return bytes.slice(0, end === -1 ? bytes.length : end);
}

function unterminated(layout: Layout, bytes: Uint8Array): string[] {
  const names: string[] = [];
  for (const leaf of leavesOf(layout)) {
    if (leaf.kind === 'padding' || !isText(leaf)) continue;
    const text = bytes.subarray(leaf.offset, leaf.offset + leaf.size);
    if (text.length === leaf.size && !text.includes(0)) names.push(leaf.name);
  }
  return names;
}

/** A struct's bytes cut by field and padding, for whoever draws them. */
import { leafValue } from './decode.ts';
import type { Layout } from './layout.ts';
import { type FieldLeaf, leavesOf } from './leaves.ts';
import type { FieldValue } from './value.ts';

export interface Segment {
  /** `rest` is what came behind the struct. */
  readonly kind: 'field' | 'padding' | 'rest';
  /** The field's name, `pets[2].name` in structs inside; else `padding` or `rest`. */
  readonly label: string;
  /** The field; null for padding and the rest. */
  readonly field: FieldLeaf | null;
  /** Bytes from the beginning. */
  readonly offset: number;
  /** Bytes that belong here; fewer came where the struct is cut. */
  readonly size: number;
  readonly bytes: Uint8Array;
  /** Null for padding and the rest, and where bytes are missing. */
  readonly value: FieldValue | null;
}

/** All of the struct's fields and padding in order, those without any bytes too; then the rest. */
export function segments(layout: Layout, bytes: Uint8Array): Segment[] {
  const found = Array.from(leavesOf(layout), (leaf): Segment => {
    const { kind, offset, size } = leaf;
    const own = bytes.subarray(offset, offset + size);
    if (leaf.kind === 'padding') {
      return { kind, label: 'padding', field: null, offset, size, bytes: own, value: null };
    }
    const value = leafValue(leaf, bytes, layout.littleEndian);
    return { kind, label: leaf.name, field: leaf, offset, size, bytes: own, value };
  });
  const rest = bytes.subarray(layout.size);
  if (rest.length === 0) return found;
  const { length: size } = rest;
  const last = { offset: layout.size, size, bytes: rest, field: null, value: null };
  return [...found, { kind: 'rest', label: 'rest', ...last }];
}

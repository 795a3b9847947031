/** What the other side reads if its struct isn't laid out as ours: "the same protocol" or else. */
import { leafValue } from './decode.ts';
import type { Layout } from './layout.ts';
import { type FieldLeaf, leavesOf } from './leaves.ts';
import type { FieldValue } from './value.ts';

export interface Misread {
  readonly name: string;
  /** As the reader knows it. */
  readonly field: FieldLeaf;
  /** What the writer meant; null where it has no such field, or its bytes did not come. */
  readonly meant: FieldValue | null;
  /** What the reader finds; null where its bytes did not come. */
  readonly read: FieldValue | null;
  readonly same: boolean;
}

/**
 * The reader's fields in order, structs inside taken apart, each with both values: 33 in network
 * order, for example, is 553648128 to a reader that is little-endian and forgot ntohl().
 * @param from how the bytes were laid out @param to how they are read
 */
export function misread(from: Layout, to: Layout, bytes: Uint8Array): Misread[] {
  const meant = new Map<string, FieldValue | null>();
  for (const leaf of fieldsOf(from)) {
    meant.set(leaf.name, leafValue(leaf, bytes, from.littleEndian));
  }
  return Array.from(fieldsOf(to), (field) => {
    const one = meant.get(field.name) ?? null;
    const read = leafValue(field, bytes, to.littleEndian);
    return { name: field.name, field, meant: one, read, same: sameValue(one, read) };
  });
}

function* fieldsOf(layout: Layout): Generator<FieldLeaf> {
  for (const leaf of leavesOf(layout)) if (leaf.kind === 'field') yield leaf;
}

function sameValue(a: FieldValue | null, b: FieldValue | null): boolean {
  if (a === null || b === null) return a === b;
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  return a.length === b.length && a.every((one, i) => sameValue(one, b[i] ?? null));
}

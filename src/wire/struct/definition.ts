/** What a C structure is declared as: plain data, without offsets. */
import { TextProblem } from '../text-problem.ts';
import type { Scalar } from './scalar.ts';

/** `host` is whatever the machine that runs this has. */
export type ByteOrder = 'network' | 'little' | 'host';

export type FieldType =
  | { readonly kind: 'scalar'; readonly written: string; readonly scalar: Scalar }
  | { readonly kind: 'struct'; readonly written: string; readonly struct: StructDefinition };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** The array's length; null where it is no array. */
  readonly count: number | null;
}

/** Fields without a struct around them: `char name[30]; uint32_t age;` */
export interface Fields {
  readonly fields: readonly Field[];
}

export interface StructDefinition extends Fields {
  readonly name: string;
  /** No padding between its fields. A struct inside keeps its own layout, as in C. */
  readonly packed: boolean;
  /** Of all that is in it, structs inside too: a message has one byte order. */
  readonly order: ByteOrder;
}

/** The structs that fields can be of, by name. */
export type KnownStructs = ReadonlyMap<string, StructDefinition>;

/** Bytes of the largest struct. */
export const MOST_BYTES = 16 * 1024 * 1024;
/** Fields of the largest struct, those of structs and of arrays of structs inside counted each. */
export const MOST_FIELDS = 65_536;
/** What any C compiler takes (C11 §5.2.4.1): levels of structs in structs, and a name's length. */
export const MOST_LEVELS = 63;
export const MOST_NAME = 63;

/** A declaration that can't be read. */
export class StructProblem extends TextProblem {
  override readonly name = 'StructProblem';
}

/** `struct person { char name[30]; uint32_t age; } packed network`, as `parseStruct` reads it. */
export function printStruct(definition: StructDefinition): string {
  const { name, packed, order } = definition;
  const end = `${packed ? ' packed' : ''}${order === 'host' ? '' : ` ${order}`}`;
  return `struct ${name} { ${printFields(definition)} }${end}`;
}

/** `char name[30]; uint32_t age;`, as `parseFields` reads it. */
export function printFields({ fields }: Fields): string {
  return fields
    .map(({ name, type, count }) => `${type.written} ${name}${count === null ? '' : `[${count}]`};`)
    .join(' ');
}

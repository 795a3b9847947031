/** A struct taken apart: its fields and its padding in order, structs inside taken apart too. */
import type { FieldLayout, Layout, Padding } from './layout.ts';
import type { Shape } from './value.ts';

export type Leaf = FieldLeaf | PaddingLeaf;

/** A scalar, or an array of them. */
export interface FieldLeaf extends Shape {
  readonly kind: 'field';
  /** From the outermost struct on: `pets[2].name`. */
  readonly name: string;
  readonly type: string;
  /** Bytes from the outermost struct's beginning. */
  readonly offset: number;
  readonly size: number;
}

export interface PaddingLeaf extends Padding {
  readonly kind: 'padding';
}

/** In the order of their offsets, without gaps. */
export function* leavesOf(layout: Layout, at = 0, prefix = ''): Generator<Leaf> {
  let next = 0;
  const padding = function* (upTo: number): Generator<PaddingLeaf> {
    for (let run = layout.padding[next]; run && run.offset < upTo; run = layout.padding[++next]) {
      const before = run.before === null ? null : prefix + run.before;
      yield { kind: 'padding', ...run, before, offset: at + run.offset };
    }
  };
  for (const field of layout.fields) {
    yield* padding(field.offset);
    yield* fieldLeaves(field, at, prefix);
  }
  yield* padding(layout.size);
}

function* fieldLeaves(field: FieldLayout, at: number, prefix: string): Generator<Leaf> {
  const { element, count, type, size } = field;
  const name = prefix + field.name;
  const offset = at + field.offset;
  if (element.kind === 'scalar') {
    yield { kind: 'field', name, type, element, count, offset, size };
    return;
  }
  for (let i = 0; i < (count ?? 1); i++) {
    const item = count === null ? name : `${name}[${i}]`;
    yield* leavesOf(element.layout, offset + i * element.size, `${item}.`);
  }
}

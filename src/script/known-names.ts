/** What names stand for at a place in a script, as far as that is known before it runs. */
import type { NameKind } from '../socket/calls/kinds.ts';
import { nearest } from '../wire/nearest.ts';
import type { FieldType, KnownStructs, StructDefinition } from '../wire/struct/definition.ts';
import type { Names, Wrong } from './check-argument.ts';

export class KnownNames implements Names {
  readonly structs: Map<string, StructDefinition>;
  private readonly kinds: Map<string, NameKind>;
  /** The structures of those variables of which that is known. */
  private readonly types = new Map<string, StructDefinition>();
  /** Names that were told to be unknown: once is enough. */
  private readonly told = new Set<string>();
  private readonly later: (name: string) => number | undefined;

  /** @param later the line of the whole script that first gives a name */
  constructor(
    known: ReadonlyMap<string, NameKind>,
    structs: KnownStructs,
    later: (name: string) => number | undefined,
  ) {
    this.kinds = new Map(known);
    this.structs = new Map(structs);
    this.later = later;
  }

  /** @param type the structure that it is, where that is known */
  give(name: string, kind: NameKind, type: StructDefinition | null = null): void {
    // A field changes nothing of what its structure is.
    if (name.includes('.')) return;
    this.kinds.set(name, kind);
    if (type === null) this.types.delete(name);
    else this.types.set(name, type);
  }

  kindOf(name: string): NameKind | null {
    const kind = this.kinds.get(name);
    if (kind !== undefined) return kind;
    const [base = name, ...path] = name.split('.');
    const type = this.types.get(base);
    if (path.length > 0 && type !== undefined) return this.kindOfField(type, path);
    const [array = base] = base.split('[');
    if (this.told.has(array)) return 'anything';
    // A field of a structure that is not known, an item of an array: any value.
    if (array !== name) return couldHave(this.kinds.get(array)) ? 'anything' : null;
    return this.structs.has(name) ? 'type' : null;
  }

  typeOf(name: string): StructDefinition | null {
    return this.types.get(name) ?? this.structs.get(name) ?? null;
  }

  /** Something has the name, and a mistake keeps it from being known what. */
  assume(name: string): void {
    if (!this.kinds.has(name)) this.told.add(name);
  }

  /** Where a name stands for nothing: what is said of it. */
  missing(name: string, more: Iterable<string> = []): Wrong {
    const [base = name, ...path] = name.split('.');
    const type = this.types.get(base);
    if (type !== undefined && path.length > 0) return this.missingField(base, type, path);
    if (path.length > 0 && this.kinds.has(base))
      return { message: `${base} is no structure`, suggestion: null };
    this.told.add(base.split('[')[0] ?? base);
    const line = this.later(base);
    if (line !== undefined)
      return { message: `there is no ${base} yet: line ${line} gives it`, suggestion: null };
    return { message: `there is no ${base}`, suggestion: this.near(base, more) };
  }

  missingStruct(name: string): Wrong {
    return {
      message: `there is no struct ${name}`,
      suggestion: nearest(name, this.structs.keys()),
    };
  }

  all(): string[] {
    return [...this.kinds.keys()];
  }

  private near(name: string, more: Iterable<string>): string | null {
    return nearest(
      name,
      [...this.all(), ...more].filter((one) => one !== name),
    );
  }

  private kindOfField(type: StructDefinition, path: readonly string[]): NameKind | null {
    const found = fieldOf(type, path);
    if (found === null) return null;
    const { type: inner, count } = found;
    if (inner.kind === 'struct') return count === null ? 'record' : 'struct';
    if (count === null) return 'integer';
    return inner.scalar.kind === 'char' ? 'bytes' : 'anything';
  }

  /** The first part of the path that is no field: `addr.sin_adr.s_addr`. */
  private missingField(base: string, type: StructDefinition, path: readonly string[]): Wrong {
    const right = path.findIndex((_, i) => fieldOf(type, path.slice(0, i + 1)) === null);
    const before = path.slice(0, right);
    const inside = right === 0 ? type : structOf(fieldOf(type, before)?.type);
    const name = path[right] ?? '';
    const near = nearest(name, inside?.fields.map((field) => field.name) ?? []);
    const written = near === null ? null : [base, ...before, near, ...path.slice(right + 1)];
    return {
      message: `struct ${inside?.name ?? type.name} has no field ${name}`,
      suggestion: written?.join('.') ?? null,
    };
  }
}

interface Found {
  readonly type: FieldType;
  readonly count: number | null;
}

function fieldOf(type: StructDefinition, path: readonly string[]): Found | null {
  const [first = '', ...rest] = path;
  const [name, index] = first.split('[');
  const field = type.fields.find((one) => one.name === name);
  if (field === undefined || (index !== undefined && field.count === null)) return null;
  const found = index === undefined ? field : { type: field.type, count: null };
  if (rest.length === 0) return found;
  const inner = structOf(found.type);
  return inner === null || found.count !== null ? null : fieldOf(inner, rest);
}

function structOf(type: FieldType | undefined): StructDefinition | null {
  return type?.kind === 'struct' ? type.struct : null;
}

/** Whether something has parts: fields or items. */
function couldHave(kind: NameKind | undefined): boolean {
  return kind !== undefined && !['integer', 'socket', 'address', 'file', 'state'].includes(kind);
}

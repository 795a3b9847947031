/** Values → a struct's bytes. */
import { quotedShort } from '../bytes.ts';
import type { FieldLayout, Layout } from './layout.ts';
import { type FieldValue, isText, misfit, type Shape, ValueProblem, writeScalar } from './value.ts';

export interface Encoded {
  readonly bytes: Uint8Array;
  /**
   * Texts that fill their array to its last byte, so that no zero byte ends them: `pets[2].name`.
   * In C such an array is no string, and strlen() runs past its end.
   */
  readonly unterminated: readonly string[];
}

/** Where the walk is: for the error messages, and for what is written. */
interface Place {
  readonly name: string;
  readonly path: readonly number[];
  readonly offset: number;
}

/**
 * Lays the values into zeroed memory, so padding is zero bytes.
 * @param values one for each field, in order; a text's bytes are filled up with zero bytes, and for
 *   an array of bytes (`uint8_t mac[6]`) the bytes themselves do as well as a list of numbers
 * @throws ValueProblem at the first value that its field can't hold
 */
export function encode(layout: Layout, values: readonly FieldValue[]): Encoded {
  const bytes = new Uint8Array(layout.size);
  const writer = new Writer(bytes, layout.littleEndian);
  writer.struct(layout, values, { name: '', path: [], offset: 0 });
  return { bytes, unterminated: writer.unterminated };
}

class Writer {
  readonly unterminated: string[] = [];
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly little: boolean;

  constructor(bytes: Uint8Array, little: boolean) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.little = little;
  }

  struct(layout: Layout, values: readonly FieldValue[], { name, path, offset }: Place): void {
    const { fields } = layout;
    if (values.length !== fields.length) {
      const what = name || (layout.name ?? 'the struct');
      throw new ValueProblem(`${what}: ${wrongCount(fields, values.length)}`, path);
    }
    for (const [i, field] of fields.entries()) {
      this.field(field, values[i] ?? [], {
        name: name === '' ? field.name : `${name}.${field.name}`,
        path: [...path, i],
        offset: offset + field.offset,
      });
    }
  }

  private field(field: FieldLayout, value: FieldValue, place: Place): void {
    if (isText(field)) this.text(field, value, place);
    else if (field.count === null) this.one(field, value, place);
    else this.array(field, field.count, value, place);
  }

  private text({ size }: FieldLayout, value: FieldValue, { name, path, offset }: Place): void {
    if (!(value instanceof Uint8Array)) {
      throw new ValueProblem(`${name}: a text is needed, and ${whatCame(value)} came`, path);
    }
    if (value.length > size) {
      const came = `${quotedShort(value, 16)} has ${value.length} bytes`;
      throw new ValueProblem(`${name}: ${came}, and there is room for ${size}`, path);
    }
    if (value.length === size) this.unterminated.push(name);
    this.bytes.set(value, offset);
  }

  private array(field: FieldLayout, count: number, value: FieldValue, place: Place): void {
    const { element } = field;
    const byte = element.kind === 'scalar' && element.size === 1;
    const items = byte && value instanceof Uint8Array ? [...value] : value;
    if (!Array.isArray(items)) {
      const needed = `a list of ${count} is needed`;
      throw new ValueProblem(`${place.name}: ${needed}, and ${whatCame(value)} came`, place.path);
    }
    if (items.length !== count) {
      const needed = `${count} values are needed`;
      throw new ValueProblem(`${place.name}: ${needed}, and ${items.length} came`, place.path);
    }
    for (let i = 0; i < count; i++) {
      this.one(field, items[i], {
        name: `${place.name}[${i}]`,
        path: [...place.path, i],
        offset: place.offset + i * element.size,
      });
    }
  }

  /** A scalar or a struct: the field itself, or one item of an array. */
  private one({ element, type }: Shape & { type: string }, value: FieldValue, place: Place): void {
    const { name, path, offset } = place;
    if (element.kind === 'struct') {
      if (!isList(value)) {
        const needed = `a list of ${element.layout.fields.length} values`;
        throw new ValueProblem(`${name}: ${needed} is needed, and ${whatCame(value)} came`, path);
      }
      this.struct(element.layout, value, place);
      return;
    }
    const number = numberOf(value, element.scalar.kind);
    if (number === null) {
      throw new ValueProblem(`${name}: a number is needed, and ${whatCame(value)} came`, path);
    }
    const wrong = misfit(number, element.scalar, type);
    if (wrong !== null) throw new ValueProblem(`${name}: ${shortNumber(number)} ${wrong}`, path);
    writeScalar(this.view, offset, element.scalar, this.little, number);
  }
}

/** A `char` alone may be given as a text of one byte. */
function numberOf(value: FieldValue, kind: string): number | bigint | null {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  const letter = kind === 'char' && value instanceof Uint8Array && value.length === 1;
  const [byte = 0] = letter ? value : [];
  return letter ? (byte << 24) >> 24 : null;
}

function isList(value: FieldValue): value is readonly FieldValue[] {
  return Array.isArray(value);
}

function wrongCount(fields: readonly FieldLayout[], came: number): string {
  const names = fields.slice(0, 8).map((field) => field.name);
  if (fields.length > names.length) names.push('…');
  const needed = fields.length === 1 ? '1 value is' : `${fields.length} values are`;
  return `${needed} needed (${names.join(', ')}), and ${came} came`;
}

function whatCame(value: FieldValue): string {
  if (value instanceof Uint8Array) return quotedShort(value, 16);
  if (isList(value)) return value.length === 1 ? 'a list of 1' : `a list of ${value.length}`;
  return shortNumber(value);
}

/** A bigint can have any number of digits. */
function shortNumber(value: number | bigint): string {
  const text = String(value);
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

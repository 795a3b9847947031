/** What a field holds, as a value: numbers, text, and lists of them. */
import { quotedShort } from '../bytes.ts';
import type { FieldLayout } from './layout.ts';
import { rangeOf, type Scalar } from './scalar.ts';

/**
 * A number, as bigint where it isn't safe as a number (64 bits); the bytes of a `char` array's
 * text; a list for any other array, and for a struct inside: its fields' values in order.
 */
export type FieldValue = number | bigint | Uint8Array | readonly FieldValue[];

/** A value that its field can't hold. */
export class ValueProblem extends Error {
  override readonly name = 'ValueProblem';
  /** Where it is among the values given: `[1, 0]` is the first of the second field's. */
  readonly path: readonly number[];

  constructor(message: string, path: readonly number[]) {
    super(message);
    this.path = path;
  }
}

/** What decides how a value looks. */
export type Shape = Pick<FieldLayout, 'element' | 'count'>;

/** Whether the value is text: `char name[30]`. */
export function isText({ element, count }: Shape): boolean {
  return count !== null && element.kind === 'scalar' && element.scalar.kind === 'char';
}

/** Reads one scalar; the view must reach that far. */
export function readScalar(
  view: DataView,
  at: number,
  { kind, size }: Scalar,
  little: boolean,
): number | bigint {
  if (kind === 'float')
    return size === 4 ? view.getFloat32(at, little) : view.getFloat64(at, little);
  const signed = kind === 'signed' || kind === 'char';
  switch (size) {
    case 1:
      return signed ? view.getInt8(at) : view.getUint8(at);
    case 2:
      return signed ? view.getInt16(at, little) : view.getUint16(at, little);
    case 4:
      return signed ? view.getInt32(at, little) : view.getUint32(at, little);
    case 8:
      return narrowed(signed ? view.getBigInt64(at, little) : view.getBigUint64(at, little));
  }
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Writes one scalar, which must be in its range ({@link misfit}). */
export function writeScalar(
  view: DataView,
  at: number,
  { kind, size }: Scalar,
  little: boolean,
  value: number | bigint,
): void {
  if (kind === 'float') {
    if (size === 4) view.setFloat32(at, Number(value), little);
    else view.setFloat64(at, Number(value), little);
    return;
  }
  // Two's complement: the same bits for signed and unsigned.
  if (size === 1) view.setUint8(at, Number(value));
  else if (size === 2) view.setUint16(at, Number(value), little);
  else if (size === 4) view.setUint32(at, Number(value), little);
  else view.setBigUint64(at, BigInt(value), little);
}

/** Why a scalar can't hold the number, as the sentence's end; null where it can. */
export function misfit(value: number | bigint, scalar: Scalar, type: string): string | null {
  if (scalar.kind === 'float') {
    const number = Number(value);
    const lost = typeof value === 'bigint' && BigInt(Math.trunc(number)) !== value;
    if (lost) return `is not exact as ${type}`;
    const endless = scalar.size === 4 && Number.isFinite(number) && !isFinite32(number);
    return endless ? `does not fit ${type} (3.4e38 at most)` : null;
  }
  if (typeof value === 'number' && !Number.isInteger(value)) return 'is not a whole number';
  const [least, most] = rangeOf(scalar);
  // JavaScript compares numbers with bigints exactly.
  if (value < least || value > most) return `does not fit ${type} (${least} to ${most})`;
  const vague = typeof value === 'number' && !Number.isSafeInteger(value);
  return vague ? 'is not exact as a number: give a bigint' : null;
}

function isFinite32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}

/**
 * `33`, `"Ann"`, `{1, 2, 3}`: the value as it would be written in C, in ASCII whatever it holds.
 * @param most bytes of a text, and items of a list, that are shown; then `...` follows
 */
export function valueText(
  value: FieldValue,
  shape: Shape,
  most = Number.POSITIVE_INFINITY,
): string {
  if (value instanceof Uint8Array) return quotedShort(value, most);
  if (typeof value === 'bigint') return String(value);
  const { element, count } = shape;
  if (typeof value === 'number') {
    return element.kind === 'scalar' ? numberText(value, element.scalar) : String(value);
  }
  const parts = value.slice(0, most).map((one, i) => {
    const inside = element.kind === 'struct' ? element.layout.fields[i] : undefined;
    return valueText(one, count === null && inside ? inside : { element, count: null }, most);
  });
  return `{${parts.join(', ')}${value.length > most ? ', ...' : ''}}`;
}

/** A float is shown with the digits that make it, so 0.1f is 0.1, not 0.10000000149011612. */
function numberText(value: number, { kind, size }: Scalar): string {
  if (kind !== 'float') return String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  // Nine digits are enough to tell any two floats apart (IEEE 754-2019 §5.12.2).
  for (let digits = 1; size === 4 && digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(size === 4 ? Number(value.toPrecision(9)) : value);
}

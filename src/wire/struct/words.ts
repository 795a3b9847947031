/** Words of a command line → a struct's values: `Ann 33`. */
import type { Layout } from './layout.ts';
import { type FieldLeaf, leavesOf } from './leaves.ts';
import type { Scalar } from './scalar.ts';
import { type FieldValue, isText, type Shape, ValueProblem } from './value.ts';

/**
 * One word for each text, number and item of an array, in order; structs inside have their fields'
 * words. Integers are decimal or 0x, a bool may be `true` or `false`, a `char` alone a letter.
 * @returns values for `encode`, which checks their ranges
 * @throws ValueProblem at the first word that is none; its path is the word's index
 */
export function valuesOfWords(layout: Layout, words: readonly string[]): FieldValue[] {
  const fields = [...leavesOf(layout)].filter((leaf) => leaf.kind === 'field');
  const needed = fields.reduce((sum, field) => sum + wordsOf(field), 0);
  if (needed !== words.length) throw new ValueProblem(wrongCount(fields, needed, words.length), []);
  let at = 0;
  const next = (shape: Shape, name: string): FieldValue => {
    const { element, count } = shape;
    if (isText(shape)) return new TextEncoder().encode(words[at++]);
    if (count !== null) {
      return Array.from({ length: count }, (_, i) =>
        next({ element, count: null }, `${name}[${i}]`),
      );
    }
    if (element.kind === 'struct') {
      return element.layout.fields.map((field) => next(field, `${name}.${field.name}`));
    }
    const value = scalarOfWord(words[at] ?? '', element.scalar);
    if (value === null) {
      throw new ValueProblem(
        `${name}: ${needs(element.scalar)} is needed, and ${shown(words[at])} came`,
        [at],
      );
    }
    at++;
    return value;
  };
  return layout.fields.map((field) => next(field, field.name));
}

function wordsOf(field: FieldLeaf): number {
  return isText(field) ? 1 : (field.count ?? 1);
}

const INTEGER = /^-?(?:0|[1-9]\d*|0x[0-9a-f]+)$/i;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function scalarOfWord(word: string, { kind }: Scalar): FieldValue | null {
  if (kind === 'float') return FLOAT.test(word) ? Number(word) : null;
  if (kind === 'bool' && (word === 'true' || word === 'false')) return word === 'true' ? 1 : 0;
  // BigInt takes a square of the digits in time; no integer of C's has as many.
  if (INTEGER.test(word) && word.length <= 40) return integerOf(word);
  const letter = kind === 'char' ? new TextEncoder().encode(word) : [];
  return letter.length === 1 ? Uint8Array.from(letter) : null;
}

function integerOf(word: string): number | bigint {
  const value = word.startsWith('-') ? -BigInt(word.slice(1)) : BigInt(word);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function needs({ kind }: Scalar): string {
  if (kind === 'float') return 'a number';
  return kind === 'char' ? 'a letter or a whole number' : 'a whole number';
}

function shown(word = ''): string {
  return `'${word.length <= 40 ? word : `${word.slice(0, 40)}…`}'`;
}

function wrongCount(fields: readonly FieldLeaf[], needed: number, came: number): string {
  const names = fields
    .slice(0, 8)
    .map((field) => (wordsOf(field) === 1 ? field.name : `${field.name}[${field.count}]`));
  if (fields.length > names.length) names.push('…');
  const values = needed === 1 ? '1 value is' : `${needed} values are`;
  return `${values} needed (${names.join(', ')}), and ${came} came`;
}

/** Which word a value came from. @param path as a {@link ValueProblem} of `encode` has it */
export function wordOfValue(layout: Layout, path: readonly number[]): number {
  const [which = 0, ...inside] = path;
  const before = layout.fields.slice(0, which).reduce((sum, field) => sum + wordsIn(field), 0);
  const field = layout.fields[which];
  if (field === undefined || isText(field)) return before;
  const [item = 0, ...deeper] = field.count === null ? [0, ...inside] : inside;
  const { element } = field;
  if (element.kind === 'scalar') return before + item;
  const each = wordsIn({ element, count: null });
  return before + item * each + wordOfValue(element.layout, deeper);
}

/** Words of a field, all that is in it counted. */
function wordsIn(shape: Shape): number {
  if (isText(shape)) return 1;
  const { element, count } = shape;
  const each =
    element.kind === 'scalar'
      ? 1
      : element.layout.fields.reduce((sum, field) => sum + wordsIn(field), 0);
  return (count ?? 1) * each;
}

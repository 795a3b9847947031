/** `--struct 'char name[30]; uint32_t age;' Ann 33`: a C structure as the message. */
import type { Theme } from '../../view/theme.ts';
import { type ByteOrder, type Fields, StructProblem } from '../../wire/struct/definition.ts';
import { encode } from '../../wire/struct/encode.ts';
import { type Layout, layoutOf } from '../../wire/struct/layout.ts';
import { parseFields } from '../../wire/struct/parse.ts';
import { ValueProblem } from '../../wire/struct/value.ts';
import { valuesOfWords, wordOfValue } from '../../wire/struct/words.ts';
import { mistake, reading } from '../problem.ts';

export interface StructOptions {
  readonly struct?: string;
  readonly byteOrder?: ByteOrder;
  readonly packed?: boolean;
}

/**
 * @param declared its fields: `char name[30]; uint32_t age;`
 * @param words its values
 * @throws Failure with a caret under what can't be read
 */
export function structMessage(
  declared: string,
  words: readonly string[],
  { byteOrder, packed }: StructOptions,
  theme: Theme,
): { readonly bytes: Uint8Array; readonly layout: Layout } {
  const fields: Fields = reading('--struct', declared, theme, StructProblem, (text) =>
    parseFields(text),
  );
  const layout = layoutOf(fields, { order: byteOrder, packed });
  return { bytes: encoded(layout, words, theme), layout };
}

function encoded(layout: Layout, words: readonly string[], theme: Theme): Uint8Array {
  let path: 'word' | 'value' = 'word';
  try {
    const values = valuesOfWords(layout, words);
    path = 'value';
    return encode(layout, values).bytes;
  } catch (error) {
    if (!(error instanceof ValueProblem)) throw error;
    const at = path === 'word' ? error.path[0] : wordOfValue(layout, error.path);
    const { message } = error;
    const problem = { message, text: words.join(' '), span: spanOf(words, at), suggestion: null };
    throw mistake('the values of --struct', problem, theme);
  }
}

/** Where a word stands among the others; behind them all, where none of them is wrong but their number. */
function spanOf(words: readonly string[], at: number | undefined): readonly [number, number] {
  const before = words.slice(0, at).join(' ');
  if (at === undefined) return [before.length, before.length + 1];
  const from = at === 0 ? 0 : before.length + 1;
  return [from, from + Math.max(1, words[at]?.length ?? 0)];
}

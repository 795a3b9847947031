/** Texts with their wrong part between « and », for tests of what a mistake points at. */

export interface Marked {
  readonly text: string;
  readonly span: readonly [from: number, to: number];
}

/** `close(«sever»)`; an empty «» stands for the place behind the text's end. */
export function marked(written: string): Marked {
  const from = written.indexOf('«');
  const to = written.indexOf('»') - 1;
  if (from === -1 || to < from) throw new Error(`nothing is marked in ${written}`);
  const text = written.replace('«', '').replace('»', '');
  return { text, span: [from, Math.max(to, from + 1)] };
}

/** The other way: a text with what a span covers between « and »; what failures show. */
export function marking(text: string, [from, to]: readonly [number, number]): string {
  return `${text.slice(0, from)}«${text.slice(from, to)}»${text.slice(to)}`;
}

/** A manual page in the language of man(7), that groff and mandoc read. Pure: a value → text. */

export interface ManPage {
  readonly name: string;
  /** Chapter 1: commands of users. */
  readonly section: number;
  /** As ISO 8601 has it: 2026-11-24. */
  readonly date: string;
  /** At the foot: `socklab 1.2.3`. */
  readonly source: string;
  readonly sections: readonly ManSection[];
}

export interface ManSection {
  readonly heading: string;
  readonly blocks: readonly ManBlock[];
}

/** In all texts `this` is bold, and <this> a placeholder. */
export type ManBlock =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  /** Each term with what is said about it. */
  | { readonly kind: 'terms'; readonly terms: readonly (readonly [term: string, text: string])[] }
  /** Each on a line of its own, as it is. */
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** The same, indented: to be typed. */
  | { readonly kind: 'example'; readonly lines: readonly string[] };

export function renderMan({ name, section, date, source, sections }: ManPage): string {
  const title = ['.TH', name.toUpperCase(), section, date, argument(source)].join(' ');
  // No hyphenation (groff_man(7): HY), and a ragged right margin: what is to be typed must be
  // neither broken nor stretched.
  const lines = [title, '.nr HY 0', '.ad l', ...sections.flatMap(sectionLines)];
  return `${lines.join('\n')}\n`;
}

function sectionLines({ heading, blocks }: ManSection): string[] {
  return [
    `.SH ${argument(heading)}`,
    ...blocks.flatMap((block, i) => blockLines(block, follows(blocks[i - 1]))),
  ];
}

/** Whether it is text that comes before: directly below a heading there is no space. */
function follows(before: ManBlock | undefined): boolean {
  return before !== undefined && before.kind !== 'heading';
}

function blockLines(block: ManBlock, behindText: boolean): string[] {
  const space = behindText ? ['.PP'] : [];
  switch (block.kind) {
    case 'paragraph':
      return [...space, textLine(marked(block.text))];
    case 'heading':
      return [`.SS ${argument(block.text)}`];
    case 'terms':
      return block.terms.flatMap(([term, text]) => [
        '.TP',
        textLine(marked(term)),
        textLine(marked(text)),
      ]);
    case 'lines':
      return ['.nf', ...block.lines.map((line) => textLine(marked(line))), '.fi'];
    case 'example':
      return [
        ...space,
        '.RS 4',
        '.EX',
        ...block.lines.map((line) => textLine(roff(line))),
        '.EE',
        '.RE',
      ];
  }
}

/** `bold` and <placeholder>; a placeholder within bold, too. */
function marked(text: string): string {
  return text
    .split('`')
    .map((part, i) =>
      i % 2 === 0 ? placeholders(part, 'R') : `\\fB${placeholders(part, 'B')}\\fR`,
    )
    .join('');
}

function placeholders(text: string, around: 'R' | 'B'): string {
  return text
    .split(/<([^<>]+)>/)
    .map((part, i) => (i % 2 === 0 ? roff(part) : `\\fI${roff(part)}\\f${around}`))
    .join('');
}

/** Characters that mean something to roff, or that it would make prettier: groff_char(7). */
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '’': '\\(cq',
};

/** Text as roff shows it unchanged, in ASCII. */
function roff(text: string): string {
  return text.replaceAll(/[\\\-'"`^~’]|[^\n -~]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return SPECIAL[character] ?? `\\[u${code}]`;
  });
}

/** A line that begins with a dot would be a request. (Quotation marks are no longer themselves.) */
function textLine(line: string): string {
  return /^[. ]/.test(line) || line === '' ? `\\&${line}` : line;
}

/** An argument of a request. */
function argument(text: string): string {
  return `"${roff(text)}"`;
}

/** What a TypeScript file imports, and which words its code has: read without a compiler. */

export interface Import {
  /** As written: `./ffi.ts`, `koffi`. Null where `import()` is given no literal. */
  readonly specifier: string | null;
  /** A type import leaves no trace in the program; `reexport` is `export … from`. */
  readonly kind: 'value' | 'type' | 'dynamic' | 'reexport' | 'reexport type';
}

export interface Token {
  readonly kind: 'word' | 'string' | 'mark';
  readonly text: string;
}

const SPACE = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const WORD = /[\p{L}\p{N}_$#]+/uy;
const STRING = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y;
const REGEX = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
/** Behind these a slash divides; behind anything else it begins a regular expression. */
const VALUE_ENDS = new Set([')', ']', '}']);
const KEYWORDS = new Set(['return', 'typeof', 'case', 'in', 'of', 'else', 'do', 'void', 'throw']);

/** The words, strings and marks of a file, without comments, regular expressions and templates' text. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  /** For each open `${`, how many braces were open before it. */
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0] ?? null;
    at += found?.length ?? 0;
    return found;
  };
  const template = () => {
    while (at < source.length && source[at] !== '`' && source.slice(at, at + 2) !== '${') {
      at += source[at] === '\\' ? 2 : 1;
    }
    if (source[at] === '`') at++;
    else {
      templates.push(depth);
      at += 2;
    }
  };
  while (at < source.length) {
    if (match(SPACE) !== null) continue;
    const word = match(WORD);
    if (word !== null) {
      tokens.push({ kind: 'word', text: word });
      continue;
    }
    const string = match(STRING);
    if (string !== null) {
      tokens.push({ kind: 'string', text: string.slice(1, -1) });
      continue;
    }
    const last = tokens.at(-1);
    const divides =
      last !== undefined &&
      (last.kind === 'mark' ? VALUE_ENDS.has(last.text) : !KEYWORDS.has(last.text));
    if (source[at] === '/' && !divides && match(REGEX) !== null) {
      tokens.push({ kind: 'string', text: '' });
      continue;
    }
    const mark = source[at] ?? '';
    at++;
    if (mark === '`') {
      tokens.push({ kind: 'string', text: '' });
      template();
      continue;
    }
    if (mark === '{') depth++;
    if (mark === '}') {
      if (templates.at(-1) === depth) {
        templates.pop();
        template();
        continue;
      }
      depth--;
    }
    tokens.push({ kind: 'mark', text: mark });
  }
  return tokens;
}

/** Every import, export-from, import() and require() of a file. */
export function importsOf(tokens: readonly Token[]): Import[] {
  const imports: Import[] = [];
  for (const [at, { kind, text }] of tokens.entries()) {
    const before = tokens[at - 1]?.text;
    if (kind !== 'word' || before === '.') continue;
    const next = tokens[at + 1];
    if ((text === 'import' || text === 'require') && next?.text === '(') {
      const [argument, end] = [tokens[at + 2], tokens[at + 3]];
      const literal = argument?.kind === 'string' && argument.text !== '' && end?.text !== '+';
      imports.push({ specifier: literal ? argument.text : null, kind: 'dynamic' });
    } else if (text === 'import' && next?.text !== '.') {
      imports.push(staticImport(tokens, at));
    } else if (text === 'export') {
      const found = exportFrom(tokens, at);
      if (found !== null) imports.push(found);
    }
  }
  return imports;
}

function staticImport(tokens: readonly Token[], at: number): Import {
  const string = tokens.slice(at).find(({ kind }) => kind === 'string');
  // `import type from 'x'` would bind the name `type`; `import { type A }` still loads the file.
  const [second, third] = [tokens[at + 1]?.text, tokens[at + 2]?.text];
  const isType = second === 'type' && third !== 'from' && third !== ',';
  return { specifier: string?.text ?? null, kind: isType ? 'type' : 'value' };
}

function exportFrom(tokens: readonly Token[], at: number): Import | null {
  const isType = tokens[at + 1]?.text === 'type';
  const start = at + (isType ? 2 : 1);
  const first = tokens[start]?.text;
  if (first !== '*' && first !== '{') return null;
  let from = start;
  if (first === '{') while (from < tokens.length && tokens[from]?.text !== '}') from++;
  else if (tokens[start + 1]?.text === 'as') from += 2;
  const string = tokens[from + 2];
  if (tokens[from + 1]?.text !== 'from' || string?.kind !== 'string') return null;
  return { specifier: string.text, kind: isType ? 'reexport type' : 'reexport' };
}

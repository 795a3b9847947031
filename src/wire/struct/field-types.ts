/** A field's type as it is written: `unsigned long int`, `uint32_t`, `struct point`. */
import { nearest } from '../nearest.ts';
import { type FieldType, type KnownStructs, StructProblem } from './definition.ts';
import { namedScalars, scalarOf, scalarWords } from './scalar.ts';
import type { Token, Tokens } from './tokens.ts';

/** What a struct's fields may refer to. */
export interface Scope {
  readonly known: KnownStructs;
  /** The struct that is being declared; null for fields alone. */
  readonly self: string | null;
}

export const NO_POINTERS =
  'no pointers: an address means something in one process only; send what it points to, such as char name[30]';

const NO_DEFINITION =
  'no struct is defined among the fields: define it first, then name it here, such as struct point p;';

const QUALIFIER = 'this says nothing about bytes: leave it out';

/** Words of C that can't begin a field here, and why. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['union', 'no unions: the bytes alone don’t say which of its members they are'],
  ['enum', 'no enums: on the wire they are an int, so write int'],
  ['void', 'void has no bytes'],
  ['typedef', 'a typedef stands alone: typedef struct { … } name;'],
  ...['const', 'volatile', 'restrict', 'static', 'extern', 'register', 'auto', 'inline'].map(
    (word) => [word, QUALIFIER] as const,
  ),
]);

/** @throws StructProblem where no type stands there that has a layout */
export function fieldType(tokens: Tokens, scope: Scope): FieldType {
  const first = tokens.next();
  if (first.kind !== 'word') throw new StructProblem('a type is missing', first.span);
  const refused = REFUSED.get(first.text);
  if (refused !== undefined) throw problem(tokens, refused, first.span);
  if (first.text === 'struct') return taggedStruct(tokens, scope);
  if (scalarWords.has(first.text)) return ownType(first, tokens);
  const scalar = namedScalars.get(first.text);
  if (scalar !== undefined) return { kind: 'scalar', written: first.text, scalar };
  if (first.text === scope.self || scope.known.has(first.text)) {
    return knownStruct(first, first.text, tokens, scope);
  }
  const words = [...namedScalars.keys(), ...scalarWords, 'struct', ...scope.known.keys()];
  throw problem(tokens, 'not a type that is known here', first.span, nearest(first.text, words));
}

/** Whether it is a word of the language itself, which nothing can be named. */
export function isKeyword(word: string): boolean {
  return word === 'struct' || scalarWords.has(word) || REFUSED.has(word);
}

/** `unsigned`, and the words of C's own types that follow it. */
function ownType(first: Token, tokens: Tokens): FieldType {
  const words = [first.text];
  let end = first.span[1];
  while (scalarWords.has(tokens.peek.text)) {
    const word = tokens.next();
    words.push(word.text);
    end = word.span[1];
  }
  const scalar = scalarOf(words);
  if (scalar !== null) return { kind: 'scalar', written: words.join(' '), scalar };
  const longDouble = words.length === 2 && words.includes('long') && words.includes('double');
  throw new StructProblem(
    longDouble
      ? 'a long double’s bytes differ from one kind of processor to the next: write double'
      : 'C has no such type',
    [first.span[0], end],
  );
}

function taggedStruct(tokens: Tokens, scope: Scope): FieldType {
  const tag = tokens.next();
  const inner = tag.text === '{' ? tag : tokens.peek;
  if (inner.text === '{') throw new StructProblem(NO_DEFINITION, inner.span);
  if (tag.kind !== 'word') throw new StructProblem('the struct’s name is missing', tag.span);
  return knownStruct(tag, `struct ${tag.text}`, tokens, scope);
}

function knownStruct(
  { text, span }: Token,
  written: string,
  tokens: Tokens,
  { known, self }: Scope,
): FieldType {
  if (text === self) throw problem(tokens, 'a struct can’t contain itself', span);
  const struct = known.get(text);
  if (struct !== undefined) return { kind: 'struct', written, struct };
  const near = nearest(text, known.keys());
  throw problem(tokens, 'no struct of this name was defined', span, near);
}

/** Of `struct node *next` the pointer is the mistake, whatever else can be said about node. */
function problem(
  { peek }: Tokens,
  message: string,
  span: Token['span'],
  suggestion: string | null = null,
): StructProblem {
  if (peek.text === '*') return new StructProblem(NO_POINTERS, peek.span);
  return new StructProblem(message, span, suggestion);
}

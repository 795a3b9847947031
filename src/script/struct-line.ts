/** `struct person { char name[30]; uint32_t age; }`: a structure is defined. */
import {
  type KnownStructs,
  type StructDefinition,
  StructProblem,
} from '../wire/struct/definition.ts';
import { parseStruct } from '../wire/struct/parse.ts';
import { SyntaxProblem } from './lexer.ts';

const BEGINNING = /^\s*(?:typedef\s+)?struct\s*(?:[A-Za-z_]\w*\s*)?\{/;

/** Whether a structure is defined here; `struct person msg;` declares a variable. */
export function isStruct(text: string): boolean {
  return BEGINNING.test(text);
}

/** Whether the definition goes on in the next line: its last brace is still open. */
export function isOpenStruct(text: string): boolean {
  if (!isStruct(text)) return false;
  const plain = text.replaceAll(/\/\*.*?\*\/|\/\/.*$|#.*$/gms, '');
  return plain.split('{').length > plain.split('}').length;
}

/** @throws SyntaxProblem */
export function parseDefinition(text: string, known: KnownStructs): StructDefinition {
  try {
    return parseStruct(text, known);
  } catch (error) {
    if (!(error instanceof StructProblem)) throw error;
    throw new SyntaxProblem(error.message, error.span, error.suggestion);
  }
}

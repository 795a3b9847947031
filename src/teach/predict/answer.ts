/** A prediction as it was typed: `0`, `ok`, `fd`, `blocked`, `EADDRINUSE`, `"hello"`, `fin_wait_1`. */
import { Cursor } from '../../script/cursor.ts';
import { expectation } from '../../script/expectation.ts';
import type { Expected } from '../../script/expected.ts';
import { SyntaxProblem, tokensOf } from '../../script/lexer.ts';
import { rowOf } from '../../socket/calls/row-of.ts';
import { isAnswer } from '../../socket/names.ts';
import { stateNamed, type TcpState } from '../../socket/state.ts';
import type { Question } from './question.ts';

export type Answer =
  /** Enter alone: it does not count. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'success' }
  | { readonly kind: 'failure' }
  /** A new descriptor, whatever its number. */
  | { readonly kind: 'descriptor' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'expected'; readonly expected: Expected }
  /** Bytes that were typed without quotes. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'state'; readonly state: TcpState | null };

const WORDS: Readonly<Record<string, Answer>> = {
  ok: { kind: 'success' },
  success: { kind: 'success' },
  succeeds: { kind: 'success' },
  error: { kind: 'failure' },
  fails: { kind: 'failure' },
  failure: { kind: 'failure' },
  fd: { kind: 'descriptor' },
  descriptor: { kind: 'descriptor' },
  blocked: { kind: 'blocked' },
  blocks: { kind: 'blocked' },
  block: { kind: 'blocked' },
  waits: { kind: 'blocked' },
  'end of file': { kind: 'expected', expected: { kind: 'eof' } },
};

const SAME: ReadonlySet<string> = new Set(['same', 'the same', 'unchanged', 'none', 'no change']);

/** What an expectation may be, and a prediction is not; of bytes it may be the text. */
const VAGUE: ReadonlySet<Expected['kind']> = new Set([
  'name',
  'state',
  'call',
  'sizeof',
  'anything',
]);

/** Null for what can be no answer to this question. */
export function readAnswer(question: Question, typed: string): Answer | null {
  const text = typed.trim().replace(/^=\s*/, '').replace(/;$/, '').trim();
  if (text === '') return { kind: 'skipped' };
  return question.kind === 'state'
    ? stateAnswer(question.before, text)
    : resultAnswer(question, text);
}

function stateAnswer(before: TcpState | null, text: string): Answer | null {
  if (SAME.has(text.toLowerCase())) return { kind: 'state', state: before };
  const state = stateNamed(text.toUpperCase().replace(/[\s_]+/g, '-'));
  return state === null ? null : { kind: 'state', state };
}

function resultAnswer({ call }: Question, text: string): Answer | null {
  const word = WORDS[text.toLowerCase()];
  if (word !== undefined) return word;
  const errno = text.toUpperCase();
  if (isAnswer(errno)) return { kind: 'expected', expected: { kind: 'errno', name: errno } };
  const expected = parsed(text);
  if (expected === null || VAGUE.has(expected.kind))
    return rowOf(call.name).gives === 'bytes' ? { kind: 'text', text } : null;
  return expected.kind === 'blocked' ? { kind: 'blocked' } : { kind: 'expected', expected };
}

/** As a statement has it behind `=`; null where it could not stand there. */
function parsed(text: string): Expected | null {
  try {
    const cursor = new Cursor(tokensOf(text), text.length);
    const expected = expectation(cursor);
    cursor.finish();
    return expected;
  } catch (error) {
    if (error instanceof SyntaxProblem) return null;
    throw error;
  }
}

/** What stands behind `=`: what the call must answer. */
import { canonicalEndpoint, formatEndpoint } from '../socket/endpoint.ts';
import { errnoNames, isAnswer, isConstant } from '../socket/names.ts';
import { stateNamed } from '../socket/state.ts';
import { nearest } from '../wire/nearest.ts';
import type { Cursor } from './cursor.ts';
import type { Expected } from './expected.ts';
import { type Span, SyntaxProblem } from './lexer.ts';
import { endpoint, fields, flags, repeated } from './values.ts';

/** @throws SyntaxProblem */
export function expectation(cursor: Cursor): Expected {
  const token = cursor.take();
  switch (token?.kind) {
    case 'number':
      if (cursor.isMark('|')) return constants(cursor, token.value);
      return token.value === -1 ? failure(cursor) : { kind: 'integer', value: token.value };
    case 'string': {
      const bytes = repeated(cursor, token.bytes);
      return { kind: 'bytes', bytes, prefix: cursor.skip('...') };
    }
    case 'regex':
      return { kind: 'regex', source: checkedRegex(token.source, token.span) };
    case 'endpoint': {
      const arg = endpoint(token.text, token.span);
      if (arg.kind === 'at') return arg;
      return { kind: 'address', address: formatEndpoint(canonicalEndpoint(arg.endpoint)) };
    }
    case 'word':
      return word(cursor, token.text, token.span);
    case 'mark':
      if (token.text === '...') return { kind: 'anything' };
      if (token.text === '{') return { kind: 'struct', fields: fields(cursor, 0) };
  }
  throw new SyntaxProblem('what the call must answer is wanted behind =', cursor.spanOf(token));
}

function word(cursor: Cursor, text: string, span: Span): Expected {
  if (text === 'blocked') return { kind: 'blocked' };
  if (text === 'EOF') return { kind: 'eof' };
  if (text === 'NULL') return { kind: 'null' };
  const state = stateNamed(text);
  if (state !== null) return { kind: 'state', state };
  if (isAnswer(text)) return { kind: 'errno', name: text };
  if (cursor.skip('{')) return { kind: 'struct', type: text, fields: fields(cursor, 0) };
  if (isConstant(text) || cursor.isMark('|')) return constants(cursor, text);
  if (/^[A-Z][A-Z0-9_]*$/.test(text)) {
    throw new SyntaxProblem(
      `${text} is no answer: a number, bytes, /regex/, an errno, a state, blocked or ...`,
      span,
      nearest(text, ['EOF', ...errnoNames()]),
    );
  }
  return { kind: 'name', name: text };
}

function constants(cursor: Cursor, first: string | number): Expected {
  const arg = flags(cursor, first);
  return arg.kind === 'constants' ? arg : { kind: 'anything' };
}

/** `-1`: that it fails; `-1 EPIPE (Broken pipe)`, as strace writes it: with what. */
function failure(cursor: Cursor): Expected {
  const token = cursor.peek();
  if (token?.kind !== 'word' || !isAnswer(token.text)) return { kind: 'integer', value: -1 };
  cursor.take();
  if (cursor.skip('(')) {
    while (cursor.peek() !== undefined && !cursor.isMark(')')) cursor.take();
    cursor.want(')');
  }
  return { kind: 'errno', name: token.text };
}

function checkedRegex(source: string, span: Span): string {
  try {
    new RegExp(source, 's');
    return source;
  } catch {
    throw new SyntaxProblem('not a regular expression', span);
  }
}

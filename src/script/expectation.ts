/** What stands behind `=`: what the call must answer. */
import type { Arg } from '../socket/call.ts';
import { callTable } from '../socket/calls/table.ts';
import { formatEndpoint } from '../socket/endpoint.ts';
import { constantNames, errnoNames, isAnswer, isConstant } from '../socket/names.ts';
import { stateNamed } from '../socket/state.ts';
import { nearest } from '../wire/nearest.ts';
import type { Cursor } from './cursor.ts';
import { type Expected, kernelAddress } from './expected.ts';
import { type Span, SyntaxProblem } from './lexer.ts';
import { computed, endpoint, fields, repeated, sizeOf } from './values.ts';

/** What is said of a word that no call can answer. */
export const ANSWERS = 'a number, bytes, /regex/, an errno, a state, blocked or ...';

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
    case 'endpoint':
      return address(endpoint(token.text, token.span));
    case 'word':
      return word(cursor, token.text, token.span);
    case 'mark':
      if (token.text === '...') return { kind: 'anything' };
      if (token.text === '{') return { kind: 'struct', fields: fields(cursor, 0) };
  }
  throw new SyntaxProblem('what the call must answer is wanted behind =', cursor.spanOf(token));
}

/** As the kernel writes it. A host by name is not known before the script runs. */
function address(arg: Extract<Arg, { kind: 'endpoint' | 'at' }>): Expected {
  if (arg.kind === 'at') return arg;
  const written = kernelAddress(arg.endpoint);
  if (written !== null) return { kind: 'address', address: written };
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(formatEndpoint(arg.endpoint)) ?? [];
  return { kind: 'at', host: host.replace(/^.*:/, ''), port };
}

function word(cursor: Cursor, text: string, span: Span): Expected {
  if (text === 'blocked') return { kind: 'blocked' };
  if (text === 'EOF') return { kind: 'eof' };
  if (text === 'NULL') return { kind: 'null' };
  if (text === 'sizeof') return sizeOf(cursor);
  const state = stateNamed(text);
  if (state !== null) return { kind: 'state', state };
  if (isAnswer(text)) return { kind: 'errno', name: text };
  if (cursor.isMark('(') && callTable.has(text)) return computed(cursor, text, span);
  if (cursor.skip('{')) return { kind: 'struct', type: text, fields: fields(cursor, 0) };
  if (isConstant(text) || cursor.isMark('|')) return constants(cursor, text, span);
  if (/^E[A-Z0-9]+$/.test(text)) {
    const near = nearest(text, ['EOF', ...errnoNames()]);
    throw new SyntaxProblem(`${text} is no answer: ${ANSWERS}`, span, near);
  }
  return { kind: 'name', name: text };
}

/** `POLLIN|POLLHUP`, behind the first. */
function constants(cursor: Cursor, first: string | number, span?: Span): Expected {
  const parts = [first];
  if (span !== undefined) mustBeConstant(String(first), span);
  while (cursor.skip('|')) {
    const token = cursor.take();
    if (token?.kind === 'number') parts.push(token.value);
    else if (token?.kind === 'word') {
      mustBeConstant(token.text, token.span);
      parts.push(token.text);
    } else throw new SyntaxProblem('a constant is wanted behind |', cursor.spanOf(token));
  }
  return { kind: 'constants', parts };
}

function mustBeConstant(text: string, span: Span): void {
  if (isConstant(text)) return;
  throw new SyntaxProblem(`there is no constant ${text}`, span, nearest(text, constantNames()));
}

/** `-1`: that it fails; `-1 EPIPE (Broken pipe)`, as strace writes it: with what. */
function failure(cursor: Cursor): Expected {
  const token = cursor.peek();
  if (token?.kind !== 'word' || !isAnswer(token.text)) return { kind: 'integer', value: -1 };
  cursor.take();
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

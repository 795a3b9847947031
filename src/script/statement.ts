/** A statement of the call language as a value. */
import type { Call } from '../socket/call.ts';
import type { Expected } from './expected.ts';
import type { Span } from './lexer.ts';

export interface Statement {
  readonly call: Call;
  /** Where each argument stands in the line. */
  readonly spans: readonly Span[];
  /** What the call must answer; null where it must only succeed. */
  readonly expected: Expected | null;
}

/** A line of the call language as a value. */
import type { Arg, Call } from '../socket/call.ts';
import type { StructDefinition } from '../wire/struct/definition.ts';
import type { Expected } from './expected.ts';
import type { Span } from './lexer.ts';

/** A call to be made, and what it must answer. */
export interface Statement {
  readonly call: Call;
  /** Where each argument stands in the line. */
  readonly spans: readonly Span[];
  /** What the call must answer; null where it must only succeed. */
  readonly expected: Expected | null;
  /** Where that stands in the line, or what a guard compares with. */
  readonly expectedSpan?: Span;
  /** C’s own check, around the call: `if ((fd = socket(…)) < 0) {`. */
  readonly guard?: Guard;
}

export type Operator = '<' | '>' | '<=' | '>=' | '==' | '!=';

/** A condition on what the call returned, and what C does where it holds. */
export interface Guard {
  readonly operator: Operator;
  readonly right: Arg;
  /** On the same line; null where the lines that follow are the body, up to `}`. */
  readonly body: readonly CPart[] | null;
}

/** What C code has around its calls. None of it is a call of ours. */
export type CPart =
  | { readonly kind: 'perror'; readonly text: string }
  /** `exit(-1)`, `return 1`. */
  | { readonly kind: 'exit'; readonly word: 'exit' | 'return'; readonly code: Arg | null }
  /** `{`, also that of `int main(void) {`. */
  | { readonly kind: 'open' }
  | { readonly kind: 'close' }
  | { readonly kind: 'else' };

/** `int a`, `char buf[64]`, `FILE *fin`, with the value that it begins with. */
export interface Declarator {
  readonly name: string;
  readonly pointer: boolean;
  readonly count: number | null;
  readonly value: Arg | null;
}

/** One line of the call language. */
export type Line =
  | { readonly kind: 'call'; readonly statement: Statement }
  /** `struct person { char name[30]; uint32_t age; }` */
  | { readonly kind: 'struct'; readonly definition: StructDefinition }
  /** `int listenfd;`, `struct sockaddr_in serv_addr;`: the type as C has it. */
  | {
      readonly kind: 'declare';
      readonly type: string;
      readonly declarators: readonly Declarator[];
      readonly span: Span;
    }
  /** `payload = "x" * 1000`, `addr.sin_family = AF_INET`. */
  | { readonly kind: 'assign'; readonly target: string; readonly value: Arg; readonly span: Span }
  /** `memset(&addr, 0, sizeof(addr))`, `bzero(…)`. */
  | { readonly kind: 'zero'; readonly target: string; readonly span: Span }
  | { readonly kind: 'c'; readonly part: CPart };

/**
 * Reads a script before it runs: unknown names, constants and calls, and arguments of the wrong
 * kind, each with its place. Nothing is called.
 */
import type { Call } from '../socket/call.ts';
import type { NameKind } from '../socket/calls/kinds.ts';
import { namesGiven } from '../socket/calls/names.ts';
import { formOf, isCounted, paramAt } from '../socket/calls/row.ts';
import { rowOf } from '../socket/calls/table.ts';
import { nearest } from '../wire/nearest.ts';
import type { KnownStructs, StructDefinition } from '../wire/struct/definition.ts';
import { argumentProblem, kindOfArg, type Names, type Wrong } from './check-argument.ts';
import type { Expected } from './expected.ts';
import { type Mistake, mistakeAt, type ParsedLine, parseScript } from './source.ts';
import type { Line, Statement } from './statement.ts';

export interface Checked {
  readonly lines: readonly ParsedLine[];
  /** In the order of their lines. */
  readonly mistakes: readonly Mistake[];
}

/**
 * @param known what names stand for already, such as those of `-D`
 * @param structs the structures that every session knows
 */
export function checkScript(
  text: string,
  known: ReadonlyMap<string, NameKind>,
  structs: KnownStructs,
): Checked {
  const { lines, mistakes } = parseScript(text, structs);
  const checker = new Checker(known, structs);
  const found = lines.flatMap((line) =>
    checker
      .line(line.line)
      .map(({ span, message, suggestion }) => mistakeAt(line, span, message, suggestion)),
  );
  return { lines, mistakes: [...mistakes, ...found].sort((a, b) => a.line - b.line) };
}

type Problem = Wrong & { readonly span: readonly [number, number] };

class Checker {
  private readonly kinds: Map<string, NameKind>;
  private readonly structs: Map<string, StructDefinition>;

  constructor(known: ReadonlyMap<string, NameKind>, structs: KnownStructs) {
    this.kinds = new Map(known);
    this.structs = new Map(structs);
  }

  line(line: Line): Problem[] {
    switch (line.kind) {
      case 'call':
        return this.statement(line.statement);
      case 'struct':
        this.structs.set(line.definition.name, line.definition);
        return [];
      case 'declare':
        return this.declare(line);
      case 'assign': {
        const wrong = argumentProblem(
          { name: 'value', kind: 'anything' },
          line.value,
          this.names(),
        );
        if (!line.target.includes('.')) {
          this.kinds.set(line.target, kindOfArg(line.value, this.names()));
        }
        return wrong === null ? [] : [{ ...wrong, span: line.span }];
      }
      case 'zero':
        return this.kinds.has(line.target) ? [] : [this.unknown(line.target, line.span)];
      case 'c':
        return [];
    }
  }

  private declare({ type, declarators, span }: Extract<Line, { kind: 'declare' }>): Problem[] {
    const struct = /\bstruct (\w+)/.exec(type)?.[1];
    const unknown = struct !== undefined && !this.structs.has(struct);
    for (const { name, pointer, count, value } of declarators) {
      this.kinds.set(name, declaredKind(type, pointer, count !== null || value?.kind === 'bytes'));
    }
    if (!unknown) return [];
    const suggestion = nearest(struct, this.structs.keys());
    return [{ span, message: `there is no struct ${struct}`, suggestion }];
  }

  private statement({ call, spans, expected }: Statement): Problem[] {
    const problems: Problem[] = [];
    const form = formOf(rowOf(call.name), call.args) ?? [];
    for (const [i, arg] of call.args.entries()) {
      const wrong = argumentProblem(paramAt(form, i), arg, this.names());
      const span = spans[i];
      if (wrong !== null && span !== undefined)
        problems.push({ ...wrong, span: within(wrong, span) });
    }
    this.define(call);
    const end = spans.at(-1)?.[1] ?? 0;
    const answer = expected === null ? null : this.expectation(call, expected);
    return answer === null ? problems : [...problems, { ...answer, span: [end, end + 1] }];
  }

  /** What the call will name, whether it blocks or not. */
  private define(call: Call): void {
    const row = rowOf(call.name);
    const { as } = call;
    if (row.gives === 'pair') {
      for (const name of namesGiven(call)) this.kinds.set(name, 'socket');
    } else if (as !== undefined && !as.includes('.')) {
      this.kinds.set(as, isCounted(row, call.args) ? 'integer' : this.given(call, row.gives));
    }
    const form = formOf(row, call.args) ?? [];
    for (const [i, arg] of call.args.entries()) {
      if (paramAt(form, i).kind !== 'out' || arg.kind !== 'name' || arg.name.includes('.'))
        continue;
      // A variable that was declared keeps its type.
      if (this.kinds.get(arg.name) !== 'record') this.kinds.set(arg.name, 'anything');
    }
  }

  /** `read(conn, person)` gives a structure, `wait(conn)` what conn is. */
  private given(call: Call, gives: NameKind): NameKind {
    const [first, second] = call.args;
    if (call.name === 'wait' && second === undefined && first?.kind === 'name') {
      return this.kinds.get(first.name) ?? 'anything';
    }
    const structured = second?.kind === 'name' && this.names().kindOf(second.name) !== 'integer';
    return gives === 'bytes' && structured ? 'record' : gives;
  }

  private expectation(call: Call, expected: Expected): Wrong | null {
    if (expected.kind === 'state' && !['state', 'wait'].includes(call.name)) {
      return { message: 'only state() and wait() answer with a state', suggestion: null };
    }
    if (expected.kind === 'name' && this.names().kindOf(expected.name) === null) {
      const words = ['blocked', ...this.kinds.keys()];
      const suggestion = nearest(expected.name, words);
      const message = `${expected.name} is no answer: a number, bytes, /regex/, an errno, a state, blocked or ...`;
      return { message, suggestion };
    }
    return null;
  }

  private names(): Names {
    return {
      kindOf: (name) => this.kindOf(name),
      structs: this.structs,
      all: () => [...this.kinds.keys()],
    };
  }

  private kindOf(name: string): NameKind | null {
    const kind = this.kinds.get(name);
    if (kind !== undefined) return kind;
    const [base = name] = name.split(/[.[]/);
    // A field of a structure: any value.
    if (base !== name) return this.kinds.has(base) ? 'anything' : null;
    return this.structs.has(name) ? 'type' : null;
  }

  private unknown(name: string, span: readonly [number, number]): Problem {
    return { span, message: `there is no ${name}`, suggestion: nearest(name, this.kinds.keys()) };
  }
}

function declaredKind(type: string, pointer: boolean, array: boolean): NameKind {
  if (/\bFILE\b/.test(type)) return 'anything';
  if (/\bstruct\b/.test(type) && !pointer) return 'record';
  if (/\bchar\b/.test(type) && (array || pointer)) return 'bytes';
  return 'anything';
}

/** The part of the argument that is wrong, where that can be told. */
function within({ part }: Wrong, [from, to]: readonly [number, number]): readonly [number, number] {
  return part === undefined ? [from, to] : [from + part[0], from + part[1]];
}

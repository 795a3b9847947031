/**
 * Reads a script before it runs: unknown names, constants and calls, and arguments of the wrong
 * kind, each with its place. Nothing is called.
 */
import type { Call } from '../socket/call.ts';
import type { NameKind } from '../socket/calls/kinds.ts';
import { namesGiven } from '../socket/calls/names.ts';
import { formOf, isCounted, paramAt } from '../socket/calls/row.ts';
import { rowOf } from '../socket/calls/row-of.ts';
import { constantNames, errnoNames } from '../socket/names.ts';
import type { KnownStructs, StructDefinition } from '../wire/struct/definition.ts';
import { namesIn } from './answers.ts';
import {
  answerProblem,
  argumentProblem,
  assigned,
  kindOfArg,
  type Problem,
  type Wrong,
} from './check-argument.ts';
import { BlockCheck } from './check-blocks.ts';
import { structOf } from './declare.ts';
import { ANSWERS } from './expectation.ts';
import type { Expected } from './expected.ts';
import { KnownNames } from './known-names.ts';
import type { Span } from './lexer.ts';
import { type Mistake, MOST_MISTAKES, mistakeAt, type ParsedLine, parseScript } from './source.ts';
import type { Declarator, Line, Statement } from './statement.ts';

export interface Checked {
  readonly lines: readonly ParsedLine[];
  /** In the order of their lines; the first hundred. */
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
  const { lines, mistakes, meant } = parseScript(text, structs);
  // Only a mistake asks for it.
  let given: Map<string, number> | null = null;
  const later = (name: string) => {
    given ??= firstGiven(lines);
    return given.get(name);
  };
  const names = new KnownNames(known, structs, later);
  const checker = new Checker(names);
  const blocks = new BlockCheck();
  const found: Mistake[] = [];
  for (const line of lines) {
    if (found.length >= MOST_MISTAKES) break;
    for (const [name, number] of meant) if (number < line.number) names.assume(name);
    // A line that can’t be read may be the one with the brace.
    const braces = mistakes.length === 0 ? blocks.line(line) : [];
    for (const problems of [checker.line(line.line), braces])
      for (const { span, message, suggestion } of problems)
        found.push(mistakeAt(line, span, message, suggestion));
  }
  if (mistakes.length + found.length === 0) found.push(...blocks.unclosed());
  return {
    lines,
    mistakes: [...mistakes, ...found].sort((a, b) => a.line - b.line).slice(0, MOST_MISTAKES),
  };
}

/** The line that first gives a name. */
function firstGiven(lines: readonly ParsedLine[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const { line, number } of lines) {
    for (const name of namesOf(line)) if (!first.has(name)) first.set(name, number);
  }
  return first;
}

function namesOf(line: Line): string[] {
  if (line.kind === 'call') return namesGiven(line.statement.call);
  if (line.kind === 'assign') return [line.target];
  return line.kind === 'declare' ? line.declarators.map(({ name }) => name) : [];
}

class Checker {
  private readonly names: KnownNames;

  constructor(names: KnownNames) {
    this.names = names;
  }

  line(line: Line): Problem[] {
    switch (line.kind) {
      case 'call':
        return this.statement(line.statement);
      case 'struct':
        this.names.structs.set(line.definition.name, line.definition);
        return [];
      case 'declare':
        return this.declare(line);
      case 'assign':
        return this.assign(line);
      case 'zero': {
        const known = this.names.kindOf(line.target) !== null;
        return known ? [] : [{ ...this.names.missing(line.target), span: line.span }];
      }
      case 'c':
        return [];
    }
  }

  private assign({ target, value, span }: Extract<Line, { kind: 'assign' }>): Problem[] {
    const wrong = assigned(value, this.names);
    const field = target.includes('.') && this.names.kindOf(target) === null;
    if (!field) this.names.give(target, kindOfArg(value, this.names), this.typeOfArg(value));
    return [
      ...(field ? [{ ...this.names.missing(target), span: targetSpan(target, span) }] : []),
      ...(wrong === null ? [] : [{ ...wrong, span }]),
    ];
  }

  private typeOfArg(value: Declarator['value']): StructDefinition | null {
    if (value?.kind === 'struct' && value.type !== undefined) return this.names.typeOf(value.type);
    return value?.kind === 'name' ? this.names.typeOf(value.name) : null;
  }

  private declare({ type, declarators, span }: Extract<Line, { kind: 'declare' }>): Problem[] {
    const struct = structOf(type);
    const definition = struct === null ? null : (this.names.structs.get(struct) ?? null);
    const problems: Problem[] = [];
    if (struct !== null && definition === null) {
      problems.push({ ...this.names.missingStruct(struct), span });
    }
    for (const { name, pointer, count, value } of declarators) {
      const wrong = value === null ? null : assigned(value, this.names);
      if (wrong !== null) problems.push({ ...wrong, span });
      const array = count !== null || value?.kind === 'bytes';
      const record = definition !== null && !pointer && count === null;
      this.names.give(name, declaredKind(type, pointer, array), record ? definition : null);
    }
    return problems;
  }

  private statement({ call, spans, expected, expectedSpan, guard }: Statement): Problem[] {
    const problems: Problem[] = [];
    const form = formOf(rowOf(call.name), call.args) ?? [];
    for (const [i, arg] of call.args.entries()) {
      const wrong = argumentProblem(paramAt(form, i), arg, this.names);
      const span = spans[i];
      if (wrong !== null && span !== undefined)
        problems.push({ ...wrong, span: within(wrong, span) });
    }
    const target = call.as?.includes('.') === true && this.names.kindOf(call.as) === null;
    if (target && call.as !== undefined)
      problems.push({ ...this.names.missing(call.as), span: [0, 1] });
    this.define(call);
    const answer =
      guard === undefined
        ? this.expectation(call, expected)
        : argumentProblem({ name: '', kind: 'int' }, guard.right, this.names);
    if (answer !== null) problems.push({ ...answer, span: within(answer, expectedSpan ?? [0, 1]) });
    return problems;
  }

  /** What the call will name, whether it blocks or not. */
  private define(call: Call): void {
    const row = rowOf(call.name);
    const { as } = call;
    if (row.gives === 'pair') {
      for (const name of namesGiven(call)) this.names.give(name, 'socket');
    } else if (as !== undefined) {
      this.give(as, call, isCounted(row, call.args) ? 'integer' : row.gives);
    }
    const form = formOf(row, call.args) ?? [];
    for (const [i, arg] of call.args.entries()) {
      if (paramAt(form, i).kind !== 'out' || arg.kind !== 'name') continue;
      // A variable that was declared keeps its type.
      if (this.names.kindOf(arg.name) !== 'record') this.names.give(arg.name, 'anything');
    }
  }

  /** `read(conn, person)` gives a structure, `wait(conn)` what conn is. */
  private give(as: string, { name, args }: Call, gives: NameKind): void {
    const [first, second] = args;
    if (name === 'wait' && second === undefined && first?.kind === 'name') {
      this.names.give(as, this.names.kindOf(first.name) ?? 'anything', this.typeOfArg(first));
      return;
    }
    const room = second?.kind === 'name' ? this.names.kindOf(second.name) : null;
    const structured = gives === 'bytes' && (room === 'record' || room === 'type');
    if (structured) this.names.give(as, 'record', this.typeOfArg(second ?? null));
    else this.names.give(as, gives);
  }

  private expectation(call: Call, expected: Expected | null): Wrong | null {
    if (expected?.kind === 'state' && !['state', 'wait'].includes(call.name)) {
      return { message: 'only state() and wait() answer with a state', suggestion: null };
    }
    const unknown = namesIn(expected).find((name) => this.names.kindOf(name) === null);
    if (unknown !== undefined) {
      const { suggestion } = this.names.missing(unknown, [
        'blocked',
        ...errnoNames(),
        ...constantNames(),
      ]);
      return { message: `${unknown} is no answer: ${ANSWERS}`, suggestion };
    }
    return answerProblem(expected, this.names);
  }
}

/** The target stands in front of the value that the span is about. */
function targetSpan(target: string, [from]: Span): Span {
  const end = Math.max(target.length, from - 3);
  return [end - target.length, end];
}

function declaredKind(type: string, pointer: boolean, array: boolean): NameKind {
  if (/\bFILE\b/.test(type)) return 'anything';
  if (/\bstruct\b/.test(type) && !pointer && !array) return 'record';
  if (/\bchar\b/.test(type) && (array || pointer)) return 'bytes';
  return 'anything';
}

/** The part of the argument that is wrong, where that can be told. */
function within({ part }: Wrong, [from, to]: Span): Span {
  return part === undefined ? [from, to] : [from + part[0], from + part[1]];
}

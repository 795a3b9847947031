/** print.ts writes what parser.ts reads back to the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine } from '../../src/script/parser.ts';
import { printLine } from '../../src/script/print.ts';
import type { Line } from '../../src/script/statement.ts';
import { callTable } from '../../src/socket/calls/table.ts';
import { callsOf, line, type MadeLine } from '../support/arbitrary-lines.ts';

/** A line without the places where its parts stand. */
function withoutSpans(read: Line | null): unknown {
  if (read === null) return null;
  if (read.kind === 'call') {
    const { spans: _, expectedSpan: __, ...statement } = read.statement;
    return { kind: 'call', statement };
  }
  if (!('span' in read)) return read;
  const { span: _, ...rest } = read;
  return rest;
}

/** A made-up line, with places that nobody looks at. */
function placed(made: MadeLine): Line {
  const span = [0, 0] as const;
  if (made.kind === 'call') return { kind: 'call', statement: { ...made.statement, spans: [] } };
  return made.kind === 'struct' || made.kind === 'c' ? made : { ...made, span };
}

describe('a line that is printed', () => {
  it.each([...callTable.values()].map((row) => [row.name, row] as const))(
    'is read back to the same: %s in all its forms',
    (_, row) => {
      fc.assert(
        fc.property(callsOf(row), (call) => {
          const made = { kind: 'call', statement: { call, expected: null } } as const;
          expect(withoutSpans(parseLine(printLine(placed(made))))).toEqual(made);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('is read back to the same, whatever kind of line it is', () => {
    fc.assert(
      fc.property(line, (made) => {
        expect(withoutSpans(parseLine(printLine(placed(made))))).toEqual(made);
      }),
      { numRuns: 3000 },
    );
  });

  it('means the same with blanks, semicolons and a comment around it', () => {
    fc.assert(
      fc.property(line, (made) => {
        const text = printLine(placed(made));
        // Of a structure, what stands behind its closing brace is part of its definition.
        const more = made.kind === 'struct' ? ` ; # ${text}` : ` ; ;; # ${text}`;
        expect(withoutSpans(parseLine(`\t ${text}${more}`))).toEqual(made);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a line that was typed', () => {
  it.each([
    ['bind server 127.0.0.1:8888 = 0;', 'bind(server, 127.0.0.1:8888) = 0'],
    ['x=read(s,0x40)="a"*40...', 'x = read(s, 64) = "a" * 40...'],
    ['a,b=socketpair AF_UNIX SOCK_STREAM 0', 'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)'],
    ['bind(s, (struct sockaddr*) &a, sizeof(a));', 'bind(s, &a, sizeof(a))'],
    ['if((fd=accept(s))<0){', 'if ((fd = accept(s)) < 0) {'],
    ['if (read(s, 4) != sizeof(m)) exit(1);', 'if (read(s, 4) != sizeof(m)) { exit(1); }'],
    ['wait s FIN_WAIT_2 1.5s', 'wait(s, FIN-WAIT-2, 1500ms)'],
    ['int  a , * b=NULL', 'int a, *b = NULL;'],
    ['x = (struct person) {"Ann", 33}', 'x = person{"Ann", 33}'],
    ['write(s, "x") = -1 EPIPE (Broken pipe)', 'write(s, "x") = EPIPE'],
    ['bzero(a, 5)', 'memset(&a, 0, sizeof(a));'],
    ['}else{', '} else {'],
  ])('%s is printed as %s', (typed, printed) => {
    const read = parseLine(typed);
    expect(read && printLine(read)).toBe(printed);
  });
});

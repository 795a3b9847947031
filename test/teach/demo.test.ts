import { afterAll, describe, expect, it } from 'vitest';
import { Evaluator } from '../../src/script/evaluate.ts';
import { parseLine, parseStatement } from '../../src/script/parser.ts';
import type { Line, Statement } from '../../src/script/statement.ts';
import { demo } from '../../src/teach/demo.ts';
import { TestSession } from '../support/session.ts';

const session = new TestSession();
afterAll(() => session.close());

function parsed(line: string): Statement {
  const statement = parseStatement(line);
  if (statement === null) throw new Error(`no statement: ${line}`);
  return statement;
}

function lineOf(text: string): Line {
  const line = parseLine(text);
  if (line === null) throw new Error(`no line: ${text}`);
  return line;
}

describe('the demo', () => {
  it('has a title, words and statements in every scene', () => {
    expect(demo.length).toBeGreaterThan(5);
    for (const { title, words, statements } of demo) {
      expect(title).not.toBe('');
      expect(words).toMatch(/[.”]$/);
      expect(statements.map(parsed)).not.toHaveLength(0);
    }
  });

  it('does on real sockets what it says', async () => {
    const evaluator = new Evaluator(session);
    for (const { statements, until } of demo) {
      for (const text of statements) {
        const { job, mismatch, finished } = await evaluator.run(lineOf(text));
        expect([text, job?.blocked, mismatch, await finished]).toEqual([text, null, null, null]);
        // Without an expectation it must succeed all the same.
        if (parsed(text).expected === null)
          expect([text, (await job?.step)?.outcome.kind]).toEqual([text, 'value']);
      }
      if (until !== undefined) await session.reach(until.socket, until.state);
    }
    expect(session.jobs()).toEqual([]);
    expect(session.sockets.openOnes()).toEqual([]);
  });
});

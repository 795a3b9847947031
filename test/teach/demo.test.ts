import { afterAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../src/script/evaluate.ts';
import { parseStatement } from '../../src/script/parser.ts';
import type { Statement } from '../../src/script/statement.ts';
import { demo } from '../../src/teach/demo.ts';
import { TestSession } from '../support/session.ts';

const session = new TestSession();
afterAll(() => session.close());

function parsed(line: string): Statement {
  const statement = parseStatement(line);
  if (statement === null) throw new Error(`no statement: ${line}`);
  return statement;
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
    for (const { statements, until } of demo) {
      for (const line of statements) {
        const statement = parsed(line);
        const { job, mismatch, finished } = await evaluate(session, statement);
        expect([line, job.blocked, mismatch, await finished]).toEqual([line, null, null, null]);
        // Without an expectation it must succeed all the same.
        if (statement.expected === null)
          expect([line, (await job.step).outcome.kind]).toEqual([line, 'value']);
      }
      if (until !== undefined) await session.reach(until.socket, until.state);
    }
    expect(session.jobs()).toEqual([]);
    expect(session.sockets.openOnes()).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callTable } from '../../../src/socket/calls/table.ts';
import { questionsFor } from '../../../src/teach/predict/question.ts';
import { evidenceOf } from '../../../src/teach/why/evidence.ts';
import { callOf, TestSession } from '../../support/session.ts';
import { CONNECTION, LISTENER, made, UDP } from '../../support/why.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

const asked = (statement: string) => questionsFor(callOf(statement), evidenceOf(session));
/** What is asked for: `result`, and the sockets whose state is. */
const about = (statement: string) =>
  asked(statement).map((question) => (question.kind === 'state' ? question.socket : 'result'));

describe('what is asked', () => {
  it('of every call: what it returns, and how that can be written', () => {
    const forms = [
      ['server = socket(AF_INET, SOCK_STREAM, 0)', 'fd, an errno'],
      ['a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)', '0, an errno'],
      ['bind(server, 127.0.0.1:0)', '0, an errno'],
      ['accept(server)', 'fd, blocked, an errno'],
      ['connect(client, server)', '0, blocked, an errno'],
      ['read(conn, 64)', 'the bytes, how many, EOF, blocked, an errno'],
      ['write(client, "x")', 'how many bytes, blocked, an errno'],
      ['getsockname(client)', 'the address, an errno'],
      ['htons(8888)', 'a number'],
      ['f = fdopen(client, "r")', 'ok, an errno'],
    ];
    const told = forms.map(([statement = '']) => asked(statement)[0]?.form);
    expect(told).toEqual(forms.map(([, form]) => form));
    expect(asked('a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)')[0]?.text).toBe(
      'What does socketpair(AF_UNIX, SOCK_STREAM, 0) return?',
    );
  });

  it('of the states that the call can change, also at the other end', async () => {
    await session.all(...CONNECTION, made('fresh'));
    expect(about('listen(fresh, 1)')).toEqual(['result', 'fresh']);
    expect(about('connect(fresh, server)')).toEqual(['result', 'fresh']);
    expect(about('next = accept(server)')).toEqual(['result', 'next']);
    expect(about('shutdown(client, SHUT_WR)')).toEqual(['result', 'client', 'conn']);
    expect(about('close(conn)')).toEqual(['result', 'conn', 'client']);
    await session.do('f = fdopen(conn, "w")');
    expect(about('fclose(f)')).toEqual(['result', 'conn', 'client']);
  });

  it('not of states that there are not, or of a name that nobody gives', async () => {
    await session.all(...LISTENER, UDP, made('x', 'AF_UNIX'));
    for (const statement of ['close(u)', 'listen(x, 1)', 'accept(server)', 'read(server, 1)'])
      expect(about(statement)).toEqual(['result']);
    await session.all(...CONNECTION.slice(3), 'close(client)', 'close(conn)');
    expect(about('close(client)')).not.toContain('conn');
  });

  it('not of the questions that socklab’s own calls are', () => {
    const asking = [...callTable.values()].filter(({ kind }) => kind === 'asking');
    expect(asking.map(({ name }) => name)).toContain('state');
    for (const { example } of asking) expect(asked(example)).toEqual([]);
  });
});

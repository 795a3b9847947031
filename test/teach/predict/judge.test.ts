import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAnswer } from '../../../src/teach/predict/answer.ts';
import { type Came, type Judgement, judge } from '../../../src/teach/predict/judge.ts';
import { questionsFor } from '../../../src/teach/predict/question.ts';
import { NO_SCORE, scored, scoreText } from '../../../src/teach/predict/score.ts';
import { evidenceOf } from '../../../src/teach/why/evidence.ts';
import { callOf, TestSession } from '../../support/session.ts';
import { CONNECTION, LISTENER, made, UDP } from '../../support/why.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

/** Predicts, makes the call, and is judged: one answer for each question. */
async function judged(statement: string, ...answers: string[]): Promise<(Judgement | null)[]> {
  const questions = questionsFor(callOf(statement), evidenceOf(session));
  expect(questions).toHaveLength(answers.length);
  const read = questions.map((question, i) => readAnswer(question, answers[i] ?? ''));
  const job = session.begin(statement);
  await job.settled;
  const came: Came =
    job.blocked === null
      ? { kind: 'returned', step: await job.step }
      : { kind: 'blocked', blocked: job.blocked };
  const after = { ...evidenceOf(session), valueOf: (name: string) => session.scope.valueOf(name) };
  return questions.map((question, i) =>
    judge(question, read[i] ?? expect.fail(`${answers[i]} is no answer`), came, after),
  );
}

const right = async (statement: string, ...answers: string[]) =>
  (await judged(statement, ...answers)).map((judgement) => judgement?.right ?? null);

/** The only question of a statement that changes nothing, with each of these answers. */
async function each(statement: string, answers: readonly string[]): Promise<string[]> {
  const met = [];
  for (const answer of answers) if ((await right(statement, answer))[0]) met.push(answer);
  return met;
}

describe('what a call returns', () => {
  it('can be said in several ways', async () => {
    await session.all(...CONNECTION);
    const success = ['0', 'ok', 'OK', '= 0', '0;', 'succeeds'];
    const others = ['-1', 'error', '1', 'fd', 'blocked', 'EINVAL', '"x"'];
    const statement = 'setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, 1)';
    expect(await each(statement, [...success, ...others])).toEqual(success);
    const failure = ['EINVAL', 'einval', '-1', 'error', '-1 EINVAL (Invalid argument)', 'fails'];
    const bind = 'bind(client, 127.0.0.1:0)';
    expect(await each(bind, [...failure, '0', 'ok', 'EADDRINUSE', 'blocked'])).toEqual(failure);
  });

  it('a descriptor is fd, whatever its number', async () => {
    expect(await right(made('a'), 'fd')).toEqual([true]);
    const fd = session.sockets.get('a')?.fd ?? -1;
    await session.do('close(a)');
    // socket(2): the lowest number that is free.
    expect(await right(made('b'), String(fd))).toEqual([true]);
    expect(await right(made('c'), String(fd))).toEqual([false]);
    expect(await right('bind(c, 127.0.0.1:0)', 'fd')).toEqual([false]);
  });

  it('bytes are the bytes, how many, or their text', async () => {
    await session.all(...CONNECTION, 'write(client, "hello\\n")');
    const met = ['"hello\\n"', '6', 'hello', 'hex"68 65 6c 6c 6f 0a"', '"hel"...', '/^hell/', 'ok'];
    const unmet = ['"hello"', '5', 'help', '0', 'EOF', 'blocked'];
    const peek = 'recv(conn, 64, MSG_PEEK)';
    expect(await each(peek, [...met, ...unmet])).toEqual(met);
    await session.all('read(conn, 64)', 'close(client)');
    const end = ['0', 'EOF', '""', 'end of file'];
    expect(await each('read(conn, 64)', [...end, '1', 'ECONNRESET'])).toEqual(end);
  });

  it('also what a C function returns beside its value, and what a name stands for', async () => {
    await session.all(...CONNECTION);
    const option = 'getsockopt(client, SOL_SOCKET, SO_KEEPALIVE)';
    await session.do('setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, 1)');
    expect(await each(option, ['1', '0', '2'])).toEqual(['1', '0']);
    const local = session.snapshots().find(({ socket }) => socket === 'client')?.local ?? '';
    expect(await each('getsockname(client)', [local, '0', '127.0.0.1:1'])).toEqual([local, '0']);
    expect(await each('poll(client, POLLOUT)', ['POLLOUT', '1', 'POLLIN'])).toEqual([
      'POLLOUT',
      '1',
    ]);
  });

  it('a call that is blocked is blocked, and nothing else', async () => {
    await session.all(...CONNECTION);
    for (const answer of ['blocked', 'blocks', 'waits'])
      expect(await right('read(conn, 1)', answer)).toEqual([true]);
    const [miss] = await judged('read(conn, 1)', '1');
    expect(miss).toMatchObject({ right: false, was: 'it is blocked' });
    expect(miss?.why).toMatch(/^client, its peer, has sent nothing/);
  });

  it('a miss is explained, where the step does not say it itself', async () => {
    await session.all(...CONNECTION, 'write(client, "x")');
    const [taken] = await judged('write(client, "hello")', 'blocked');
    expect(taken).toMatchObject({
      was: 'it returned 5',
      why: expect.stringContaining('taken the bytes'),
    });
    await session.all('read(conn, 9)', 'shutdown(client, SHUT_WR)');
    const [end] = await judged('read(conn, 9)', 'blocked');
    expect(end?.why).toContain('its peer has sent FIN');
    const [refused] = await judged('bind(client, 127.0.0.1:0)', '0');
    expect(refused).toMatchObject({ was: 'it failed with EINVAL (Invalid argument)', why: null });
  });
});

describe('which state follows', () => {
  it('through the life of a connection', async () => {
    await session.do(made('server'));
    expect(await right('listen(server, 1)', '0', 'listen')).toEqual([true, true]);
    await session.do(made('client'));
    expect(await right('connect(client, server)', '0', 'Established')).toEqual([true, true]);
    expect(await right('conn = accept(server)', 'fd', 'ESTABLISHED')).toEqual([true, true]);
    const half = await right('shutdown(client, SHUT_WR)', '0', 'FIN_WAIT_1', 'close wait');
    expect(half).toEqual([true, true, true]);
    const ending = await right('close(conn)', '0', 'CLOSED', 'TIME-WAIT');
    expect(ending).toEqual([true, true, true]);
  });

  it('a FIN that is acknowledged sooner or later: both states are right', async () => {
    await session.all(...CONNECTION);
    expect(await right('shutdown(client, SHUT_WR)', '', 'FIN-WAIT-2', '')).toEqual([
      null,
      true,
      null,
    ]);
    expect(await right('shutdown(conn, SHUT_WR)', '', 'LAST-ACK', '')).toEqual([null, true, null]);
  });

  it('a reset passes through none of them', async () => {
    await session.all(...CONNECTION, 'write(client, "unread")', 'shutdown(client, SHUT_WR)');
    const [, conn, client] = await judged('close(conn)', '0', 'LAST-ACK', 'TIME-WAIT');
    expect([conn?.right, client?.right]).toEqual([false, false]);
    expect(conn).toMatchObject({
      was: 'conn is CLOSED',
      why: expect.stringMatching(/^unread data was left/),
    });
  });

  it('SO_LINGER {1, 0} passes through none either', async () => {
    await session.all(...CONNECTION, 'setsockopt(conn, SOL_SOCKET, SO_LINGER, {1, 0})');
    const [, conn] = await judged('close(conn)', '0', 'LAST-ACK', '');
    expect(conn).toMatchObject({ right: false, why: 'a reset (RST) ends a connection at once.' });
  });

  it('same says that it does not change', async () => {
    await session.all(...CONNECTION);
    const read = 'shutdown(client, SHUT_RD)';
    expect(await right(read, '0', 'same', 'unchanged')).toEqual([true, true, true]);
    const [, miss] = await judged(read, '0', 'CLOSE-WAIT', '');
    expect(miss?.why).toBe('shutdown() does not change it here.');
  });

  it('of a connect() that is blocked: SYN-SENT', async () => {
    await session.all(
      made('s'),
      'bind(s, 127.0.0.1:0)',
      'listen(s, 0)',
      made('a'),
      'connect(a, s)',
    );
    await session.do(made('b'));
    expect(await right('connect(b, s)', 'blocked', 'SYN-SENT')).toEqual([true, true]);
  });

  it('of a socket that an accept() has yet to give, nothing is judged', async () => {
    await session.all(...LISTENER);
    expect(await right('conn = accept(server)', 'blocked', 'ESTABLISHED')).toEqual([true, null]);
  });
});

describe('an answer', () => {
  const [result, state] = [
    { kind: 'result', call: callOf('listen(s, 1)'), text: '', form: '' },
    { kind: 'state', call: callOf('listen(s, 1)'), text: '', form: '', socket: 's', before: null },
  ] as const;

  it.each(['listen(server, 2)', 'hello', '"open', '...', 'ESTABLISHED', 'EFOO', '1 2', '.'])(
    '%s is none to what listen() returns',
    (typed) => {
      expect(readAnswer(result, typed)).toBeNull();
    },
  );

  it.each(['0', 'ok', 'ESTABLISH', 'FIN-WAIT', 'blocked'])('%s is no state', (typed) => {
    expect(readAnswer(state, typed)).toBeNull();
  });

  it('is skipped with Enter', () => {
    for (const question of [result, state])
      expect(readAnswer(question, '  ')).toEqual({ kind: 'skipped' });
  });
});

describe('the score', () => {
  it('counts what was right of what was asked, by kind', async () => {
    let score = NO_SCORE;
    expect(scoreText(score)).toBe('no prediction was made yet');
    await session.all(UDP, made('s'));
    const all = [
      ...(await judged('listen(s, 1)', '0', 'CLOSED')),
      ...(await judged('close(u)', '')),
    ];
    for (const judgement of all) if (judgement !== null) score = scored(score, judgement);
    expect(scoreText(score)).toBe('right 1 of 2: what returns 1 of 1, states 0 of 1');
  });
});

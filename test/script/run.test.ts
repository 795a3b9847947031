/** Scripts that are run: how each line ends, and the script. */
import { describe, expect, it } from 'vitest';
import { type Result, runScript } from '../../src/script/run.ts';
import { parseScript } from '../../src/script/source.ts';
import { failures, runText, TCP } from '../support/scripts.ts';
import { TestSession } from '../support/session.ts';

/** Runs lines that were not checked: what the check would tell is told when their turn comes. */
async function unchecked(text: string, keepGoing = false): Promise<readonly Result[]> {
  const session = new TestSession();
  try {
    const results: Result[] = [];
    const { lines } = parseScript(text, session.scope.structs);
    await runScript(session, lines, { timeoutMs: 100, keepGoing }, (result) => {
      results.push(result);
    });
    return results;
  } finally {
    session.close();
  }
}

const verdicts = (results: readonly Result[]) => results.map(({ verdict }) => verdict);

describe('a call that blocks', () => {
  it('is ended when its time is over, and what it waited for is told', async () => {
    const { results, summary } = await runText(`${TCP}read(conn, 1) = "x"`, { timeoutMs: 30 });
    expect(results.at(-1)).toMatchObject({
      verdict: 'late',
      mismatch: { expected: '"x"', actual: 'blocked for 30 ms: nothing has arrived yet' },
    });
    expect(results.at(-1)?.step?.outcome).toMatchObject({ error: { code: 'ETIMEDOUT' } });
    expect(results.at(-1)?.sockets.map(({ socket }) => socket)).toEqual(['conn']);
    expect(summary).toMatchObject({ failed: 1, verdict: 'late' });
  });

  it('is late whatever is expected of it, but blocked', async () => {
    for (const expected of ['', ' = ...', ' = -1', ' = ETIMEDOUT', ' = EOF']) {
      const { results } = await runText(`${TCP}read(conn, 1)${expected}`, { timeoutMs: 10 });
      expect([expected, results.at(-1)?.verdict]).toEqual([expected, 'late']);
    }
    const { summary } = await runText(`${TCP}read(conn, 1) = blocked`, { timeoutMs: 10 });
    expect(summary.verdict).toBe('met');
  });

  it.each([
    ['sleep(60ms)'],
    ['wait(client, TIME-WAIT, 60ms) = ETIMEDOUT'],
    ['poll(conn, POLLIN, 60) = 0'],
    ['poll(conn, POLLIN, 60ms) = 0'],
    ['poll(conn, POLLIN, t) = 0'],
  ])('may take the time that it says itself: %s', async (line) => {
    const run = await runText(`${TCP}t = 60\n${line}`, { timeoutMs: 40 });
    expect(failures(run)).toEqual([]);
    expect(run.results.at(-1)?.tookMs).toBeGreaterThan(55);
  });

  it('without a time of its own waits for a state as long as any other call', async () => {
    const { results } = await runText(`${TCP}wait(client, TIME-WAIT)`, { timeoutMs: 20 });
    expect(results.at(-1)).toMatchObject({
      verdict: 'late',
      mismatch: { actual: 'blocked for 20 ms: client is ESTABLISHED' },
    });
  });

  it('is waited for where a later call uses the name that it gives', async () => {
    const script = `${TCP}data = read(conn, 9) = blocked
n = write(conn, data) = blocked
write(client, "echo")
read(client, 9) = "echo"
wait(n) = 4`;
    expect(failures(await runText(script))).toEqual([]);
  });

  it('that never gives its name makes the call that waits for it late', async () => {
    const { results } = await runText(
      `${TCP}more = accept(server) = blocked\nwrite(more, "x") = 1`,
      {
        timeoutMs: 20,
      },
    );
    expect(results.at(-1)).toMatchObject({
      verdict: 'late',
      mismatch: { expected: '1', actual: 'blocked for 20 ms: more comes when [1] returns' },
    });
  });

  it('that was cancelled leaves its name unknown: who uses it is refused, and told why', async () => {
    const { results } = await runText(`${TCP}more = accept(server) = blocked
cancel(more)
write(more, "x") = 1`);
    expect(results.at(-1)).toMatchObject({
      verdict: 'refused',
      span: [6, 10],
      step: null,
      mismatch: { actual: 'there is no more: accept() failed with EINTR' },
    });
  });

  it('is over when the script is, and nothing is left behind', async () => {
    const { session, summary } = await runText(`${TCP}data = read(conn, 1) = blocked`);
    expect(summary.verdict).toBe('met');
    expect(session.sockets.openOnes()).toEqual([]);
  });

  it('with both ends in one script is stuck for its time at most', async () => {
    const stuck = [
      'accept(server)',
      'recvall(conn)',
      'recvuntil(conn, "\\n")',
      'fgets(fin)',
      'recvn(conn, 9)',
      'recv(client, 9, MSG_WAITALL)',
      'poll(conn, POLLIN)',
      'wait(conn, CLOSED)',
    ];
    for (const line of stuck) {
      const script = `${TCP}fin = fdopen(conn, "r")\n${line}`;
      const { results } = await runText(script, { timeoutMs: 20 });
      expect([line, results.at(-1)?.verdict]).toEqual([line, 'late']);
      expect(results.at(-1)?.tookMs).toBeLessThan(2000);
    }
  });
});

describe('a line that fails', () => {
  it('ends the script', async () => {
    const { results, summary } = await runText(`${TCP}listen(server, 1) = 5\nlisten(server, 1)`);
    expect(results).toHaveLength(8);
    expect(summary).toEqual({ statements: 8, expected: 1, failed: 1, verdict: 'unmet' });
  });

  it('does not end it with keepGoing; the worst of all is told', async () => {
    const { results, summary } = await runText(
      `${TCP}read(conn, 1) = "x"\nlisten(server, 1) = 5\nlisten(server, 1) = 0\nread(conn, 1)`,
      { keepGoing: true, timeoutMs: 10 },
    );
    expect(verdicts(results).slice(-4)).toEqual(['late', 'unmet', 'met', 'late']);
    expect(summary).toEqual({ statements: 11, expected: 3, failed: 3, verdict: 'unmet' });
  });

  it('is told with the sockets that it names, as they are then', async () => {
    const { results } = await runText(`${TCP}bind(client, server) = 0`);
    const [server, client] = results.at(-1)?.sockets ?? [];
    expect([server?.socket, server?.state]).toEqual(['server', 'LISTEN']);
    expect([client?.socket, client?.state]).toEqual(['client', 'ESTABLISHED']);
    const file = await runText(`${TCP}f = fdopen(conn, "r")\nclose(client)\nfgets(f) = "x"`);
    expect(file.results.at(-1)?.sockets.map(({ socket }) => socket)).toEqual(['conn']);
  });

  it.each<[line: string, actual: RegExp, span: readonly [number, number] | null]>([
    ['close(sever)', /there is no sever.*did you mean server\?$/, [6, 11]],
    ['listen(server, sever)', /there is no sever/, [15, 20]],
    ['socket(AF_INET, SOCKET_STREAM, 0)', /did you mean SOCK_STREAM\?$/, [16, 29]],
    ['bind(server, host:80)', /the kernel knows no names/, [13, 20]],
    ['listen(server, 1) = blokced', /blokced is no answer.*did you mean blocked\?$/, [20, 27]],
    ['x = nobody', /nobody stands for no value/, [4, 10]],
    ['struct persn p;', /there is no struct persn/, [0, 14]],
    ['char x[0];', /an array of none/, [0, 9]],
    ['memset(&x, 0, 1);', /no memory of the name x/, [0, 16]],
    ['a.sin_port = htons(80)', /no structure a/, null],
    ['if (listen(server, 1) < "x") {', /compared with a number/, null],
  ])('where its turn comes and it makes no sense is refused: %s', async (line, actual, span) => {
    const [, refused, ...more] = await unchecked(
      `server = socket(AF_INET, SOCK_STREAM, 0)\n${line}\nclose(server)`,
    );
    expect(more).toEqual([]);
    expect(refused).toMatchObject({
      verdict: 'refused',
      step: null,
      mismatch: { expected: 'a call that can be made', actual: expect.stringMatching(actual) },
    });
    expect(refused?.span).toEqual(span);
  });
});

describe('C code', () => {
  const taken = 'if (connect(server, server) < 0) {';

  it.each([
    [`${taken} perror("connect"); exit(1); }`, /^if /],
    [`${taken}\nperror("connect");\nexit(1);\n}`, /^exit/],
    [`${taken}\nreturn -1;\n}`, /^return/],
    [`${taken}\nexit(EXIT_FAILURE);\n}`, /^exit/],
    [`if (listen(server, 1) != 0) {\n} else {\nexit(2);\n}`, /^exit/],
  ])('that ends because a call failed is unmet: %j', async (text, at) => {
    const { results, summary } = await runText(`${TCP}${text}\nclose(server)`);
    const last = results.at(-1);
    expect(last?.verdict).toBe('unmet');
    expect(last?.line.text).toMatch(at);
    expect(last?.notes.at(-1)).toMatch(/a C program would end here$/);
    expect(summary.verdict).toBe('unmet');
    expect(results.map(({ line }) => line.text)).not.toContain('close(server)');
  });

  it('says what would have had to come', async () => {
    const { results } = await runText(`${TCP}${taken}\nexit(1);\n}`);
    expect(results.at(-1)?.mismatch).toEqual({
      expected: '>= 0',
      actual: 'EISCONN (Transport endpoint is already connected)',
    });
  });

  it.each([
    `${taken} exit(0); }`,
    `${taken}\nexit(0);\n}`,
    `${taken}\nreturn;\n}`,
    `${taken}\nexit(EXIT_SUCCESS);\n}`,
  ])('that ends well ends the script well: %j', async (text) => {
    const { results, summary } = await runText(`${TCP}${text}\nlisten(server, 1) = 5`);
    expect(failures({ results, summary, session: new TestSession() })).toEqual([]);
    expect(summary).toMatchObject({ statements: 8, failed: 0, verdict: 'met' });
  });

  it('whose checks all hold goes on, to the end of main()', async () => {
    const run = await runText(`int main(void)\n{\n${TCP}
if (listen(server, 2) < 0) {\nperror("listen");\nexit(1);\n}
write(client, "x") = 1\nreturn 0;\n}`);
    expect(failures(run)).toEqual([]);
    expect(run.summary).toMatchObject({ statements: 9, verdict: 'met' });
  });

  it('whose guarded call blocks is decided when it returns', async () => {
    const bad = `${TCP}data = read(conn, 9) = blocked
if ((again = accept(server)) < 0) {\nperror("accept");\nexit(1);\n}`;
    const late = await runText(bad, { timeoutMs: 20 });
    expect(late.results.at(-1)).toMatchObject({ verdict: 'late' });
    const slow = `${TCP}setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, {0, 20000})
if (read(conn, 9) < 0) { perror("read"); exit(1); }`;
    const { results } = await runText(slow);
    expect(results.at(-1)).toMatchObject({
      verdict: 'unmet',
      notes: ['read: Resource temporarily unavailable', 'exit(1): a C program would end here'],
    });
    const block = slow.replace('{ perror("read"); exit(1); }', '{\nexit(1);\n}');
    expect((await runText(block)).results.at(-1)).toMatchObject({
      verdict: 'unmet',
      mismatch: { expected: '>= 0', actual: expect.stringMatching(/^EAGAIN/) },
    });
  });
});

describe('whoever is told of each line', () => {
  it('may take time: the next one waits', async () => {
    const session = new TestSession();
    try {
      const { lines } = parseScript('s = socket(AF_INET, SOCK_STREAM, 0)\nclose(s)', new Map());
      const order: string[] = [];
      await runScript(session, lines, { timeoutMs: 1000, keepGoing: false }, async ({ line }) => {
        order.push(`begin ${line.number}`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`end ${line.number}`);
      });
      expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
    } finally {
      session.close();
    }
  });
});

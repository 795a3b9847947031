import { describe, expect, it } from 'vitest';
import { dial, listener } from '../../support/peer.ts';
import { type Program, run, socklab, start } from '../../support/program.ts';

const LISTENER = `server = socket(AF_INET, SOCK_STREAM, 0)
bind(server, 127.0.0.1:0) = 0
listen(server, 5) = 0
`;
const CLIENT = `client = socket(AF_INET, SOCK_STREAM, 0)
connect(client, server) = 0
`;

/** Runs statements; blocked calls may take a moment at the end. */
async function repl(statements: string, ...args: string[]) {
  const { code, stdout, stderr } = await run(['repl', '--timeout', '200ms', ...args], statements);
  return { code, stderr, text: stdout.toString() };
}

/** Where the REPL's `server` listens, once it does. */
async function address(program: Program): Promise<string> {
  const local = /server +local +— → (\S+)[\s\S]*CLOSED → LISTEN/;
  const [, found = ''] = await program.until('the address', () =>
    local.exec(program.stdout.toString()),
  );
  return found;
}

describe('the REPL from a pipe', () => {
  it('makes one call after the other, and answers on stdout', async () => {
    const { code, stderr, text } = await repl(
      `${LISTENER}${CLIENT}conn = accept(server)
write(client, "hello\\n") = 6
read(conn, 64) = "hello\\n"
shutdown(client, SHUT_WR)
read(conn, 64) = ""   # end of file
close(conn)
close(client)
`,
    );
    expect([code, stderr]).toEqual([0, '']);
    const calls = [...text.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
    expect(calls.join(' ')).toBe(
      'socket bind listen socket connect accept write read shutdown read close close',
    );
    expect(text).toContain('client   CLOSED → ESTABLISHED');
  });

  it('reads without a line’s end at the end, and with CRLF', async () => {
    const { code, text } = await repl('a = socket(AF_INET, SOCK_STREAM, 0)\r\nclose(a) = 0');
    expect(code).toBe(0);
    expect(text).toMatch(/^ {2}close\(\d+\) = 0/m);
  });

  it('nothing to do is no mistake', async () => {
    expect(await repl('')).toEqual({ code: 0, stderr: '', text: '' });
    expect(await repl('\n# a comment\n\n')).toEqual({ code: 0, stderr: '', text: '' });
  });

  it('an expectation that is not met exits 1, and the rest is still done', async () => {
    const { code, text } = await repl(`${LISTENER}listen(server, 5) = EINVAL\nclose(server)\n`);
    expect(text).toContain('expected EINVAL, and 0 came');
    expect(text).toMatch(/^ {2}close\(\d+\) = 0/m);
    expect(code).toBe(1);
  });

  it('a refusal that nobody expected is an answer like any other', async () => {
    const { code, text } = await repl(`${LISTENER}bind(server, 127.0.0.1:0)\n`);
    expect(text).toContain('-1 EINVAL (Invalid argument)');
    expect(code).toBe(0);
  });

  it('a statement that can’t be understood exits 2, whatever else happened', async () => {
    const { code, text, stderr } = await repl(
      `${LISTENER}listne(server, 5)\nlisten(server, 5) = 1\n`,
    );
    expect(text).toContain('  listne(server, 5)\n  ^^^^^^\n');
    expect(text).toContain('did you mean listen?');
    expect([code, stderr]).toEqual([2, '']);
  });

  it('.commands work, and an unknown one exits 2', async () => {
    const { code, text } = await repl(`${LISTENER}.state\n.jobs\n.help listen\n.next\n.stats\n`);
    for (const part of ['LISTEN', 'no call is blocked', 'int listen(', 'needs a terminal'])
      expect(text).toContain(part);
    expect(text).toContain('did you mean .state?');
    expect(code).toBe(2);
  });

  it('.quit ends it: what follows is not done', async () => {
    const { code, text } = await repl(`${LISTENER}.quit\nclose(server)\n`);
    expect(text).not.toContain('close');
    expect(code).toBe(0);
  });
});

describe('calls that block, from a pipe', () => {
  it('are jobs, and the statements behind them are made', async () => {
    const { code, text } = await repl(
      `${LISTENER}conn = accept(server) = blocked
${CLIENT}read(conn, 64) = blocked
write(client, "hello") = 5
close(client)
`,
    );
    expect(text).toMatch(/blocked: nobody has connected yet +\[1\]/);
    expect(text).toMatch(/^ {2}\[1\] accept\(\d+\) = \d+ /m);
    expect(text).toMatch(/^ {2}read\(\d+, …, 64\) … +blocked: .* +\[2\]$/m);
    expect(text).toMatch(/^ {2}\[2\] read\(\d+, "hello", 64\) = 5/m);
    expect(code).toBe(0);
  });

  it('an accept that waits is answered before the next statement is made', async () => {
    const { code, text } = await repl(
      `${LISTENER}first = accept(server) = blocked
${CLIENT}.jobs
getpeername(first) = ...
`,
    );
    expect(text).toContain('no call is blocked');
    expect(text).not.toContain('[2]');
    expect(code).toBe(0);
  });

  it('one that is still blocked when --timeout is over is ended, with 5', async () => {
    const { code, text } = await repl(`${LISTENER}conn = accept(server)\n`);
    expect(text).toMatch(/^ {2}\[1\] accept\(\d+\) = -1 EINTR \(/m);
    expect(code).toBe(5);
  });

  it('an expectation counts although the answer comes late', async () => {
    const { code, text } = await repl(
      `${LISTENER}${CLIENT}conn = accept(server)
read(conn, 64) = "expected"
write(client, "other")
`,
    );
    expect(text).toContain('expected "expected", and "other" came');
    expect(code).toBe(1);
  });

  it('a name that a blocked call will give is waited for', async () => {
    const program = socklab(['repl']);
    program.end(`${LISTENER}conn = accept(server)\nwrite(conn, "hello") = 5\n`);
    await program.says('conn comes when [1] returns');
    const client = await dial(await address(program));
    expect((await client.end()).toString()).toBe('hello');
    const { code, stdout } = await program.exit();
    expect(stdout.toString()).toMatch(/^ {2}\[2\] write\(\d+, "hello", 5\) = 5/m);
    expect(code).toBe(0);
  });

  it('a mistake that is noticed late counts as well', async () => {
    const program = socklab(['repl']);
    program.end(`${LISTENER}conn = accept(server)\nlisten(conn, "many")\n`);
    await program.says('conn comes when [1] returns');
    const client = await dial(await address(program));
    await client.end();
    const { code, stdout } = await program.exit();
    expect(stdout.toString()).toContain('listen(conn, "many")\n               ^^^^^^\n');
    expect(code).toBe(2);
  });

  it('= blocked where the call does not block is not met', async () => {
    const { code, text } = await repl(`${LISTENER}listen(server, 1) = blocked\n`);
    expect(text).toContain('expected blocked, and 0 came');
    expect(code).toBe(1);
  });
});

describe('nonsense', () => {
  /** The same nonsense in every run: xorshift32. */
  function garbage(lines: number): string {
    let state = 0x5eed_1234;
    const next = (below: number) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    const scraps = [
      ...['server', 'socket', 'bind', 'accept(', 'read', 'AF_INET', '=', '= =', '(', ')', ',', '"'],
      ...[
        '"\\x',
        '{',
        '}',
        '|',
        '*',
        '99999999999999999999',
        '-1',
        '0x',
        'hex"zz"',
        '127.0.0.1:',
        '/(',
      ],
      ...[
        '::',
        '.',
        '...',
        '$',
        '\\',
        '\0',
        '\x1b[2J',
        '\u202e',
        'ä',
        '😀',
        '\t',
        ';',
        'SOCK_STREAM',
        'NULL',
      ],
    ];
    const line = () =>
      Array.from({ length: 1 + next(8) }, () => scraps[next(scraps.length)]).join(
        next(2) ? ' ' : '',
      );
    // A line that is only dots or blanks could be right; an unclosed bracket never is.
    return Array.from({ length: lines }, () => `${line()}((\n`).join('');
  }

  it('never leads to a stack trace, and the next statement is made as ever', async () => {
    const { code, text, stderr } = await repl(`${garbage(200)}${LISTENER}`);
    expect(stderr).toBe('');
    expect(text).not.toMatch(/^\s+at |node:internal|defect|undefined/m);
    // Nothing that was read comes out raw: no control character, and nothing that turns text round.
    expect(text.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)).toBeNull();
    expect(text.trimEnd().split('\n').at(-1)).toContain('CLOSED → LISTEN');
    expect(code).toBe(2);
  });
});

describe('somebody from outside', () => {
  const PYTHON = `
import socket, sys
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
s.sendall(b'hello')
s.shutdown(socket.SHUT_WR)
print(s.makefile().read())
`;
  it.each([
    ['nc', ['-N', '127.0.0.1']],
    ['python3', ['-c', PYTHON]],
  ])('%s connects, and is answered', async (tool, options) => {
    const program = socklab(['repl']);
    program.write(`${LISTENER}conn = accept(server)\n`);
    const port = (await address(program)).split(':')[1] ?? '';
    const outside = start(tool, [...options, port]);
    outside.end('hello');
    await program.says('[1] accept(');
    // One by one: a read that is still blocked would not keep close() from being made.
    program.write('read(conn, 64) = "hello"\n');
    await program.says('"hello", 64) = 5');
    program.write('read(conn, 64) = ""\n');
    await program.says('"", 64) = 0');
    program.end('write(conn, "goodbye\\n")\nclose(conn)\n');
    expect((await program.exit()).code).toBe(0);
    expect((await outside.exit()).stdout.toString().trim()).toBe('goodbye');
  });

  it('and it connects to a listener of somebody else', async () => {
    const server = await listener();
    const running = repl(
      `c = socket(AF_INET, SOCK_STREAM, 0)
connect(c, 127.0.0.1:${server.port}) = 0
write(c, "x" * 1000) = 1000
shutdown(c, SHUT_WR)
read(c, 64) = "thanks"
`,
    );
    const peer = await server.accept();
    expect((await peer.end()).toString()).toBe('x'.repeat(1000));
    peer.socket.end('thanks');
    expect((await running).code).toBe(0);
  });
});

it('says what became of an open socket whose name is given again', async () => {
  const make = 's = socket(AF_INET, SOCK_STREAM, 0)\n';
  const { text, code } = await repl(`${make}${make}`);
  expect(text).toMatch(/^ {2}s was descriptor (\d+) until now; that one is open still, as fd\1$/m);
  expect(code).toBe(0);
});

it('passes over a comment of several lines, whatever stands in it', async () => {
  const { code, text } = await repl(
    `/* not these:
.quit
close(nobody)
 */ a = socket(AF_INET, SOCK_STREAM, 0)
`,
  );
  expect(text).toContain('CLOSED');
  expect([code, text.match(/nobody|\.quit/)]).toEqual([0, null]);
});

it.each(['close(a) /* and', 'struct a {\n int x;'])(
  'tells of an end that never came: %j',
  async (begun) => {
    const { code, text } = await repl(`a = socket(AF_INET, SOCK_STREAM, 0)\n${begun}\n`);
    expect(text).toContain('missing');
    expect(code).toBe(2);
  },
);

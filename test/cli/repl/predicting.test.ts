import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../../src/cli/repl/commands.ts';
import { Repl } from '../../../src/cli/repl/repl.ts';
import { scratch } from '../../support/payload.ts';
import { run } from '../../support/program.ts';
import { KEY, onScreen } from '../../support/screen.ts';
import { page } from '../../support/steps.ts';

let repl: Repl;
let said: string[];
beforeEach(() => {
  said = [];
  repl = new Repl(
    () => page(),
    (text) => said.push(text),
  );
});
afterEach(() => repl.session.close());

/** Types lines, and returns what the last one brought. */
async function type(...lines: string[]): Promise<string> {
  for (const line of lines) {
    said = [];
    const print = (text: string) => void said.push(text);
    if (line.startsWith('.')) await runCommand(line, { repl, page: page(), print, menu: null });
    else await repl.statement(line);
  }
  return said.join('\n').replace(/\s+/g, ' ');
}

const SOCKET = 's = socket(AF_INET, SOCK_STREAM, 0)';
const calls = () => repl.session.steps.map(({ call }) => call.name);

describe('.predict on', () => {
  it('asks before the call is made, and compares behind it', async () => {
    await type(SOCKET, '.predict on');
    expect(await type('listen(s, 1)')).toBe(
      ' predict What does listen(s, 1) return? (0, an errno; Enter skips)',
    );
    expect(await type('0')).toBe(
      ' predict Which state follows for s? (a state of TCP, or same; Enter skips)',
    );
    expect(calls()).toEqual(['socket']);
    const told = await type('closed');
    expect(calls()).toEqual(['socket', 'listen']);
    expect(told).toMatch(/listen\(\d+, 1\) = 0 .* s CLOSED → LISTEN .* right it returned 0\./);
    expect(told).toContain(
      'wrong you said closed, and s is LISTEN: listen() makes the socket passive: its kernel answers handshakes from now on.',
    );
    expect(await type('.predict')).toBe(
      ' prediction is on; right 1 of 2: what returns 1 of 1, states 0 of 1',
    );
  });

  it('Enter skips a question, and does not count', async () => {
    await type('.predict on', SOCKET, '');
    expect(calls()).toEqual(['socket']);
    expect(await type('.predict')).toContain('no prediction was made yet');
  });

  it('what is no answer is asked again', async () => {
    await type('.predict on', SOCKET);
    expect(await type('listen(s, 1)')).toMatch(
      /^ that is no answer here: fd, .* predict What does/,
    );
    expect(calls()).toEqual([]);
  });

  it('a command runs, and the question is asked again', async () => {
    await type('.predict on', SOCKET);
    expect(await type('.state')).toMatch(/^ no sockets yet predict What does socket/);
    await type('fd');
    expect(calls()).toEqual(['socket']);
  });

  it('what makes no call, asks itself, or makes no sense is not asked about', async () => {
    await type(SOCKET, '.predict on');
    expect(await type('state(s)')).toMatch(/^ state\(s\) = CLOSED/);
    expect(await type('n = 5')).toBe('');
    expect(await type('listen(t, 1)')).toContain('t');
    expect(repl.continues).toBe(false);
    expect(await type('if (listen(s, 1) < 0) {', '0', 'LISTEN', 'close(s);')).toContain('not run');
    expect(calls()).toEqual(['socket', 'state', 'listen']);
  });

  it('a call that waits for a name is not asked about', async () => {
    await type(SOCKET, 'listen(s, 1)', 'conn = accept(s)', '.predict on');
    expect(await type('write(conn, "x")')).toContain('conn comes when [1] returns');
  });

  it('a call that is blocked is compared as such', async () => {
    await type(SOCKET, 'listen(s, 1)', '.predict on');
    expect(await type('conn = accept(s)', 'blocked', '')).toContain('right it is blocked.');
  });

  it('Ctrl-C leaves the question, and the call is not made', async () => {
    await type(SOCKET, '.predict on', 'listen(s, 1)', '0');
    said = [];
    expect([repl.continues, repl.abandon(), repl.continues]).toEqual([true, true, false]);
    expect(said).toEqual(['  the call was not made']);
    expect(calls()).toEqual(['socket']);
    expect(repl.abandon()).toBe(false);
    expect(await type('close(s)')).toContain('What does close(s) return?');
  });

  it('.predict off and .reset leave the question as well', async () => {
    await type('.predict on', SOCKET);
    expect(await type('.predict off')).toContain('calls are made at once again');
    await type(SOCKET);
    expect(calls()).toEqual(['socket']);
    await type('.predict on', 'close(s)', '.reset');
    expect(repl.continues).toBe(false);
    expect(await type('.predict maybe')).toContain('.predict on, .predict off');
  });

  it('the expectation of a statement counts behind the prediction', async () => {
    await type('.predict on', `${SOCKET} = EINVAL`);
    expect(await repl.statement('fd')).toBe('unmet');
  });
});

describe('from a pipe', () => {
  it('the next line is the answer, and a question that is left open makes no call', async () => {
    const lines = [
      '.predict on',
      SOCKET,
      'fd',
      'listen(s, 3)',
      '',
      'LISTEN',
      '.predict',
      'close(s)',
    ];
    const { code, stdout } = await run(['repl', '--ascii'], lines.join('\n'));
    const text = stdout.toString();
    expect(text).toContain('  right    it returned ');
    expect(text).toContain('  right    s is LISTEN.');
    expect(text).toContain('right 2 of 2: what returns 1 of 1, states 1 of 1');
    expect(text.trimEnd()).toMatch(/the call was not made$/);
    expect(text).not.toMatch(/^ {2}close\(/m);
    expect(code).toBe(0);
  });
});

describe('on a terminal', () => {
  it('Enter skips, and Ctrl-C leaves the question without the call', async () => {
    const screen = onScreen([], { env: { XDG_STATE_HOME: scratch() } });
    await screen.prompt();
    await screen.enter(SOCKET);
    await screen.enter('.predict on');
    screen.type('listen(s, 1)\r');
    await screen.see('What does listen(s, 1) return?');
    screen.type('\r');
    await screen.see('Which state follows for s?');
    screen.type(KEY.ctrl('c'));
    await screen.see('the call was not made');
    expect(await screen.enter('.state')).toMatch(/s +\d+ +CLOSED/);
    screen.type(KEY.ctrl('d'));
    expect((await screen.exit()).code).toBe(0);
  });
});

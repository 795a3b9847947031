/** However the session ends or stops, the terminal is given back: cooked, and without marked pastes. */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch } from '../../support/payload.ts';
import { SOCKLAB } from '../../support/program.ts';
import { KEY, onScreen, Screen } from '../../support/screen.ts';

const SOCKET = 'socket(AF_INET, SOCK_STREAM, 0)';

/** A shell with job control, and its own prompt. */
async function shell(directory: string): Promise<Screen> {
  const env = { XDG_STATE_HOME: directory, PS1: 'sh: ', INPUTRC: '/dev/null', HISTFILE: '' };
  const screen = new Screen(['bash', '--norc', '--noprofile', '-i'], { env });
  await screen.at('sh: ');
  return screen;
}

/** The process id of the socklab that a test has started from a shell: it wrote it down. */
function pidIn(file: string): number {
  return Number(readFileSync(file, 'utf8').trim());
}

describe.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)('%s', (signal) => {
  it.each([
    ['at the prompt', []],
    ['with a line and a search', ['half a line', KEY.ctrl('r'), 'x']],
    ['with a call that is blocked', [`a = ${SOCKET}\rlisten(a, 1)\raccept(a)\r`]],
    ['in the menu', ['.next\r']],
  ])('%s gives the terminal back, and ends with 128 and its number', async (where, keys) => {
    const directory = scratch();
    const [before, after, pid] = ['before', 'after', 'pid'].map((name) => join(directory, name));
    const line = `stty -a > ${before}; sh -c 'echo $$ > ${pid}; exec "$@"' sh "$@"; code=$?; stty -a > ${after}; echo "code $code"; read -r enter`;
    const screen = new Screen(
      ['sh', '-c', `trap : ${signal.slice(3)}; ${line}`, 'sh', ...SOCKLAB],
      {
        env: { XDG_STATE_HOME: directory },
      },
    );
    await screen.prompt();
    screen.type(...keys);
    if (where.includes('menu')) await screen.see('Enter takes it');
    if (where.includes('blocked')) await screen.see('[1]');
    if (where.includes('search')) await screen.see('i-search');
    process.kill(pidIn(pid ?? ''), signal);
    await screen.until('its exit code', () => /code \d+\s/.test(screen.text));
    // Not before: on a busy machine the last that was written is lost with the terminal's other end.
    screen.type('\r');
    await screen.exit();
    expect(screen.text).toContain(`code ${128 + constants.signals[signal]}`);
    expect(readFileSync(after ?? '', 'utf8')).toBe(readFileSync(before ?? '', 'utf8'));
    expect(screen.marksPastes).toBe(false);
    expect(screen.raw.toString()).not.toContain('defect');
  });
});

describe('Ctrl-Z', () => {
  it('stops it; fg goes on with the line that was typed', async () => {
    const directory = scratch();
    const screen = await shell(directory);
    screen.type(`${SOCKLAB.join(' ')} --quiet\r`);
    await screen.prompt();
    await screen.enter(`kept = ${SOCKET}`);
    screen.type('.sta', KEY.left);
    await screen.at('socklab › .sta', 13);
    expect(screen.marksPastes).toBe(true);
    screen.type(KEY.ctrl('z'));
    await screen.see('Stopped');
    await screen.at('sh: ');
    // The shell's own editor works, and sets the terminal to its liking.
    screen.type('stty -a | grep -o -- "-icanon"; echo $((6 * 7))\r');
    await screen.see('\n42\n');
    expect(screen.text).not.toContain('\n-icanon');
    screen.type('fg\r');
    await screen.at('socklab › .sta', 13);
    expect(screen.marksPastes).toBe(true);
    screen.type(KEY.end, 'te\r');
    await screen.until('the state', () => /kept +\d+ +CLOSED/.test(screen.text));
    await screen.prompt();
    screen.type(KEY.ctrl('d'));
    await screen.at('sh: ');
  });

  it('where nobody could wake it, does not stop it', async () => {
    const screen = onScreen([], { env: { XDG_STATE_HOME: scratch() } });
    await screen.prompt();
    screen.type('abc', KEY.ctrl('z'));
    await screen.see('socklab › abc', 2);
    screen.type('d');
    await screen.at('socklab › abcd');
    expect(screen.marksPastes).toBe(true);
  });

  it('after kill -STOP and fg it is itself again, whatever the shell did to the terminal', async () => {
    const directory = scratch();
    const pid = join(directory, 'pid');
    const screen = await shell(directory);
    screen.type(`sh -c 'echo $$ > ${pid}; exec "$@"' sh ${SOCKLAB.join(' ')}\r`);
    await screen.prompt();
    screen.type('abc');
    await screen.at('socklab › abc');
    process.kill(pidIn(pid), 'SIGSTOP');
    await screen.see('Stopped');
    screen.type('\rfg\r');
    await screen.at('socklab › abc');
    screen.type('\t', KEY.left, 'x');
    await screen.at('socklab › abxc', 13);
  });
});

describe('a terminal that goes away', () => {
  it.each(['xterm', 'dumb'])('ends the session (TERM=%s)', async (term) => {
    const directory = scratch();
    const code = join(directory, 'code');
    // A shell of its own outlives the terminal and writes the code down.
    const line = `trap : HUP; "$@" 2> ${code}.err; echo $? > ${code}.part; mv ${code}.part ${code}`;
    const inner = ['python3', '-c', HANG_UP, code, 'sh', '-c', line, 'sh', ...SOCKLAB];
    const screen = new Screen(inner, { env: { XDG_STATE_HOME: directory, TERM: term } });
    expect((await screen.exit()).code).toBe(0);
    expect(readFileSync(code, 'utf8')).toBe('129\n');
    // The shell may say "Hangup"; Node and socklab say nothing.
    expect(readFileSync(`${code}.err`, 'utf8')).not.toMatch(/socklab|node|assert/i);
  });
});

/** Runs a command on a terminal, takes that away once there is a prompt, and waits for a file. */
const HANG_UP = `
import os, pty, sys, select
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen = b''
while '›'.encode() not in seen:
    seen += os.read(master, 4096)
os.close(master)
os.waitpid(pid, 0)
sys.exit(0 if os.path.exists(sys.argv[1]) else 1)
`;

describe('TERM=dumb', () => {
  it('gets text and nothing else, and the terminal edits the line', async () => {
    const env = { XDG_STATE_HOME: scratch(), TERM: 'dumb' };
    const screen = onScreen([], { env });
    await screen.prompt();
    screen.type(`a = ${SOCKET.replace('0', '1')}`, KEY.backspace, KEY.backspace, '0)\r');
    await screen.see('a        CLOSED');
    screen.type('listen(a, 1)\raccept(a)\r');
    await screen.see('[1]');
    await screen.prompt();
    screen.type(KEY.ctrl('c'));
    await screen.see('EINTR');
    screen.type('.next\r');
    await screen.see('.next needs a terminal');
    await screen.prompt();
    screen.type(KEY.ctrl('c'));
    await screen.see('(Ctrl-D or .quit ends the session)');
    await screen.prompt();
    screen.type(KEY.ctrl('d'));
    expect((await screen.exit()).code).toBe(0);
    expect(screen.raw.includes('\x1b')).toBe(false);
  });
});

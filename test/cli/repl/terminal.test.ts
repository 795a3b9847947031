import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch } from '../../support/payload.ts';
import { listener } from '../../support/peer.ts';
import { SOCKLAB } from '../../support/program.ts';
import { KEY, onScreen, Screen } from '../../support/screen.ts';

const SOCKET = 'socket(AF_INET, SOCK_STREAM, 0)';

/** A REPL with a history of its own, at its prompt. */
async function repl(...args: string[]): Promise<Screen> {
  const screen = onScreen(args, { env: { XDG_STATE_HOME: scratch() } });
  await screen.prompt();
  return screen;
}

describe('the REPL on a terminal', () => {
  it('opens without arguments, and shows what each statement changed', async () => {
    const screen = await repl();
    const made = await screen.enter(`server = ${SOCKET}`);
    expect(made).toContain(`  ${SOCKET} = `);
    expect(made).toContain('server   CLOSED');
    const listening = await screen.enter('listen server 2');
    expect(listening).toContain('server   CLOSED → LISTEN');
    expect(listening).toContain('queue 0 of 2');
    expect(await screen.enter('listen(sever, 2)')).toContain('did you mean server?');
    screen.type(KEY.ctrl('d'));
    expect((await screen.exit()).code).toBe(0);
  });

  it('.quit ends it as well, and --quiet leaves the greeting away', async () => {
    const screen = await repl('--quiet');
    expect(screen.text.trim()).toBe('socklab ›');
    screen.type('.quit\r');
    expect((await screen.exit()).code).toBe(0);
  });

  it('the prompt is bold, and what has failed is red; --color never has neither', async () => {
    const coloured = await repl();
    await coloured.enter(`s = ${SOCKET}`);
    await coloured.enter('listen(s, -1, 3, 4)');
    expect(coloured.styleOf('socklab')).toMatchObject({ bold: true, coloured: false });
    await coloured.enter('getpeername(s)');
    expect(coloured.styleOf('-1 ENOTCONN')).toMatchObject({ coloured: true });
    const plain = await repl('--color', 'never');
    await plain.enter(`s = ${SOCKET}`);
    await plain.enter('getpeername(s)');
    expect(plain.styleOf('-1 ENOTCONN')).toEqual({ bold: false, dim: false, coloured: false });
    expect(plain.raw.toString()).not.toMatch(/\x1b\[[\d;]*m/);
  });

  it('Ctrl-C on an empty line ends the newest blocked call with EINTR', async () => {
    const screen = await repl();
    await screen.enter(`a = ${SOCKET}`);
    await screen.enter('listen(a, 1)');
    expect(await screen.enter('b = accept(a)')).toContain('nobody has connected yet   [1]');
    expect(await screen.enter('.jobs')).toContain('[1]');
    screen.type(KEY.ctrl('c'));
    await screen.see('-1 EINTR (Interrupted system call)');
    expect(await screen.enter('.jobs')).toContain('no call is blocked');
    screen.type(KEY.ctrl('c'));
    await screen.see('Ctrl-D or .quit ends the session');
  });

  it('a blocked accept is answered while the prompt is live', async () => {
    const screen = await repl();
    for (const line of [`server = ${SOCKET}`, 'bind(server, 127.0.0.1:0)', 'listen(server, 1)'])
      await screen.enter(line);
    expect(await screen.enter('conn = accept(server)')).toContain('[1]');
    await screen.enter(`client = ${SOCKET}`);
    const answer = await screen.enter('connect(client, server)');
    for (const text of ['16) = 0', '[1] accept(', 'conn     — → ESTAB'])
      expect(answer).toContain(text);
  });

  it('a change that no call made is told above the line that is typed', async () => {
    const server = await listener();
    const screen = await repl();
    await screen.enter(`c = ${SOCKET}`);
    await screen.enter(`connect(c, 127.0.0.1:${server.port})`);
    const peer = await server.accept();
    screen.type('writ', KEY.left);
    await screen.at('socklab › writ', 13);
    peer.socket.end();
    await screen.see('c        ESTABLISHED → CLOSE-WAIT');
    await screen.at('socklab › writ', 13);
    screen.type(KEY.end, 'e(c, "x")', KEY.enter);
    await screen.see('"x", 1) = 1');
    expect((await peer.bytes(1)).toString()).toBe('x');
  });

  it('.state, .help and .reset', async () => {
    const screen = await repl();
    expect(await screen.enter('.help')).toContain('Ctrl-D');
    expect(await screen.enter('.help listen')).toContain('int listen(int');
    await screen.enter(`a = ${SOCKET}`);
    expect(await screen.enter('.state')).toMatch(/name.*\n {2}a +\d+ +CLOSED/);
    expect(await screen.enter('.reset')).toContain('all sockets are closed');
    expect(await screen.enter('.state')).toContain('no sockets yet');
    expect(await screen.enter('.stat')).toContain('did you mean .state?');
  });
});

describe('the menu', () => {
  it('.next opens it, and Enter puts the statement into the line', async () => {
    const screen = await repl();
    screen.type('.next\r');
    await screen.see('Possible now:');
    expect(screen.marksPastes).toBe(false);
    screen.type(KEY.enter);
    await screen.at(`socklab › server = ${SOCKET}`);
    // What was chosen stands in the line; the menu is gone.
    expect(screen.text).not.toContain('Possible now:');
    expect(screen.marksPastes).toBe(true);
    screen.type(KEY.enter);
    await screen.see('server   CLOSED');
    await screen.prompt();
    screen.type('.next\r');
    await screen.see('› bind(server, 127.0.0.1:0)');
    screen.type(KEY.ctrl('c'));
    await screen.prompt();
    expect(await screen.enter('.state')).toMatch(/server +\d+ +CLOSED/);
    screen.type('.next\r');
    await screen.see('› bind(server, 127.0.0.1:0)');
    screen.type(KEY.ctrl('d'));
    await screen.prompt();
    screen.type(KEY.ctrl('d'));
    expect((await screen.exit()).code).toBe(0);
  });

  it('keeps to --ascii and --color never', async () => {
    const screen = await repl('--ascii', '--color', 'never');
    await screen.enter(`server = ${SOCKET}`);
    screen.type('.next\r');
    await screen.see('Enter takes it');
    screen.type(KEY.down, KEY.down, KEY.up, KEY.enter);
    await screen.until('the chosen statement', () => /^socklab > \S+\(/.test(screen.cursorRow));
    expect(screen.raw.toString()).not.toMatch(/\x1b\[[\d;]*m/);
    expect(screen.raw.toString()).not.toMatch(/[^\x00-\x7f]/);
  });

  it('is in our own colours otherwise', async () => {
    const screen = await repl();
    screen.type('.next\r');
    await screen.see('Enter takes it');
    expect(screen.styleOf('› server')).toEqual({ bold: true, dim: false, coloured: false });
  });
});

describe('however it ends', () => {
  it.each([
    ['after Ctrl-D', [KEY.ctrl('d')]],
    ['after the menu', ['.next\r', KEY.ctrl('c'), KEY.ctrl('d')]],
    [
      'after .quit with a call that is blocked',
      ['a = ', SOCKET, '\rlisten(a, 1)\raccept(a)\r.quit\r'],
    ],
  ])('the terminal is as it was %s', async (_, keys) => {
    const directory = scratch();
    const [before, after] = [join(directory, 'before'), join(directory, 'after')];
    const line = `stty -a > ${before}; "$@"; stty -a > ${after}; echo the end`;
    const screen = new Screen(['sh', '-c', line, 'sh', ...SOCKLAB], {
      env: { XDG_STATE_HOME: directory },
    });
    await screen.prompt();
    for (const key of keys) {
      screen.type(key);
      if (key === '.next\r') await screen.see('Possible now:');
      if (key === KEY.ctrl('c')) await screen.prompt();
    }
    await screen.see('the end');
    expect(readFileSync(after, 'utf8')).toBe(readFileSync(before, 'utf8'));
    expect(screen.marksPastes).toBe(false);
    expect((await screen.exit()).code).toBe(0);
  });
});

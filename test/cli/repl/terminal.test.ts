import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch } from '../../support/payload.ts';
import { listener } from '../../support/peer.ts';
import { SOCKLAB } from '../../support/program.ts';
import { KEY, onTerminal, Terminal } from '../../support/terminal.ts';

const PROMPT = 'socklab › ';
const SOCKET = 'socket(AF_INET, SOCK_STREAM, 0)';

/** A REPL with a history of its own, at its prompt. */
async function repl(state = scratch(), ...args: string[]): Promise<Terminal> {
  const terminal = onTerminal(args, { XDG_STATE_HOME: state });
  await terminal.see(PROMPT);
  return terminal;
}

describe('the REPL on a terminal', () => {
  it('opens without arguments, and shows what each statement changed', async () => {
    const terminal = await repl();
    await terminal.enter(`server = ${SOCKET}`, `  ${SOCKET} = `, 'server   CLOSED', PROMPT);
    await terminal.enter('listen server 2', 'server   CLOSED → LISTEN', 'queue 0 of 2', PROMPT);
    await terminal.enter('listen(sever, 2)', '^^^^^', 'did you mean server?', PROMPT);
    terminal.type(KEY.ctrlD);
    expect((await terminal.exit()).code).toBe(0);
  });

  it('.quit ends it as well, and --quiet leaves the greeting away', async () => {
    const terminal = await repl(scratch(), '--quiet');
    expect(terminal.text.trim()).toBe(PROMPT.trim());
    await terminal.enter('.quit');
    expect((await terminal.exit()).code).toBe(0);
  });

  it('a pasted fragment is so many steps, in order', async () => {
    const terminal = await repl();
    terminal.type(`a = ${SOCKET};\rbind(a, 127.0.0.1:0);\rlisten(a, 1);\r`);
    for (const text of [`${SOCKET} = `, '}, 16) = 0', 'CLOSED → LISTEN']) await terminal.see(text);
  });

  it('Tab completes calls, names, constants and commands', async () => {
    const terminal = await repl();
    await terminal.enter(`server = ${SOCKET}`, 'CLOSED', PROMPT);
    terminal.type('lis', KEY.tab);
    await terminal.see('listen(');
    terminal.type('ser', KEY.tab);
    await terminal.see('server');
    terminal.type(', 3)', KEY.enter);
    await terminal.see('queue 0 of 3');
    await terminal.see(PROMPT);
    terminal.type('shutdown(server, SHUT_RDW', KEY.tab);
    await terminal.see('SHUT_RDWR');
    terminal.type(KEY.ctrlC, '.he', KEY.tab);
    await terminal.see('.help');
  });

  it('Ctrl-C drops the line that is typed', async () => {
    const terminal = await repl();
    terminal.type('dropped = socket(AF_INET');
    await terminal.see('dropped');
    terminal.type(KEY.ctrlC);
    await terminal.see('^C');
    await terminal.see(PROMPT);
    await terminal.enter('.state', 'no sockets yet');
  });

  it('Ctrl-C on an empty line ends the newest blocked call with EINTR', async () => {
    const terminal = await repl();
    await terminal.enter(`a = ${SOCKET}`, PROMPT);
    await terminal.enter('listen(a, 1)', PROMPT);
    await terminal.enter('b = accept(a)', 'blocked: nobody has connected yet   [1]', PROMPT);
    await terminal.enter('.jobs', 'accept(', '[1]', PROMPT);
    terminal.type(KEY.ctrlC);
    await terminal.see('[1] accept(');
    await terminal.see('-1 EINTR (Interrupted system call)');
    await terminal.enter('.jobs', 'no call is blocked', PROMPT);
    terminal.type(KEY.ctrlC);
    await terminal.see('Ctrl-D or .quit ends the session');
  });

  it('a blocked accept is answered while the prompt is live', async () => {
    const terminal = await repl();
    await terminal.enter(`server = ${SOCKET}`, PROMPT);
    await terminal.enter('bind(server, 127.0.0.1:0)', PROMPT);
    await terminal.enter('listen(server, 1)', PROMPT);
    await terminal.enter('conn = accept(server)', '[1]', PROMPT);
    await terminal.enter(`client = ${SOCKET}`, PROMPT);
    await terminal.enter('connect(client, server)', '16) = 0', '[1] accept(', 'conn     — → ESTAB');
  });

  it('a change that no call made is told above the line that is typed', async () => {
    const server = await listener();
    const terminal = await repl();
    await terminal.enter(`c = ${SOCKET}`, PROMPT);
    await terminal.enter(`connect(c, 127.0.0.1:${server.port})`, 'ESTABLISHED', PROMPT);
    const peer = await server.accept();
    terminal.type('writ');
    await terminal.see('writ');
    peer.socket.end();
    await terminal.see('c        ESTABLISHED → CLOSE-WAIT');
    await terminal.see(`${PROMPT}writ`);
    terminal.type('e(c, "x")', KEY.enter);
    await terminal.see('"x", 1) = 1');
    expect((await peer.bytes(1)).toString()).toBe('x');
  });

  it('.next opens a menu, and Enter puts the statement into the line', async () => {
    const terminal = await repl();
    await terminal.enter('.next', 'Possible now:', SOCKET);
    terminal.type(KEY.enter);
    await terminal.see(`${PROMPT}server = ${SOCKET}`);
    terminal.type(KEY.enter);
    await terminal.see('server   CLOSED');
    await terminal.see(PROMPT);
    await terminal.enter('.next', 'Possible now:', 'bind(server, 127.0.0.1:0)');
    terminal.type(KEY.ctrlC);
    await terminal.see(PROMPT);
    await terminal.enter('.state', 'server', 'CLOSED', PROMPT);
    terminal.type(KEY.ctrlD);
    expect((await terminal.exit()).code).toBe(0);
  });

  it('.state, .help and .reset', async () => {
    const terminal = await repl();
    await terminal.enter('.help', 'accept', '.jobs', 'Tab', 'Ctrl-D', PROMPT);
    await terminal.enter('.help listen', 'int listen(int', PROMPT);
    await terminal.enter(`a = ${SOCKET}`, PROMPT);
    await terminal.enter('.state', 'name', 'a', 'CLOSED', PROMPT);
    await terminal.enter('.reset', 'all sockets are closed', PROMPT);
    await terminal.enter('.state', 'no sockets yet', PROMPT);
    await terminal.enter('.stat', 'did you mean .state?', PROMPT);
  });

  it('keeps its history between runs, for its owner’s eyes only', async () => {
    const state = scratch();
    const first = await repl(state);
    await first.enter(`kept = ${SOCKET}`, PROMPT);
    first.type(KEY.ctrlD);
    await first.exit();
    const file = join(state, 'socklab', 'history');
    expect(readFileSync(file, 'utf8')).toBe(`kept = ${SOCKET}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = await repl(state);
    second.type(KEY.up);
    await second.see(`kept = ${SOCKET}`);
    second.type(KEY.enter);
    await second.see('kept     CLOSED');
  });

  it.each([
    ['after Ctrl-D', [KEY.ctrlD]],
    ['after the menu', ['.next\r', KEY.ctrlC, KEY.ctrlD]],
    [
      'after .quit with a call that is blocked',
      ['a = ', SOCKET, '\rlisten(a, 1)\raccept(a)\r.quit\r'],
    ],
  ])('the terminal is as it was %s', async (_, keys) => {
    const directory = scratch();
    const [before, after] = [join(directory, 'before'), join(directory, 'after')];
    const line = `stty -a > ${before}; "$@"; stty -a > ${after}; echo the end`;
    const terminal = new Terminal(['sh', '-c', line, 'sh', ...SOCKLAB], {
      XDG_STATE_HOME: directory,
    });
    await terminal.see(PROMPT);
    for (const key of keys) {
      terminal.type(key);
      if (key === '.next\r') await terminal.see('Possible now:');
      if (key === KEY.ctrlC) await terminal.see(PROMPT);
    }
    await terminal.see('the end');
    expect(readFileSync(after, 'utf8')).toBe(readFileSync(before, 'utf8'));
    expect((await terminal.exit()).code).toBe(0);
  });
});

/** What a peer sends, on a terminal: visible, and never able to take it over. */
import { describe, expect, it } from 'vitest';
import { dial, listener } from '../support/peer.ts';
import { SOCKLAB } from '../support/program.ts';
import { KEY, onTerminal, Terminal } from '../support/terminal.ts';

/** A title, a C1 control, a clear-screen, a bidi override: each would change the terminal. */
const HOSTILE = Buffer.concat([
  Buffer.from('\x1b]0;owned\x07 \x1b[2J \u202egnirts\u202c '),
  Buffer.from([0x9b, 0x33, 0x31, 0x6d]),
  Buffer.from('\r\nend\n'),
]);

/** Runs socklab with stdout on a terminal, and what it says about itself elsewhere. */
function alone(...args: readonly string[]): Terminal {
  return new Terminal(['sh', '-c', 'exec "$@" 2>/dev/null', 'sh', ...SOCKLAB, ...args]);
}

describe('connect on a terminal', () => {
  it('shows control bytes as text', async () => {
    const server = await listener();
    const terminal = alone('connect', `:${server.port}`);
    const peer = await server.accept();
    peer.socket.end(HOSTILE);
    const { code } = await terminal.exit();
    expect(terminal.raw.toString('latin1').replaceAll('\r\n', '\n')).toBe(
      '^[]0;owned^G ^[[2J <U+202E>gnirts<U+202C> \\x9b31m\nend\n',
    );
    expect(code).toBe(0);
  });

  it('--raw lets them through', async () => {
    const server = await listener();
    const terminal = alone('connect', '--raw', `:${server.port}`);
    const peer = await server.accept();
    peer.socket.end(HOSTILE);
    await terminal.exit();
    // The terminal itself puts a CR before each LF.
    const expected = HOSTILE.toString('latin1').replaceAll('\n', '\r\n');
    expect(terminal.raw.toString('latin1')).toBe(expected);
  });

  it('an incomplete character at the end is shown, not swallowed', async () => {
    const server = await listener();
    const terminal = alone('connect', `:${server.port}`);
    const peer = await server.accept();
    peer.socket.end(Buffer.from([0x61, 0xe2, 0x82]));
    await terminal.exit();
    expect(terminal.raw.toString('latin1')).toBe('a\\xe2\\x82');
  });

  it('sends lines as they are typed; Ctrl-D sends FIN, and the answer is still read', async () => {
    const server = await listener();
    const terminal = alone('connect', `:${server.port}`);
    const peer = await server.accept();
    terminal.type('hello', KEY.enter);
    expect((await peer.bytes(6)).toString()).toBe('hello\n');
    terminal.type(KEY.ctrlD);
    await peer.end();
    peer.socket.end('goodbye\n');
    await terminal.see('goodbye');
    expect((await terminal.exit()).code).toBe(0);
  });

  it('Ctrl-C ends it with 130', async () => {
    const server = await listener();
    const terminal = alone('connect', `:${server.port}`);
    const peer = await server.accept();
    peer.socket.write('hello');
    await terminal.see('hello');
    terminal.type(KEY.ctrlC);
    await peer.end();
    expect((await terminal.exit()).code).toBe(130);
  });

  it('the peer’s FIN ends it although the person has not said anything', async () => {
    const server = await listener();
    const terminal = alone('connect', `:${server.port}`);
    (await server.accept()).socket.end('bye\n');
    expect((await terminal.exit()).code).toBe(0);
  });
});

describe('serve on a terminal', () => {
  it('shows control bytes as text, also where two clients share them', async () => {
    const terminal = onTerminal(['serve', '--color', 'never', ':0']);
    await terminal.see('listening on ');
    await terminal.see(')\n');
    const address = /listening on (\S+)/.exec(terminal.text)?.[1] ?? '';
    const [first, second] = [await dial(address), await dial(address)];
    first.socket.write('\x1b');
    await terminal.see('^[');
    second.socket.write('[2J');
    await terminal.see('[2J');
    expect(terminal.raw.includes('\x1b')).toBe(false);
  });
});

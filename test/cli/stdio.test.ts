/** What a peer sends, on a terminal: visible, and never able to take it over. */
import { describe, expect, it } from 'vitest';
import { dial, listener } from '../support/peer.ts';
import { SOCKLAB } from '../support/program.ts';
import { KEY, onScreen, Screen } from '../support/screen.ts';

/** A title, a C1 control, a clear-screen, a bidi override: each would change the terminal. */
const HOSTILE = Buffer.concat([
  Buffer.from('\x1b]0;owned\x07 \x1b[2J \u202egnirts\u202c '),
  Buffer.from([0x9b, 0x33, 0x31, 0x6d]),
  Buffer.from('\r\nend\n'),
]);

/** Runs socklab with stdout on a terminal, and what it says about itself elsewhere. */
function alone(...args: readonly string[]): Screen {
  return new Screen(['sh', '-c', 'exec "$@" 2>/dev/null', 'sh', ...SOCKLAB, ...args]);
}

describe('connect on a terminal', () => {
  it('shows control bytes as text', async () => {
    const server = await listener();
    const screen = alone('connect', `:${server.port}`);
    const peer = await server.accept();
    peer.socket.end(HOSTILE);
    const { code } = await screen.exit();
    expect(screen.raw.toString('latin1').replaceAll('\r\n', '\n')).toBe(
      '^[]0;owned^G ^[[2J <U+202E>gnirts<U+202C> \\x9b31m\nend\n',
    );
    expect(code).toBe(0);
  });

  it('--raw lets them through', async () => {
    const server = await listener();
    const screen = alone('connect', '--raw', `:${server.port}`);
    const peer = await server.accept();
    peer.socket.end(HOSTILE);
    await screen.exit();
    // The terminal itself puts a CR before each LF.
    const expected = HOSTILE.toString('latin1').replaceAll('\n', '\r\n');
    expect(screen.raw.toString('latin1')).toBe(expected);
  });

  it('an incomplete character at the end is shown, not swallowed', async () => {
    const server = await listener();
    const screen = alone('connect', `:${server.port}`);
    const peer = await server.accept();
    peer.socket.end(Buffer.from([0x61, 0xe2, 0x82]));
    await screen.exit();
    expect(screen.raw.toString('latin1')).toBe('a\\xe2\\x82');
  });

  it('our own lines stand in rows of their own, whatever the peer left without an end', async () => {
    const server = await listener();
    const screen = onScreen(['connect', '--color', 'never', `:${server.port}`]);
    const peer = await server.accept();
    peer.socket.end('login: ');
    await screen.exit();
    expect(screen.text.trimEnd().split('\n').slice(1)).toEqual(['login:', 'closed']);
  });

  it('sends lines as they are typed; Ctrl-D sends FIN, and the answer is still read', async () => {
    const server = await listener();
    const screen = alone('connect', `:${server.port}`);
    const peer = await server.accept();
    screen.type('hello', KEY.enter);
    expect((await peer.bytes(6)).toString()).toBe('hello\n');
    screen.type(KEY.ctrl('d'));
    await peer.end();
    peer.socket.end('goodbye\n');
    await screen.see('goodbye');
    expect((await screen.exit()).code).toBe(0);
  });

  it('Ctrl-C ends it with 130', async () => {
    const server = await listener();
    const screen = alone('connect', `:${server.port}`);
    const peer = await server.accept();
    peer.socket.write('hello');
    await screen.see('hello');
    screen.type(KEY.ctrl('c'));
    await peer.end();
    expect((await screen.exit()).code).toBe(130);
  });

  it('the peer’s FIN ends it although the person has not said anything', async () => {
    const server = await listener();
    const screen = alone('connect', `:${server.port}`);
    (await server.accept()).socket.end('bye\n');
    expect((await screen.exit()).code).toBe(0);
  });
});

describe('serve on a terminal', () => {
  it('shows control bytes as text, also where two clients share them', async () => {
    const screen = onScreen(['serve', '--color', 'never', ':0']);
    await screen.see('listening on ');
    await screen.see(')');
    const address = /listening on (\S+)/.exec(screen.text)?.[1] ?? '';
    const [first, second] = [await dial(address), await dial(address)];
    first.socket.write('\x1b');
    await screen.see('^[');
    second.socket.write('[2J');
    await screen.see('[2J');
    expect(screen.raw.includes('\x1b')).toBe(false);
  });
});

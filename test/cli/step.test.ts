import { describe, expect, it } from 'vitest';
import { listener } from '../support/peer.ts';
import { socklab } from '../support/program.ts';
import { KEY, onTerminal } from '../support/terminal.ts';

const PAUSE = 'Enter makes the call';

describe('--step', () => {
  it('pauses before each call, and shows what it changed', async () => {
    const server = await listener();
    const terminal = onTerminal(['connect', '--step', `:${server.port}`]);
    await terminal.see(`socket(AF_INET, SOCK_STREAM, 0)   ${PAUSE}`);
    await terminal.enter('', 'client   CLOSED', 'connect(', PAUSE);
    // Nothing was called yet: the listener has nobody.
    expect(await server.connections()).toBe(0);
    await terminal.enter('', 'client   CLOSED → ESTABLISHED', 'read(', PAUSE);
    (await server.accept()).socket.end('answer\n');
    await terminal.enter('', 'read(', 'answer', ' = 7', 'read(', PAUSE);
    await terminal.enter('', ' = 0', 'close(', PAUSE);
    await terminal.enter('', 'close(', ' = 0');
    expect((await terminal.exit()).code).toBe(0);
  });

  it('Ctrl-C at a pause ends it with 130, and the call is not made', async () => {
    const server = await listener();
    const terminal = onTerminal(['connect', '--step', `:${server.port}`]);
    await terminal.see(PAUSE);
    await terminal.enter('', 'connect(', PAUSE);
    terminal.type(KEY.ctrlC);
    expect((await terminal.exit()).code).toBe(130);
    expect(await server.connections()).toBe(0);
  });

  it.each(['serve', 'connect', 'send'])(
    '%s without a terminal is a mistake, told in a sentence',
    async (command) => {
      const program = socklab([command, '--step', ':1'], { detached: true, stdin: 'ignore' });
      const { code, stdout, stderr } = await program.exit();
      expect(stderr).toMatch(/^socklab: --step needs a terminal[^\n]*\n$/);
      expect([code, stdout.toString()]).toEqual([2, '']);
    },
  );
});

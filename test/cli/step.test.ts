import { describe, expect, it } from 'vitest';
import { listener } from '../support/peer.ts';
import { socklab } from '../support/program.ts';
import { KEY, onScreen, type Screen } from '../support/screen.ts';

const PAUSE = 'Enter makes the call';

/** Presses Enter, and waits for the next pause. @returns what stands between the two */
async function step(screen: Screen): Promise<string> {
  const before = screen.text.split(PAUSE).length - 1;
  screen.type(KEY.enter);
  await screen.see(PAUSE, before + 1);
  return screen.text.split(PAUSE)[before] ?? '';
}

describe('--step', () => {
  it('pauses before each call, and shows what it changed', async () => {
    const server = await listener();
    const screen = onScreen(['connect', '--step', `:${server.port}`]);
    await screen.see(`socket(AF_INET, SOCK_STREAM, 0)   ${PAUSE}`);
    expect(await step(screen)).toMatch(/client {3}CLOSED\n.*connect\(/s);
    // Nothing was called yet: the listener has nobody.
    expect(await server.connections()).toBe(0);
    expect(await step(screen)).toMatch(/client {3}CLOSED → ESTABLISHED.*read\(/s);
    (await server.accept()).socket.end('answer\n');
    expect(await step(screen)).toMatch(/read\(.*answer.* = 7.*read\(/s);
    expect(await step(screen)).toMatch(/ = 0.*close\(/s);
    screen.type(KEY.enter);
    expect((await screen.exit()).code).toBe(0);
    expect(screen.text.split(PAUSE).at(-1)).toMatch(/close\(.* = 0/s);
  });

  it('Ctrl-C at a pause ends it with 130, and the call is not made', async () => {
    const server = await listener();
    const screen = onScreen(['connect', '--step', `:${server.port}`]);
    await screen.see(PAUSE);
    expect(await step(screen)).toContain('connect(');
    screen.type(KEY.ctrl('c'));
    expect((await screen.exit()).code).toBe(130);
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

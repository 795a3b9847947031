/** Progress on a terminal: of what is a transfer, and of nothing else. */
import { describe, expect, it } from 'vitest';
import { fileOf, MIB, randomBytes } from '../support/payload.ts';
import { listener } from '../support/peer.ts';
import { run, SOCKLAB } from '../support/program.ts';
import { onScreen, Screen } from '../support/screen.ts';

function shows(screen: Screen, pattern: RegExp): Promise<void> {
  return screen.until(String(pattern), () => pattern.test(screen.text));
}

describe('progress', () => {
  it('is told while a file is sent, with the time left, and summed up at the end', async () => {
    const peer = await listener();
    const screen = onScreen(['send', '--file', fileOf(randomBytes(40 * MIB)), `:${peer.port}`]);
    const { socket } = await peer.accept();
    socket.pause();
    // The buffers are full, and it stands still; the line comes all the same.
    await shows(
      screen,
      /^\d+\.\d MiB of 40\.0 MiB sent {3}\S+ \S+( {3}(stands still|\d+ \S+ left))?$/m,
    );
    socket.resume();
    socket.on('end', () => socket.end('thanks\n'));
    await shows(screen, /^thanks$/m);
    await shows(screen, /^40\.0 MiB sent, 7 bytes received in \d+\.\d s, \d+\.\d MiB\/s$/m);
    // Nothing of the line is left.
    expect(screen.text).not.toMatch(/of 40\.0 MiB/);
  });

  it('is told where a pipe gives and a file takes', async () => {
    const peer = await listener();
    const shell = `"$@" connect :${peer.port} > /dev/null`;
    const screen = new Screen(['sh', '-c', shell, 'sh', ...SOCKLAB]);
    const { socket } = await peer.accept();
    socket.write(randomBytes(MIB));
    await shows(screen, /^1\.0 MiB received {3}\d/m);
    socket.end();
    await shows(screen, /^1\.0 MiB received in \d+\.\d s, /m);
  });

  it('is no matter of a conversation, of --quiet, --json, or of a pipe behind stderr', async () => {
    const peer = await listener();
    const talk = onScreen(['connect', `:${peer.port}`]);
    const quiet = onScreen([
      'send',
      '--quiet',
      '--file',
      fileOf(randomBytes(2 * MIB)),
      `:${peer.port}`,
    ]);
    const piped = run(['send', '--file', fileOf(randomBytes(2 * MIB)), `:${peer.port}`]);
    const peers = [await peer.accept(), await peer.accept(), await peer.accept()];
    for (const { socket } of peers) socket.write('x'.repeat(100_000));
    const open = onScreen(['send', '--file', fileOf(randomBytes(20 * MIB)), `:${peer.port}`]);
    const { socket } = await peer.accept();
    socket.pause();
    // When this one tells, the others have had the time to.
    await shows(open, /MiB of 20\.0 MiB sent/);
    for (const one of peers) one.socket.end('\nthe end\n');
    await shows(talk, /the end/);
    await shows(quiet, /the end/);
    expect(talk.text).not.toMatch(/received|sent/);
    expect(quiet.text).not.toMatch(/received|sent/);
    expect((await piped).stderr).toBe('');
  });
});

/** What a run opens of the program, and loads of Node: a start is as quick as that is little. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { scratch } from '../../support/payload.ts';
import { listener } from '../../support/peer.ts';
import { run, SOCKLAB, start } from '../../support/program.ts';

let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'socklab-test-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
});

/** The files of ours and of koffi’s that are opened, by a run with `send` to a peer that answers. */
async function sending(): Promise<string[]> {
  const server = await listener();
  const log = join(home, 'strace');
  const args = ['-f', '-e', 'trace=open,openat', '-o', log, ...SOCKLAB];
  const program = start('strace', [...args, 'send', `:${server.port}`, 'hello'], {
    env: { XDG_CACHE_HOME: home },
  });
  const { socket } = await server.accept();
  socket.end('answer');
  expect(await program.exit()).toMatchObject({ code: 0, stdout: Buffer.from('answer') });
  const opened = [...readFileSync(log, 'latin1').matchAll(/"([^"]*)".*\) = \d+$/gm)];
  const names = opened.map(([, path = '']) => path);
  return names.filter((path) => /\.js$|\.cjs$|\.node$|\.txt$|\/socklab\/code\/send/.test(path));
}

describe('send', () => {
  it('reads its own file, one pack, what is kept of it, and the binary', async () => {
    const first = await sending();
    const files = [/bin\/socklab\.js$/, /dist\/cli\/start\.js$/, /dist\/cli\/first\.js$/];
    const expected = [...files, /koffi\.node$/];
    // The first run writes what the second one reads.
    expect(first.filter((path) => !path.includes('/socklab/code/send'))).toEqual(
      expected.map((path) => expect.stringMatching(path)),
    );
    const second = await sending();
    expect(second.filter((path) => path.includes('/socklab/code/send'))).toEqual([
      expect.stringMatching(/\/socklab\/code\/send-first-v[\w.-]+$/),
    ]);
  });

  it('loads nothing of Node’s that takes time', async () => {
    const server = await listener();
    const look = join(scratch(), 'look.cjs');
    writeFileSync(
      look,
      "process.on('exit', () => process.stderr.write(process.moduleLoadList.filter((name) => /^NativeModule \\w+$/.test(name)).map((name) => name.slice(13)).join(' ')));",
    );
    const running = run(['send', `:${server.port}`, 'hello'], '', {
      env: { NODE_OPTIONS: `--require ${look}` },
    });
    (await server.accept()).socket.end();
    const { code, stderr } = await running;
    expect(code).toBe(0);
    const dear = ['child_process', 'crypto', 'dns', 'os', 'readline', 'tls', 'perf_hooks'];
    expect(stderr.split(' ').filter((name) => dear.includes(name))).toEqual([]);
  });
});

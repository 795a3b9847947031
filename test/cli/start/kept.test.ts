/** What is compiled and kept: only in a folder of its owner's own, and never anybody's trouble. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { keptFolder, keptName, readKept, writeKept } from '../../../src/cli/start/kept.ts';
import { COMMANDS } from '../../../src/cli/start/start.ts';
import { program } from '../../support/command-line.ts';
import { type Exit, run, socklab } from '../../support/program.ts';

const ROOT_USER = process.geteuid?.() === 0;
const NOBODY = 65534;
const KEY = 'socklab 1';
const DATA = Buffer.from('compiled');
const NAME = keptName('send', 'first', '0123456789abcdef');

let home = '';
let folder = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'socklab-test-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  folder = join(home, 'socklab/code');
});

/** A run that loads the first pack and another one. */
function explain(env: Readonly<Record<string, string>> = {}): Promise<Exit> {
  return run(['explain', '111'], '', { env: { XDG_CACHE_HOME: home, ...env } });
}

function kept(): string[] {
  return readdirSync(folder).sort();
}

/** Which files these are, told by what rename(2) makes anew. */
function inodes(): number[] {
  return kept().map((name) => statSync(join(folder, name)).ino);
}

/** It ran as it does without any of this. */
async function expectTheSame(exit: Exit): Promise<void> {
  const plain = await explain({ NODE_DISABLE_COMPILE_CACHE: '1' });
  expect(exit).toEqual(plain);
  expect([plain.code, plain.stderr]).toEqual([0, '']);
}

describe('a program that runs', () => {
  it('keeps what it has compiled, for its owner alone, and takes it the next time', async () => {
    await expectTheSame(await explain());
    const names = ['first', 'more', 'program'].map((pack) => `explain-${pack}-${process.version}-`);
    expect(kept()).toEqual(names.map((name) => expect.stringContaining(name)));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of kept()) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const before = inodes();
    await expectTheSame(await explain());
    expect(inodes()).toEqual(before);
  });

  it.each([
    ['cut off', (file: string) => truncateSync(file, statSync(file).size - 1)],
    ['empty', (file: string) => truncateSync(file, 0)],
    ['of zeroes', (file: string) => writeFileSync(file, Buffer.alloc(statSync(file).size))],
    ['of one flipped bit', (file: string) => flip(file, statSync(file).size >> 2)],
    ['of another build', (file: string) => flip(file, 10)],
    ['too long', (file: string) => writeFileSync(file, '..', { flag: 'a' })],
    ['writable for others', (file: string) => chmodSync(file, 0o622)],
    ['a folder', foldered],
    ['a FIFO', fifo],
    ['a symbolic link', linked],
  ])('does not take one that is %s, and puts its own there', async (what, spoil) => {
    await explain();
    const file = join(folder, kept()[0] ?? '');
    spoil(file);
    const bad = statSync(file).ino;
    await expectTheSame(await explain());
    if (what === 'a folder') return;
    expect(statSync(file).ino).not.toBe(bad);
  });

  it.each([
    ['that others can read', () => chmodSync(folder, 0o755)],
    ['that others can write', () => chmodSync(folder, 0o770)],
    ['that is a link', () => linked(folder)],
  ])('takes nothing from a folder %s', async (_, spoil) => {
    writeKept(folder, 'a', KEY, () => DATA);
    expect(readKept(folder, 'a', KEY)).toEqual(DATA);
    spoil();
    expect(readKept(folder, 'a', KEY)).toBeNull();
    await expectTheSame(await explain());
  });

  it('takes nothing that is another user’s, and leaves nothing in another’s home', async (context) => {
    if (!ROOT_USER) context.skip('only root can give files away');
    writeKept(folder, 'a', KEY, () => DATA);
    chownSync(join(folder, 'a'), NOBODY, NOBODY);
    expect(readKept(folder, 'a', KEY)).toBeNull();
    chownSync(join(folder, 'a'), 0, 0);
    expect(readKept(folder, 'a', KEY)).toEqual(DATA);
    chownSync(folder, NOBODY, NOBODY);
    expect(readKept(folder, 'a', KEY)).toBeNull();
    rmSync(join(home, 'socklab'), { recursive: true });
    // As with `sudo -E`.
    chownSync(home, NOBODY, NOBODY);
    await expectTheSame(await explain());
    expect(existsSync(folder)).toBe(false);
  });

  it('runs the same where nothing can be written', async () => {
    const way = join(home, 'socklab');
    writeFileSync(way, 'a file is in the way');
    await expectTheSame(await explain());
    await expectTheSame(await explain({ XDG_CACHE_HOME: '/proc/nowhere' }));
    await expectTheSame(await explain({ XDG_CACHE_HOME: '/dev/full' }));
    await expectTheSame(await explain({ XDG_CACHE_HOME: '', HOME: '' }));
    expect(readFileSync(way, 'utf8')).toBe('a file is in the way');
  });

  it('keeps nothing of a run that fails, and apart what only printed help', async () => {
    const env = { XDG_CACHE_HOME: home };
    expect((await run(['explain', 'nonsense'], '', { env })).code).toBe(2);
    expect(existsSync(folder)).toBe(false);
    await run(['explain', '--help'], '', { env });
    expect(kept()).toEqual([
      expect.stringMatching(/^other-first-/),
      expect.stringMatching(/^other-program-/),
    ]);
  });

  it('puts away what it has not written for a month, and nothing else', () => {
    const killed = `${NAME}.0123456789ab`;
    const other = NAME.replace('send', 'connect');
    writeKept(folder, NAME, KEY, () => DATA);
    for (const name of [killed, 'notes.txt', 'history']) writeFileSync(join(folder, name), '');
    // In the way of what comes after it, by its name and its kind.
    for (const name of ['0', NAME.replace('send', 'a')]) mkdirSync(join(folder, name));
    symlinkSync('/nowhere', join(folder, NAME.replace('send', 'b')));
    const theirs = join(home, 'socklab', NAME);
    writeFileSync(theirs, '');
    const before = new Date(Date.now() - 31 * 86_400_000);
    for (const name of kept()) lutimesSync(join(folder, name), before, before);
    utimesSync(theirs, before, before);
    writeKept(folder, other, KEY, () => DATA);
    const left = ['0', NAME.replace('send', 'a'), NAME.replace('send', 'b'), other];
    expect(kept()).toEqual([...left, 'history', 'notes.txt'].sort());
    expect(existsSync(theirs)).toBe(true);
  });

  it('tidies each name that it gives', async () => {
    await explain();
    const before = new Date(0);
    for (const name of kept()) utimesSync(join(folder, name), before, before);
    writeKept(folder, NAME, KEY, () => DATA);
    expect(kept()).toEqual([NAME]);
  });

  it('is not stopped by what a killed process of the same number has left', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, `${NAME}.${process.pid}`), '');
    writeKept(folder, NAME, KEY, () => DATA);
    expect(readKept(folder, NAME, KEY)).toEqual(DATA);
  });

  it('leaves nothing beside what it can’t put into its place, and is silent', () => {
    mkdirSync(join(folder, NAME), { recursive: true, mode: 0o700 });
    chmodSync(join(home, 'socklab'), 0o700);
    writeKept(folder, NAME, KEY, () => DATA);
    expect(kept()).toEqual([NAME]);
    writeKept(folder, `${NAME}x`, KEY, () => {
      throw new Error('V8 has none');
    });
    expect(kept()).toEqual([NAME]);
  });

  it('makes the folder for caches, but no home', async () => {
    const none = join(home, 'none');
    await expectTheSame(await explain({ XDG_CACHE_HOME: '', HOME: none }));
    await expectTheSame(await explain({ XDG_CACHE_HOME: join(none, 'cache') }));
    expect(existsSync(none)).toBe(false);
    await explain({ XDG_CACHE_HOME: '', HOME: home });
    expect(readdirSync(join(home, '.cache/socklab/code'))).toHaveLength(3);
    await explain({ XDG_CACHE_HOME: join(home, 'cache') });
    expect(readdirSync(join(home, 'cache/socklab/code'))).toHaveLength(3);
  });

  it('two at once leave one whole file, and nothing beside it', async () => {
    const exits = await Promise.all([explain(), explain(), explain(), explain()]);
    for (const exit of exits) await expectTheSame(exit);
    expect(kept()).toHaveLength(3);
    const before = inodes();
    await explain();
    expect(inodes()).toEqual(before);
  });

  it('that goes on for long keeps it before its end', async () => {
    const server = socklab(['serve', ':0'], { env: { XDG_CACHE_HOME: home } });
    await server.listening();
    // No event tells of it but the file itself.
    while (!existsSync(folder) || !kept().some((name) => /^serve-first-\S+-[0-9a-f]+$/.test(name)))
      await new Promise((next) => setTimeout(next, 20));
    server.signal('SIGKILL');
  });
});

function foldered(file: string): void {
  rmSync(file);
  mkdirSync(file);
}

/** Nobody writes to it: who opens it to read waits for ever. */
function fifo(file: string): void {
  rmSync(file);
  execFileSync('mkfifo', ['-m', '600', file]);
}

function linked(path: string): void {
  renameSync(path, `${path}.moved`);
  symlinkSync(`${path}.moved`, path);
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

describe('the folder', () => {
  it('is where the XDG specification says, and none where there is no home', () => {
    expect(keptFolder({ XDG_CACHE_HOME: '/c', HOME: '/h' })).toBe('/c/socklab/code');
    expect(keptFolder({ HOME: '/h' })).toBe('/h/.cache/socklab/code');
    // "If an implementation encounters a relative path … it should … ignore it."
    expect(keptFolder({ XDG_CACHE_HOME: 'c', HOME: '/h' })).toBe('/h/.cache/socklab/code');
    expect(keptFolder({})).toBeNull();
    expect(keptFolder({ HOME: '' })).toBeNull();
    expect(keptFolder({ HOME: '/h', NODE_DISABLE_COMPILE_CACHE: '1' })).toBeNull();
  });

  it('is none where the user or the group is not who called: it is their environment', (context) => {
    if (!ROOT_USER) context.skip('only root can change what it is');
    const was = { seteuid: process.getuid?.() ?? 0, setegid: process.getgid?.() ?? 0 };
    for (const change of ['seteuid', 'setegid'] as const) {
      process[change]?.(NOBODY);
      const found = keptFolder({ HOME: '/h' });
      process[change]?.(was[change]);
      expect(found, change).toBeNull();
    }
    expect(keptFolder({ HOME: '/h' })).not.toBeNull();
  });

  it('has a name for each command, and for no other word', () => {
    expect([...COMMANDS].sort()).toEqual(program.commands.map((one) => one.name()).sort());
  });
});

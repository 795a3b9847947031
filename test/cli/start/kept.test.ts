/** What is compiled and kept: only in a folder of its owner's own, and never anybody's trouble. */
import {
  chmodSync,
  chownSync,
  existsSync,
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
import { keptFolder, readKept, writeKept } from '../../../src/cli/start/kept.ts';
import { COMMANDS } from '../../../src/cli/start/start.ts';
import { program } from '../../support/command-line.ts';
import { type Exit, run, socklab } from '../../support/program.ts';

const ROOT_USER = process.geteuid?.() === 0;
const NOBODY = 65534;
const KEY = 'socklab 1';
const DATA = Buffer.from('compiled');

let home = '';
let folder = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'socklab-test-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  folder = join(home, 'socklab');
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
    writeKept(folder, 'a', KEY, DATA);
    expect(readKept(folder, 'a', KEY)).toEqual(DATA);
    spoil();
    expect(readKept(folder, 'a', KEY)).toBeNull();
    await expectTheSame(await explain());
  });

  it('takes nothing that is another user’s, and leaves nothing in another’s home', async (context) => {
    if (!ROOT_USER) context.skip('only root can give files away');
    writeKept(folder, 'a', KEY, DATA);
    chownSync(join(folder, 'a'), NOBODY, NOBODY);
    expect(readKept(folder, 'a', KEY)).toBeNull();
    chownSync(join(folder, 'a'), 0, 0);
    expect(readKept(folder, 'a', KEY)).toEqual(DATA);
    chownSync(folder, NOBODY, NOBODY);
    expect(readKept(folder, 'a', KEY)).toBeNull();
    rmSync(folder, { recursive: true });
    // As with `sudo -E`.
    chownSync(home, NOBODY, NOBODY);
    await expectTheSame(await explain());
    expect(existsSync(folder)).toBe(false);
  });

  it('runs the same where nothing can be written', async () => {
    writeFileSync(folder, 'a file is in the way');
    await expectTheSame(await explain());
    await expectTheSame(await explain({ XDG_CACHE_HOME: '/proc/nowhere' }));
    await expectTheSame(await explain({ XDG_CACHE_HOME: '/dev/full' }));
    await expectTheSame(await explain({ XDG_CACHE_HOME: '', HOME: '' }));
    expect(readFileSync(folder, 'utf8')).toBe('a file is in the way');
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

  it('puts away what has not been written for a month, and nothing else', () => {
    for (const name of ['old', 'new']) writeKept(folder, name, KEY, DATA);
    const before = new Date(Date.now() - 31 * 86_400_000);
    utimesSync(join(folder, 'old'), before, before);
    writeKept(folder, 'other', KEY, DATA);
    expect(kept()).toEqual(['new', 'other']);
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
    expect(keptFolder({ XDG_CACHE_HOME: '/c', HOME: '/h' })).toBe('/c/socklab');
    expect(keptFolder({ HOME: '/h' })).toBe('/h/.cache/socklab');
    // "If an implementation encounters a relative path … it should … ignore it."
    expect(keptFolder({ XDG_CACHE_HOME: 'c', HOME: '/h' })).toBe('/h/.cache/socklab');
    expect(keptFolder({})).toBeNull();
    expect(keptFolder({ HOME: '' })).toBeNull();
    expect(keptFolder({ HOME: '/h', NODE_DISABLE_COMPILE_CACHE: '1' })).toBeNull();
  });

  it('has a name for each command, and for no other word', () => {
    expect([...COMMANDS].sort()).toEqual(program.commands.map((one) => one.name()).sort());
  });
});

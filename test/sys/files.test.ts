/** Files below a folder, and files that are made: never anything outside, never in place of another. */

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createFile,
  entriesOf,
  nameFile,
  type Opened,
  openBelow,
  openToRead,
  readAt,
  realFolder,
} from '../../src/sys/files.ts';
import { errnoName } from '../../src/sys/platform.ts';
import { scratch } from '../support/payload.ts';
import { python } from '../support/program.ts';

let outside: string;
let root: string;
beforeEach(() => {
  outside = scratch();
  root = join(outside, 'root');
  mkdirSync(join(root, 'sub'), { recursive: true });
  writeFileSync(join(outside, 'secret'), 'secret');
  // Its path begins as the folder's does.
  mkdirSync(join(outside, 'root2'));
  writeFileSync(join(outside, 'root2', 'secret'), 'secret');
  writeFileSync(join(root, 'a.txt'), 'hello');
  writeFileSync(join(root, 'sub', 'b.txt'), 'below');
});

/** What the names lead to: the file's bytes, its kind, or the errno. */
function found(...names: string[]): string {
  const opened = openBelow(root, names);
  if (typeof opened === 'number') return errnoName(-opened);
  const text = opened.kind === 'file' ? contents(opened) : opened.kind;
  closeSync(opened.fd);
  return text;
}

function contents({ fd, size }: Opened): string {
  const bytes = Buffer.alloc(size);
  readSync(fd, bytes, 0, size, 0);
  return bytes.toString();
}

describe('below a folder', () => {
  it('are its files, folders, and links among them', () => {
    symlinkSync('sub/b.txt', join(root, 'file'));
    symlinkSync(join(root, 'sub'), join(root, 'folder'));
    expect(found('a.txt')).toBe('hello');
    expect(found('sub', 'b.txt')).toBe('below');
    expect(found('file')).toBe('below');
    expect(found('folder', 'b.txt')).toBe('below');
    expect(found()).toBe('folder');
    expect(found('sub')).toBe('folder');
    expect(found('gone')).toBe('ENOENT');
    expect(found('a.txt', 'b')).toBe('ENOTDIR');
  });

  it.each([
    ['a file', '../secret', []],
    ['a file by its whole path', '/etc/passwd', []],
    ['a folder', '..', ['secret']],
    ['a folder whose path begins alike', '../root2', ['secret']],
    ['the folder itself by way of its parent', '../root/../secret', []],
  ] as const)('is not %s that a link leads to', (_, target, rest) => {
    symlinkSync(target, join(root, 'out'));
    expect(found('out', ...rest)).toBe('ENOENT');
  });

  it('is not what a link leads to by another link', () => {
    symlinkSync('../secret', join(root, 'sub', 'one'));
    symlinkSync('sub/one', join(root, 'two'));
    expect(found('two')).toBe('ENOENT');
  });

  it('a FIFO opens at once, and is told from a file', () => {
    execFileSync('mkfifo', [join(root, 'fifo')]);
    expect(found('fifo')).toBe('other');
  });

  it('is never outside while somebody swaps a file for a link as fast as possible', async () => {
    mkdirSync(join(root, 'x'));
    writeFileSync(join(root, 'x', 'f'), 'inside');
    mkdirSync(join(outside, 'y'));
    writeFileSync(join(outside, 'y', 'f'), 'secret');
    const swapper = python(
      `
import ctypes, os, sys
root, out = sys.argv[1:]
os.symlink(out, root + '/link')
rename = ctypes.CDLL(None).renameat2
a, b = (root + '/x').encode(), (root + '/link').encode()
print('ready go')
while True:
    rename(-100, a, -100, b, 2)  # RENAME_EXCHANGE
`,
      root,
      join(outside, 'y'),
    );
    await swapper.ready();
    const seen = new Map<string, number>();
    for (let turn = 0; turn < 20_000; turn++) {
      const what = found('x', 'f');
      seen.set(what, (seen.get(what) ?? 0) + 1);
    }
    swapper.kill();
    // Both were met, so there was something to get wrong.
    expect([...seen.keys()].sort()).toEqual(['ENOENT', 'inside']);
  });

  it('lists files, folders and links, so many at most', () => {
    symlinkSync('a.txt', join(root, 'link'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
    const opened = openToRead(root) as Opened;
    const names = entriesOf(opened, 100) as { name: string; folder: boolean }[];
    expect(names.map(({ name, folder }) => `${name} ${folder}`).sort()).toEqual([
      'a.txt false',
      'link false',
      'sub true',
    ]);
    expect(entriesOf(opened, 2)).toHaveLength(2);
    closeSync(opened.fd);
  });
});

it('a folder is known by its path without links', () => {
  symlinkSync('root', join(outside, 'link'));
  expect(realFolder(join(outside, 'link'))).toBe(root);
  expect(errnoName(-(realFolder(join(root, 'a.txt')) as number))).toBe('ENOTDIR');
  expect(errnoName(-(realFolder(join(root, 'gone')) as number))).toBe('ENOENT');
});

it('a file is read from anywhere, and its position stays', () => {
  const { fd } = openToRead(join(root, 'a.txt')) as Opened;
  const room = new Uint8Array(3);
  expect([readAt(fd, room, 2), Buffer.from(room).toString()]).toEqual([3, 'llo']);
  expect(readAt(fd, room, 5)).toBe(0);
  expect([readSync(fd, room), Buffer.from(room).toString()]).toEqual([3, 'hel']);
  closeSync(fd);
});

describe('a new file', () => {
  it('is only its owner’s', () => {
    const fd = createFile(join(root, 'new'));
    expect(statSync(join(root, 'new')).mode & 0o777).toBe(0o600);
    closeSync(fd);
  });

  it('is never an old one, nor what a link leads to', () => {
    symlinkSync('elsewhere', join(root, 'dangling'));
    expect(errnoName(-createFile(join(root, 'a.txt')))).toBe('EEXIST');
    expect(errnoName(-createFile(join(root, 'dangling')))).toBe('EEXIST');
    expect(existsSync(join(root, 'elsewhere'))).toBe(false);
  });

  it('gets another name only where that is free', () => {
    expect(errnoName(-nameFile(join(root, 'a.txt'), join(root, 'sub', 'b.txt')))).toBe('EEXIST');
    expect(readFileSync(join(root, 'sub', 'b.txt'), 'utf8')).toBe('below');
    expect(nameFile(join(root, 'a.txt'), join(root, 'c.txt'))).toBe(0);
    expect(readFileSync(join(root, 'c.txt'), 'utf8')).toBe('hello');
    expect(existsSync(join(root, 'a.txt'))).toBe(false);
  });
});

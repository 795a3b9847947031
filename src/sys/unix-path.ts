/** The paths of Unix sockets, as the file system and the kernel's list of sockets know them. */
import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, readFileSync, realpathSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

/** What lies at a path: which file it is, not only its name. */
export interface PathEntry {
  readonly isSocket: boolean;
  readonly device: bigint;
  readonly inode: bigint;
}

/** lstat(2): a symbolic link is not followed. Null where nothing is there, or nothing can be seen. */
export function entryAt(path: string): PathEntry | null {
  try {
    const stat = lstatSync(path, { bigint: true });
    return { isSocket: stat.isSocket(), device: stat.dev, inode: stat.ino };
  } catch {
    // ENOENT; or its folder may not be searched, or has become something else.
    return null;
  }
}

export function sameEntry(one: PathEntry | null, other: PathEntry | null): boolean {
  return one !== null && one.device === other?.device && one.inode === other.inode;
}

/**
 * Whether some open socket of this network namespace was bound to the path, also one that does not
 * listen yet: /proc/net/unix. It keeps paths as they were given to bind(2), so a relative one is
 * taken for ours where its last part is the same.
 * @returns null where there is no such list
 */
export function isBoundTo(path: string): boolean | null {
  const lines = boundPaths();
  if (lines === null) return null;
  const ours = resolved(path);
  return lines.some((line) => {
    if (basename(line) !== basename(path)) return false;
    return !isAbsolute(line) || resolved(line) === ours;
  });
}

/** A name in the same folder that nobody has; a short one, since it must fit into a sockaddr as well. */
export function nameBeside(path: string): string {
  return join(dirname(path), `.${randomBytes(4).toString('hex')}`);
}

/** @throws an Error with `code` where the file system refuses */
export function rename(from: string, to: string): void {
  renameSync(from, to);
}

/** A second name for the same file; never one that is taken: link(2) fails with EEXIST. */
export function link(from: string, to: string): void {
  linkSync(from, to);
}

export function unlink(path: string): void {
  unlinkSync(path);
}

/** proc(5): eight columns, the last one is the path, where the socket has one. */
function boundPaths(): string[] | null {
  let text: string;
  try {
    text = readFileSync('/proc/net/unix', 'latin1');
  } catch {
    return null;
  }
  return text
    .split('\n')
    .map((line) => /^(?:\S+\s+){7}(.+)$/.exec(line)?.[1] ?? '')
    .filter((path) => path !== '' && !path.startsWith('@'))
    .map((path) => Buffer.from(path, 'latin1').toString());
}

function resolved(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

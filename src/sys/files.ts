/**
 * Files and folders of our own, for what is served from them and what is put into them. Each
 * function answers as a {@link Result} does: −errno where the system refused.
 */
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  opendirSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { errnoNumber } from './platform.ts';
import type { Result } from './sys.ts';

/** A file or folder that is open for reading. Whoever opened it closes it. */
export interface Opened {
  readonly fd: number;
  /** How to reach it again, without links. */
  readonly path: string;
  /** `other` is a FIFO, a device, a socket: it is never read from. */
  readonly kind: 'file' | 'folder' | 'other';
  /** In bytes, when it was opened. 0 also for a file that the kernel makes up, as in /proc. */
  readonly size: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** One name in a folder. */
export interface Entry {
  readonly name: string;
  readonly folder: boolean;
}

/**
 * O_NONBLOCK: to open a FIFO would wait for its writer (fifo(7)). O_NOCTTY: a terminal must not
 * become ours.
 */
const TO_READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Opens what the path leads to. */
export function openToRead(path: string): Opened | Result {
  return opened(path, TO_READ);
}

/**
 * Opens what is below a folder, by the names on the way. Links are followed, but never out of the
 * folder: −ENOENT, as if nothing were there.
 * @param root the folder, without links in its path: see {@link realFolder}
 * @param names none of them empty, `.` or `..`, or with a slash or NUL in it
 */
export function openBelow(root: string, names: readonly string[]): Opened | Result {
  try {
    // native: Node's own walk says EINVAL where a link becomes something else meanwhile.
    const real = realpathSync.native(join(root, ...names));
    if (!isBelow(root, real)) return -errnoNumber('ENOENT');
    // Somebody may put a link in its place before it is opened: hence O_NOFOLLOW, and for a link on
    // the way to it the second look, at what was opened.
    const found = opened(real, TO_READ | constants.O_NOFOLLOW);
    if (typeof found === 'number' || isBelow(root, placeOf(found))) return found;
    closeSync(found.fd);
    return -errnoNumber('ENOENT');
  } catch (error) {
    return errnoOf(error);
  }
}

/** A folder's path without links; −ENOTDIR where it is none. */
export function realFolder(path: string): string | Result {
  try {
    return statSync(path).isDirectory() ? realpathSync(path) : -errnoNumber('ENOTDIR');
  } catch (error) {
    return errnoOf(error);
  }
}

/**
 * What is in an open folder: files, folders and links, in no order.
 * @param most so many at most: a folder can have millions
 */
export function entriesOf({ fd, path }: Opened, most: number): Entry[] | Result {
  try {
    // By its descriptor: at the path there may be something else by now.
    const folder = opendirSync(process.platform === 'linux' ? `/proc/self/fd/${fd}` : path);
    try {
      const found: Entry[] = [];
      for (let one = folder.readSync(); one !== null; one = folder.readSync()) {
        if (!one.isFile() && !one.isDirectory() && !one.isSymbolicLink()) continue;
        if (found.length === most) break;
        found.push({ name: one.name, folder: one.isDirectory() });
      }
      return found;
    } finally {
      folder.closeSync();
    }
  } catch (error) {
    return errnoOf(error);
  }
}

/** pread(2): the file's own position stays, so several may read through one descriptor. */
export function readAt(fd: number, into: Uint8Array, position: number): Result {
  return attempted(() => readSync(fd, into, 0, into.length, position));
}

/** Makes a new file that only its owner may read, to write to it; −EEXIST where the name is taken. */
export function createFile(path: string): Result {
  // O_EXCL: neither an existing file nor what a link leads to is ever written to (open(2)).
  const { O_WRONLY, O_CREAT, O_EXCL, O_NONBLOCK } = constants;
  // None of our descriptors blocks, though a regular file would not anyway.
  return attempted(() => openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NONBLOCK, 0o600));
}

/** Gives a file another name in its folder; −EEXIST where that is taken: nothing is replaced. */
export function nameFile(from: string, to: string): Result {
  const linked = attempted(() => done(linkSync(from, to)));
  if (linked >= 0) return removeFile(from);
  if (linked !== -errnoNumber('EPERM') && linked !== -errnoNumber('EOPNOTSUPP')) return linked;
  // A file system without hard links (vfat): take the name first, then replace what is ours.
  const taken = createFile(to);
  if (taken < 0) return taken;
  closeSync(taken);
  return attempted(() => done(renameSync(from, to)));
}

export function removeFile(path: string): Result {
  return attempted(() => done(unlinkSync(path)));
}

function opened(path: string, flags: number): Opened | Result {
  const fd = attempted(() => openSync(path, flags));
  if (fd < 0) return fd;
  const stat = fstatSync(fd);
  return { fd, path, kind: kindOf(stat), size: stat.size, modifiedMs: stat.mtimeMs };
}

function kindOf(stat: Stats): Opened['kind'] {
  return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
}

function isBelow(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Where a descriptor really leads: the kernel's own word (proc(5)), or else the path looked up again. */
function placeOf({ fd, path }: Opened): string {
  if (process.platform === 'linux') return readlinkSync(`/proc/self/fd/${fd}`);
  const [now, then] = [statSync(path), fstatSync(fd)];
  return now.ino === then.ino && now.dev === then.dev ? realpathSync(path) : '';
}

/** What a call answers that has nothing to say but that it worked. */
function done(_: unknown): Result {
  return 0;
}

function attempted(attempt: () => Result): Result {
  try {
    return attempt();
  } catch (error) {
    return errnoOf(error);
  }
}

/** Node's errors of system calls carry −errno, as the kernel gave it. */
function errnoOf(error: unknown): Result {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number')
    return error.errno;
  throw error;
}

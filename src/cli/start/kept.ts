/**
 * What V8 has compiled, kept between runs in a folder that only its owner can read or write. It is
 * code, so it is taken only from there. It is an economy, too: whatever fails here is passed over,
 * and the program starts as it would without.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** V8 wants its data aligned; what stands before it has this length. */
const KEY_LENGTH = 64;
/** Nothing of ours is larger: what is, is not ours. */
const MOST_BYTES = 64 * 1024 * 1024;
const OLD_MS = 30 * 86_400_000;
/** In the folder for caches, which is made if it is missing; what stands above it is not. */
const OURS = 'socklab/code';
const MOST_MADE = 3;
/** {@link keptName}, and what is written beside it. */
const OUR_NAME = /^[a-z]+-[\w@.-]+-v\d+\.[\w.+-]*-[0-9a-f]{16}(?:\.[0-9a-f]{12})?$/;

/**
 * A folder of our own in that for caches of the XDG Base Directory Specification; null where there
 * is to be none: no home, or Node was told to keep nothing (its own variable for that), or measures
 * what runs, which code from a cache hides.
 */
export function keptFolder(env: NodeJS.ProcessEnv): string | null {
  const { HOME, XDG_CACHE_HOME, NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = env;
  if (NODE_DISABLE_COMPILE_CACHE || NODE_V8_COVERAGE) return null;
  // With a set-user-ID or set-group-ID bit the environment is a stranger's.
  if (process.geteuid?.() !== process.getuid?.()) return null;
  if (process.getegid?.() !== process.getgid?.()) return null;
  // "All paths set in these environment variables must be absolute."
  if (XDG_CACHE_HOME?.startsWith('/')) return `${XDG_CACHE_HOME}/${OURS}`;
  return HOME?.startsWith('/') ? `${HOME}/.cache/${OURS}` : null;
}

/** @param hash of the pack, 16 hexadecimal digits */
export function keptName(command: string, pack: string, hash: string): string {
  return `${command}-${pack}-${process.version}-${hash}`;
}

/** @param key of what it was compiled from, and by what; another one's is not taken */
export function readKept(folder: string, name: string, key: string): Uint8Array | null {
  let fd = -1;
  try {
    mustBePrivate(folder);
    // Should it be a FIFO, open(2) would wait for who writes to it.
    fd = openSync(
      `${folder}/${name}`,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    const stat = owned(fstatSync(fd));
    if (!stat.isFile() || (stat.mode & 0o022) !== 0 || stat.size > MOST_BYTES) return null;
    const bytes = Buffer.allocUnsafeSlow(stat.size);
    return readSync(fd, bytes) === bytes.length ? dataIn(bytes, key) : null;
  } catch {
    return null;
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

/** @param make what is to be kept; where it throws, nothing is */
export function writeKept(folder: string, name: string, key: string, make: () => Uint8Array): void {
  try {
    const data = make();
    makeFolder(folder, MOST_MADE);
    mustBePrivate(folder);
    put(`${folder}/${name}`, [headOf(key), data, data]);
    tidy(folder);
  } catch {
    // The next run compiles it again.
  }
}

/** Written beside and moved into place, so that nobody reads half of it: rename(2). */
function put(path: string, parts: readonly Uint8Array[]): void {
  // Not by the process's number: in a container, the next one has the same.
  const random = Math.floor(Math.random() * 2 ** 48);
  const beside = `${path}.${random.toString(16).padStart(12, '0')}`;
  const fd = openSync(beside, 'wx', 0o600);
  try {
    try {
      for (const part of parts)
        if (writeSync(fd, part) < part.length) throw new Error('the disk is full');
    } finally {
      closeSync(fd);
    }
    renameSync(beside, path);
  } catch (error) {
    unlinkSync(beside);
    throw error;
  }
}

/**
 * What other versions have left, or a run that was killed. One that is still run writes its own
 * again, once a month. What does not look like ours is not ours to remove.
 */
function tidy(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!OUR_NAME.test(name)) continue;
    const path = `${folder}/${name}`;
    try {
      const stat = lstatSync(path);
      if (stat.isFile() && Date.now() - stat.mtimeMs > OLD_MS) unlinkSync(path);
    } catch {
      // Another process was first.
    }
  }
}

function headOf(key: string): Buffer {
  return Buffer.from(key.padEnd(KEY_LENGTH).slice(0, KEY_LENGTH), 'latin1');
}

/**
 * V8 believes what it is given but for a few numbers in front, and a flipped bit could end the
 * process. So the data is there twice: to compare it is a tenth of what a checksum costs.
 */
function dataIn(bytes: Buffer, key: string): Uint8Array | null {
  if (!bytes.subarray(0, KEY_LENGTH).equals(headOf(key))) return null;
  const half = (bytes.length - KEY_LENGTH) / 2;
  const data = bytes.subarray(KEY_LENGTH, KEY_LENGTH + half);
  return data.length === half && data.equals(bytes.subarray(KEY_LENGTH + half)) ? data : null;
}

/** @throws where it is another's: also root's own are not taken from, or left in, a user's home */
function owned(stat: Stats): Stats {
  if (stat.uid !== process.geteuid?.()) throw new Error('it is another’s');
  return stat;
}

function mustBePrivate(folder: string): void {
  const stat = owned(lstatSync(folder));
  if (!stat.isDirectory() || (stat.mode & 0o077) !== 0) throw new Error('others may come in');
}

/**
 * With those above it that are missing, `most` in all, in one that is ours: a home is nobody's to
 * make. Node's own way never ends in /proc.
 */
function makeFolder(folder: string, most: number): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat !== undefined) return void owned(stat);
  if (most === 0) throw new Error('there is no home');
  makeFolder(dirname(folder), most - 1);
  try {
    mkdirSync(folder, 0o700);
  } catch {
    // Another process was first; if not, the next call says so.
  }
}

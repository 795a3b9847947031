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

/**
 * `socklab` in the folder for caches of the XDG Base Directory Specification; null where there is
 * to be none: no home, or Node was told to keep nothing (its own variable for that), or measures
 * what runs, which code from a cache hides.
 */
export function keptFolder(env: NodeJS.ProcessEnv): string | null {
  const { HOME, XDG_CACHE_HOME, NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = env;
  if (NODE_DISABLE_COMPILE_CACHE || NODE_V8_COVERAGE) return null;
  // With a set-user-ID bit, or its like, the environment is a stranger's.
  if (process.geteuid?.() !== process.getuid?.()) return null;
  // "All paths set in these environment variables must be absolute."
  if (XDG_CACHE_HOME?.startsWith('/')) return `${XDG_CACHE_HOME}/socklab`;
  return HOME?.startsWith('/') ? `${HOME}/.cache/socklab` : null;
}

/** @param key of what it was compiled from, and by what; another one's is not taken */
export function readKept(folder: string, name: string, key: string): Uint8Array | null {
  let fd = -1;
  try {
    mustBePrivate(folder);
    fd = openSync(`${folder}/${name}`, constants.O_RDONLY | constants.O_NOFOLLOW);
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

/** Written beside and moved into place, so that nobody reads half of it: rename(2). */
export function writeKept(folder: string, name: string, key: string, data: Uint8Array): void {
  const beside = `${folder}/${name}.${process.pid}`;
  let fd = -1;
  try {
    make(folder);
    mustBePrivate(folder);
    fd = openSync(beside, 'wx', 0o600);
    for (const part of [headOf(key), data, data]) {
      if (writeSync(fd, part) < part.length) throw new Error('the disk is full');
    }
    closeSync(fd);
    renameSync(beside, `${folder}/${name}`);
    tidy(folder);
  } catch {
    if (fd >= 0) remove(beside, fd);
  }
}

function remove(path: string, fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // It was closed before.
  }
  try {
    unlinkSync(path);
  } catch {
    // So be it.
  }
}

/** What other versions have left. One that is still run writes its own again, once a month. */
function tidy(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    if (Date.now() - lstatSync(path).mtimeMs > OLD_MS) unlinkSync(path);
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

/** With those above it that are missing, in one that is ours. Node's own way never ends in /proc. */
function make(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat !== undefined) return void owned(stat);
  make(dirname(folder));
  try {
    mkdirSync(folder, 0o700);
  } catch {
    // Another process was first; if not, the next call says so.
  }
}

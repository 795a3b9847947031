/** What was typed in earlier runs: $XDG_STATE_HOME/socklab/history, for its owner's eyes only. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const MOST_LINES = 1000;
const ASIDE = '.1';
/** A lock that is older was left behind by somebody who was killed. */
const STALE_MS = 60_000;

/** Not followed: the history may not be another file; not waited for, should it be a FIFO. */
const CAREFULLY = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Several sessions can have it open at once and lose nothing: a line is one append. A file that has
 * become long is not rewritten but put aside (`history.1`), and both are read.
 */
export class History {
  private readonly path: string | null;
  /** The newest first, as going up meets them. */
  readonly lines: string[];

  constructor(env: NodeJS.ProcessEnv) {
    this.path = pathIn(env);
    const newer = this.load();
    const older = newer.length < MOST_LINES ? this.load(ASIDE) : [];
    this.lines = [...older, ...newer].slice(-MOST_LINES).reverse();
    if (newer.length > MOST_LINES) this.putAside();
  }

  /**
   * Adds a line, unless it is the one before once more, or begins with a blank: so a line can be
   * kept out on purpose, as with ignoreboth in bash(1). A history that can't be written is no reason
   * to disturb the session.
   */
  add(line: string): void {
    if (line.trim() === '' || /^\s/.test(line) || line === this.lines[0]) return;
    this.lines.unshift(line);
    if (this.lines.length > MOST_LINES) this.lines.pop();
    this.use('', constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, (fd) =>
      writeSync(fd, `${line}\n`),
    );
  }

  /** @returns its lines, the newest last */
  private load(suffix = ''): string[] {
    let lines: string[] = [];
    this.use(suffix, constants.O_RDONLY, (fd) => {
      fchmodSync(fd, 0o600);
      lines = readFileSync(fd, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
    });
    return lines;
  }

  /** One session at a time, and only while it is long still: else a short one would be put aside. */
  private putAside(): void {
    const { path } = this;
    if (path === null) return;
    const lock = `${path}.lock`;
    try {
      if (
        Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) >
        STALE_MS
      )
        rmdirSync(lock);
      mkdirSync(lock, { mode: 0o700 });
    } catch {
      return;
    }
    try {
      if (this.load().length > MOST_LINES) renameSync(path, path + ASIDE);
    } catch {
      // It is tried again at the next start.
    } finally {
      rmdirSync(lock);
    }
  }

  private use(suffix: string, flags: number, work: (fd: number) => void): void {
    if (this.path === null) return;
    try {
      const fd = openSync(this.path + suffix, flags | CAREFULLY, 0o600);
      try {
        // A device, or somebody else's file, is none of ours to write to, or to change the mode of.
        const { uid } = fstatSync(fd);
        if (fstatSync(fd).isFile() && uid === process.getuid?.()) work(fd);
      } finally {
        closeSync(fd);
      }
    } catch {
      // There is none yet, or the home is read-only.
    }
  }
}

/** Null where there is no home to keep it in. */
function pathIn(env: NodeJS.ProcessEnv): string | null {
  // The XDG base directory specification: a relative path is to be ignored.
  const absolute = (path: string | undefined) => (path?.startsWith('/') ? path : null);
  const home = absolute(env.HOME);
  const base =
    absolute(env.XDG_STATE_HOME) ?? (home === null ? null : join(home, '.local', 'state'));
  if (base === null) return null;
  const folder = join(base, 'socklab');
  // One by one: mkdir -p can go round in circles on /proc.
  for (const path of [dirname(base), base, folder]) {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch {
      // It is there already, or it can't be made, and then opening the file says so.
    }
  }
  return join(folder, 'history');
}

/** What was typed in earlier runs: $XDG_STATE_HOME/socklab/history, for its owner's eyes only. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const MOST_LINES = 1000;

/** Not followed: the history may not be another file; not waited for, should it be a FIFO. */
const CAREFULLY = constants.O_NOFOLLOW | constants.O_NONBLOCK;

export class History {
  private readonly path: string | null;
  /** The newest first, as readline wants them. */
  readonly lines: string[];

  constructor(env: NodeJS.ProcessEnv) {
    this.path = pathIn(env);
    this.lines = this.load();
  }

  /** Adds a line. A history that can't be written is no reason to disturb the session. */
  add(line: string): void {
    if (line.trim() === '') return;
    this.use(constants.O_WRONLY | constants.O_APPEND, (fd) => writeSync(fd, `${line}\n`));
  }

  private load(): string[] {
    let all: string[] = [];
    this.use(constants.O_RDONLY | constants.O_CREAT, (fd) => {
      fchmodSync(fd, 0o600);
      all = readFileSync(fd, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
    });
    const newest = all.slice(-MOST_LINES);
    if (all.length > 2 * MOST_LINES) {
      this.use(constants.O_WRONLY | constants.O_TRUNC, (fd) =>
        writeSync(fd, `${newest.join('\n')}\n`),
      );
    }
    return newest.reverse();
  }

  private use(flags: number, work: (fd: number) => void): void {
    if (this.path === null) return;
    try {
      const fd = openSync(this.path, flags | CAREFULLY, 0o600);
      try {
        // A device, or somebody else's file, is none of ours to write to, or to change the mode of.
        const { uid } = fstatSync(fd);
        if (fstatSync(fd).isFile() && uid === process.getuid?.()) work(fd);
      } finally {
        closeSync(fd);
      }
    } catch {
      // A read-only home, for example.
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

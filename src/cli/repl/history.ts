/** What was typed in earlier runs: $XDG_STATE_HOME/socklab/history, for its owner's eyes only. */
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const MOST_LINES = 1000;

export class History {
  private readonly path: string;
  /** The newest first, as readline wants them. */
  readonly lines: string[];

  constructor(env: NodeJS.ProcessEnv) {
    const state = env.XDG_STATE_HOME;
    // The XDG base directory specification: a relative path is to be ignored.
    const base = state?.startsWith('/') ? state : join(homedir(), '.local', 'state');
    this.path = join(base, 'socklab', 'history');
    this.lines = this.load();
  }

  /** Adds a line. A history that can't be written is no reason to disturb the session. */
  add(line: string): void {
    if (line.trim() === '') return;
    try {
      appendFileSync(this.path, `${line}\n`, { mode: 0o600 });
    } catch {
      // A read-only home, for example.
    }
  }

  private load(): string[] {
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      appendFileSync(this.path, '', { mode: 0o600 });
      chmodSync(this.path, 0o600);
      const all = readFileSync(this.path, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const newest = all.slice(-MOST_LINES);
      if (all.length > 2 * MOST_LINES)
        writeFileSync(this.path, `${newest.join('\n')}\n`, { mode: 0o600 });
      return newest.reverse();
    } catch {
      return [];
    }
  }
}

/** --record: what passes, written down as it passes. */
import { closeSync, fchmodSync, fstatSync, openSync, writeSync } from 'node:fs';
import { visibleText } from '../../view/visible.ts';
import { type Entry, printEntry } from '../../wire/record.ts';
import { EXIT, Failure } from '../exit.ts';

const OWNER_ONLY = 0o600;

export class RecordFile {
  private readonly fd: number;
  private readonly path: string;
  private readonly start = performance.now();
  private closed = false;

  /** @throws Failure where the file can't be written */
  constructor(path: string) {
    this.path = path;
    try {
      // It may hold what is nobody else's business: passwords go over sockets, too.
      this.fd = openSync(path, 'w', OWNER_ONLY);
      // One that was there already, and that others may read.
      if (fstatSync(this.fd).isFile()) fchmodSync(this.fd, OWNER_ONLY);
    } catch (error) {
      throw this.failure(error, EXIT.usage);
    }
  }

  /** Microseconds since the recording began. */
  get now(): number {
    return Math.round((performance.now() - this.start) * 1000);
  }

  /** Written at once: what passed is in the file, also where the program is killed. @throws Failure */
  write(entry: Entry): void {
    // Ended by a signal: what then still ends by itself is no part of it.
    if (this.closed) return;
    let rest: Uint8Array = Buffer.from(`${printEntry(entry)}\n`);
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.fd, rest));
    } catch (error) {
      throw this.failure(error, EXIT.unsupported);
    }
  }

  close(): void {
    this.closed = true;
    closeSync(this.fd);
  }

  private failure(error: unknown, code: number): Failure {
    const why = error instanceof Error ? error.message : String(error);
    return new Failure(`--record ${visibleText(this.path)}: ${visibleText(why)}`, code);
  }
}

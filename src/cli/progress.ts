/** A line on the terminal that tells how far a transfer is. */
import { fstatSync, readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Connection } from '../socket/stream/connection.ts';
import type { Sink } from '../socket/stream/stream.ts';
import { type Moment, renderMoved, renderProgress } from '../view/progress.ts';
import { type Context, widthOf } from './context.ts';

/** A transfer that is over sooner needs no telling. */
const AFTER_MS = 1000;
const DRAW_EVERY_MS = 250;
/** The rate is that of the last so many drawings. */
const WINDOW = 12;
/** Where peers' words go to the same terminal, so little is a conversation, and no transfer. */
const CONVERSATION = 64 * 1024;

/** Back to the start of the row, and nothing on it: ECMA-48, EL. */
const CLEAR = '\r\x1b[K';

/** What is counted: connections, or whatever else moves bytes. */
export type Moving = Pick<Connection, 'name' | 'bytesIn' | 'bytesOut'>;

export class Progress {
  private readonly stderr: NodeJS.WriteStream;
  /** Whether the peer's words go to a terminal, most likely the same. */
  private readonly shared: boolean;
  /** Whether a person types, and reads the answers: then only what has a size is a transfer. */
  private readonly talk: boolean;
  private readonly timer: NodeJS.Timeout | null;
  /** By the socket's name: TLS makes another connection of the same socket. */
  private readonly moving = new Map<string, Moving>();
  private total: number | null = null;
  private before = { sent: 0, received: 0 };
  private firstByteAt: number | null = null;
  private lately: { readonly at: number; readonly bytes: number }[] = [];
  private drawn = false;
  private shown = false;
  private rowIsEmpty = true;

  /** @param wanted whether nothing else is shown while bytes pass */
  constructor({ stderr, stdout }: Context, wanted: boolean) {
    this.stderr = stderr;
    const here = wanted && stderr.isTTY === true && stderr.columns > 0;
    this.shared = stdout.isTTY === true;
    this.talk = this.shared && isatty(STDIN);
    this.timer = here ? setInterval(() => this.look(), DRAW_EVERY_MS) : null;
    // It must not keep a program alive that has nothing else to do.
    this.timer?.unref();
  }

  /** @param total asked only where progress is told: how many bytes are to be sent; null: nobody knows */
  add(moving: Moving, total: () => number | null = () => null): void {
    if (this.timer === null) return;
    this.moving.set(moving.name, moving);
    this.total = total();
  }

  remove({ name }: Moving): void {
    const moving = this.moving.get(name);
    if (moving === undefined) return;
    this.moving.delete(name);
    this.before.sent += moving.bytesOut;
    this.before.received += moving.bytesIn;
  }

  /** The same sink; on the same terminal it and our words don't get in each other's way. */
  around(output: Sink): Sink {
    if (!this.shared || this.stderr.isTTY !== true) return output;
    return {
      get busy() {
        return output.busy;
      },
      write: (bytes) => {
        this.clear();
        if (bytes.length > 0) this.rowIsEmpty = bytes[bytes.length - 1] === LF;
        return output.write(bytes);
      },
    };
  }

  /** Makes way for other words. */
  clear(): void {
    if (this.drawn) this.stderr.write(CLEAR);
    this.drawn = false;
  }

  /** Makes way for a line of our own: a peer may have left the cursor in the middle of its line. */
  freshRow(): void {
    this.clear();
    if (!this.rowIsEmpty) this.stderr.write('\n');
    this.rowIsEmpty = true;
  }

  /** The last word, where anything was told before. */
  end(): void {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.clear();
    for (const one of [...this.moving.values()]) this.remove(one);
    const now = performance.now();
    if (this.shown && this.rowIsEmpty) this.stderr.write(`${renderMoved(this.moment(now))}\n`);
  }

  private look(): void {
    const now = performance.now();
    const { sent, received } = this.sum();
    const bytes = sent + received;
    if (bytes === 0) return;
    this.firstByteAt ??= now;
    this.lately = [...this.lately, { at: now, bytes }].slice(-WINDOW);
    if (now - this.firstByteAt < AFTER_MS || !this.isTransfer(bytes)) return;
    if (!this.rowIsEmpty || this.stderr.writableNeedDrain) return;
    const line = renderProgress(this.moment(now), widthOf(this.stderr) - 1);
    this.stderr.write(`${CLEAR}${line}`);
    [this.drawn, this.shown] = [true, true];
  }

  private isTransfer(bytes: number): boolean {
    if (this.talk && this.total === null) return false;
    return !this.shared || bytes > CONVERSATION;
  }

  private moment(now: number): Moment {
    const [first, last] = [this.lately[0], this.lately.at(-1)];
    const elapsed = (last?.at ?? 0) - (first?.at ?? 0);
    const rate = elapsed === 0 ? 0 : (((last?.bytes ?? 0) - (first?.bytes ?? 0)) * 1000) / elapsed;
    const seconds = (now - (this.firstByteAt ?? now)) / 1000;
    return { ...this.sum(), rate, seconds, total: this.total };
  }

  private sum(): { readonly sent: number; readonly received: number } {
    let { sent, received } = this.before;
    for (const { bytesIn, bytesOut } of this.moving.values()) {
      sent += bytesOut;
      received += bytesIn;
    }
    return { sent, received };
  }
}

const LF = 0x0a;
const STDIN = 0;

/** What a descriptor still has to give: of a regular file; null where nobody knows. */
export function bytesLeft(fd: number): number | null {
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return null;
    // The offset is shared with whoever has read from it before: proc(5), fdinfo.
    const position = /^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return Math.max(0, stat.size - Number(position ?? 0));
  } catch {
    return null;
  }
}

/**
 * Prompt and line on the screen. Only what changed is written. Each row is ended by us and not by
 * the terminal's own wrapping: so a terminal that is made wider leaves the rows as they are, and
 * where they went when it was made narrower can be told.
 */
import { layOut, type Place, type Row } from './layout.ts';

const CLEAR_TO_END = '\x1b[J';
const CLEAR_ROW = '\x1b[K';
const CLEAR_SCREEN = '\x1b[H\x1b[2J';
/** DSR 6, "report active position" (ECMA-48 §8.3.35). */
export const WHERE = '\x1b[6n';

const NOWHERE: Place = { row: 0, column: 0 };

export class Painter {
  private readonly output: NodeJS.WriteStream;
  /** What stands on the screen, from its first row that can be seen. */
  private rows: readonly Row[] = [];
  private cursor: Place = NOWHERE;
  /** The columns that the rows were made for. */
  private columns = 0;
  /** Rows of a line taller than the screen that are above it. */
  private top = 0;
  /** Whether all its rows are seen. */
  private fits = true;
  private clearing = '';
  private prompt = '';
  private line = '';

  constructor(output: NodeJS.WriteStream) {
    this.output = output;
  }

  /** Brings the screen up to date. @param above printed above the line, with its line end */
  draw(prompt: string, line: string, cursor: number, above = ''): void {
    const start = this.clearing + (above === '' ? '' : this.wiping() + above);
    this.clearing = '';
    this.columns = columnsOf(this.output);
    this.prompt = prompt;
    this.line = line;
    const all = layOut(prompt, line, cursor, this.columns);
    const height = Math.max(1, this.output.rows || 24);
    this.fits = all.rows.length <= height;
    this.top = Math.min(this.top, all.cursor.row, Math.max(0, all.rows.length - height));
    this.top = Math.max(this.top, all.cursor.row - height + 1);
    const rows = all.rows.slice(this.top, this.top + height);
    const change = this.change(rows, { ...all.cursor, row: all.cursor.row - this.top });
    if (start + change !== '') this.output.write(start + change);
  }

  /** Leaves the line where it is, and goes to the row below it. */
  finish(behind = ''): void {
    const whole = this.fits && this.rows.length > 1;
    // Wrapped by the terminal, it can be copied as one line, and is wrapped anew with all the rest.
    const shown = whole ? this.wiping() + this.inOne() : goTo(this.cursor, this.below());
    this.forget();
    this.output.write(`${shown}${behind}\r\n`);
  }

  /** Takes the line away. */
  wipe(): void {
    this.output.write(this.wiping());
  }

  /** The next drawing begins on an empty screen. */
  clearScreen(): void {
    this.forget();
    this.clearing = CLEAR_SCREEN;
  }

  /** The screen is somebody else's now, and nothing of ours is on it. */
  forget(): void {
    this.rows = [];
    this.cursor = NOWHERE;
    this.top = 0;
  }

  /** Whether {@link resized} has to know where the terminal put the cursor. */
  get mustAsk(): boolean {
    return this.cursor.column >= columnsOf(this.output);
  }

  /**
   * Wipes what is there, after the terminal has changed its width.
   *
   * Made narrower, most terminals break a row that is too long into several. For the cursor's own
   * row some do (tmux, VTE, kitty), and some cut it off (xterm.js): the cursor's column tells.
   * xterm itself breaks none: there, a line of several rows takes some of what is above it along.
   * @param column the cursor's, from 0, as the terminal told it; null where it did not
   */
  resized(column: number | null): void {
    const columns = columnsOf(this.output);
    let up = 0;
    for (const { width } of this.rows.slice(0, this.cursor.row))
      up += Math.max(1, Math.ceil(width / columns));
    const broken = column === this.cursor.column % columns && column !== columns - 1;
    if (broken) up += Math.floor(this.cursor.column / columns);
    this.cursor = { row: Math.min(up, (this.output.rows || 24) - 1), column: 0 };
    this.output.write(this.wiping());
  }

  private wiping(): string {
    const out = `${goTo(this.cursor, NOWHERE)}\r${CLEAR_TO_END}`;
    const drawn = this.rows.length > 0;
    this.forget();
    return drawn ? out : '';
  }

  /** The place of the last row. */
  private below(): Place {
    return { row: Math.max(0, this.rows.length - 1), column: this.cursor.column };
  }

  private inOne(): string {
    const { rows } = layOut(this.prompt, this.line, 0, Number.MAX_SAFE_INTEGER);
    return rows.map(({ text }) => text).join('');
  }

  private change(rows: readonly Row[], cursor: Place): string {
    let out = '';
    let at = this.cursor;
    for (const [row, now] of rows.entries()) {
      const old = this.rows[row];
      if (old?.text === now.text) continue;
      if (old === undefined && row > 0) {
        // Below the last row there is none yet: a line end makes it, and scrolls.
        out += `${goTo(at, { row: row - 1, column: at.column })}\r\n`;
        at = { row, column: 0 };
      }
      const kept = old !== undefined && now.text.startsWith(old.text) ? old : null;
      out += goTo(at, { row, column: kept?.width ?? 0 });
      out += kept === null ? now.text : now.text.slice(kept.text.length);
      // On a full row the cursor waits at the last column, and clearing would take that one.
      if (old !== undefined && kept === null && now.width < this.columns) out += CLEAR_ROW;
      at = { row, column: now.width };
    }
    if (this.rows.length > rows.length) {
      out += goTo(at, { row: rows.length, column: 0 }) + CLEAR_TO_END;
      at = { row: rows.length, column: 0 };
    }
    out += goTo(at, cursor);
    this.rows = rows;
    this.cursor = cursor;
    return out;
  }
}

/** CUU, CUD and CHA: the cursor's way from one place to another. */
function goTo(from: Place, to: Place): string {
  const down = to.row - from.row;
  const vertical = down === 0 ? '' : down < 0 ? `\x1b[${-down}A` : `\x1b[${down}B`;
  if (to.column === from.column) return vertical;
  return vertical + (to.column === 0 ? '\r' : `\x1b[${to.column + 1}G`);
}

function columnsOf(output: NodeJS.WriteStream): number {
  return output.columns > 0 ? output.columns : 80;
}

/** Bytes as they pass: which way, where they stand in the stream, in hexadecimal and as text. */
import { spacedHex } from '../wire/bytes.ts';
import { padEnd, spread } from './layout.ts';
import type { Page } from './page.ts';
import type { Theme } from './theme.ts';
import { visibleText } from './visible.ts';

/** Some bytes that passed at one moment. */
export interface Passed {
  /** `in` comes from the peer. */
  readonly direction: 'in' | 'out';
  /** The peer's address, or what else tells it from others. */
  readonly peer: string;
  /** Since the beginning. */
  readonly seconds: number;
  /** How many bytes went before them, the same way on the same connection. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const INDENT = '  ';
/** Hexadecimal digits of an offset, at least. */
const OFFSET_DIGITS = 8;
/** Bytes in a row: the most that there is room for. */
const ROWS = [16, 8, 4] as const;
/** Columns of a row of 16; the head line is no longer, however wide the terminal is. */
const WIDEST = columnsFor(16);

/**
 *     → 127.0.0.1:8888                                            18 bytes   0.004 s
 *       00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 30 0d 0a  GET / HTTP/1.0··
 *       00000010  0d 0a                                             ··
 *
 * Rows that repeat the one above are counted instead of shown.
 */
export function renderPassed(passed: Passed, page: Page): string {
  return [headOf(passed, page), ...hexRows(passed.bytes, passed.offset, page)].join('\n');
}

/** @param offset of the first byte; rows begin there, whether it divides by their length or not */
export function hexRows(bytes: Uint8Array, offset: number, { theme, width }: Page): string[] {
  const across = ROWS.find((count) => columnsFor(count) <= width) ?? ROWS[ROWS.length - 1] ?? 4;
  const lines: string[] = [];
  let before: Uint8Array | null = null;
  let same = 0;
  for (let at = 0; at < bytes.length; at += across) {
    const row = bytes.subarray(at, at + across);
    const last = at + across >= bytes.length;
    if (before !== null && !last && equal(before, row)) {
      same++;
      continue;
    }
    if (same > 0) lines.push(repeated(same, theme));
    same = 0;
    before = row;
    lines.push(rowText(row, offset + at, across, theme));
  }
  return lines;
}

function headOf({ direction, peer, seconds, bytes }: Passed, { theme, width }: Page): string {
  const { arrow, back, ellipsis } = theme.signs;
  const right = `${bytesText(bytes.length)}   ${seconds.toFixed(3)} s`;
  const columns = Math.min(width, WIDEST);
  const sign = direction === 'in' ? back : arrow;
  const room = Math.max(12, columns - sign.length - 1 - right.length - 2);
  const shown = visibleText(peer);
  // Of a long path the end tells more.
  const cut = shown.length > room ? ellipsis + shown.slice(ellipsis.length - room) : shown;
  return spread(`${sign} ${theme.strong(cut)}`, theme.dim(right), columns);
}

function rowText(row: Uint8Array, offset: number, across: number, theme: Theme): string {
  const place = offset.toString(16).padStart(OFFSET_DIGITS, '0');
  const halves = across === 16 ? [row.subarray(0, 8), row.subarray(8)] : [row];
  const hex = padEnd(halves.map(spacedHex).join('  ').trimEnd(), hexColumns(across));
  return `${INDENT}${theme.dim(place)}  ${hex}  ${textOf(row, theme)}`;
}

/** One column for each byte: nothing but printable ASCII is taken from the peer. */
function textOf(row: Uint8Array, theme: Theme): string {
  let text = '';
  let dots = 0;
  const end = () => {
    if (dots > 0) text += theme.dim(theme.signs.dot.repeat(dots));
    dots = 0;
  };
  for (const byte of row) {
    if (byte < 0x20 || byte > 0x7e) dots++;
    else {
      end();
      text += String.fromCharCode(byte);
    }
  }
  end();
  return text;
}

function repeated(count: number, theme: Theme): string {
  const told = count === 1 ? 'the same once more' : `the same ${count} times more`;
  return `${INDENT}${theme.dim(padEnd('*', OFFSET_DIGITS + 2) + told)}`;
}

function columnsFor(across: number): number {
  return INDENT.length + OFFSET_DIGITS + 2 + hexColumns(across) + 2 + across;
}

/** Two digits and a blank for each, and one more blank in the middle of sixteen. */
function hexColumns(across: number): number {
  return 3 * across - 1 + (across === 16 ? 1 : 0);
}

function bytesText(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

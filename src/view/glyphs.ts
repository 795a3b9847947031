/** What of a text is seen, character by character, and how many columns of a terminal it takes. */
import { visibleText } from './visible.ts';

export interface Glyph {
  /** What is written for it. */
  readonly shown: string;
  /** Columns: none for a combining mark or a colour code, two for most of East Asia’s characters. */
  readonly width: number;
}

/** A tab’s width depends on where it stands: up to the next column that divides by eight. */
export const TAB_STOP = 8;

/** Unicode’s East Asian Width W and F (UAX #11), in ranges; wcwidth(3) has them in full. */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** Columns of one code point, as most terminals count. */
export function columnsOf(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x300) return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u.test(character)) return 0;
  return WIDE.some(([from, to]) => point >= from && point <= to) ? 2 : 1;
}

/**
 * A text from outside, each code point as what is written for it: a control character as several
 * signs (`^[`), a tab as itself.
 */
export function glyphsOf(text: string): Glyph[][] {
  return [...text].map((character) => {
    if (character === '\t' || (character >= ' ' && character <= '~'))
      return [{ shown: character, width: 1 }];
    const shown = visibleText(character);
    if (shown === character) return [{ shown, width: columnsOf(character) }];
    return [...shown].map((sign) => ({ shown: sign, width: 1 }));
  });
}

/** Our own text, with its colour codes (ECMA-48 §8.3.117, SGR), which take no column. */
export function glyphsOfStyled(text: string): Glyph[] {
  return (text.match(/\x1b\[[\d;]*m|./gsu) ?? []).map((part) => ({
    shown: part,
    width: part.startsWith('\x1b') ? 0 : columnsOf(part),
  }));
}

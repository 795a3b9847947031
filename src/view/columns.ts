/** Words in columns, as ls(1) and shells list them: down first, then to the right. */
import { padEnd, widthOf } from './layout.ts';
import type { Page } from './page.ts';
import { inSigns } from './signs.ts';
import { visibleText } from './visible.ts';

const GAP = 2;

/** @param rows how many lines there may be; what does not fit is counted on the last of them */
export function inColumns(words: readonly string[], page: Page, rows: number): string {
  const shown = words.map(visibleText);
  const lines = arranged(shown, page.width);
  const most = Math.max(2, rows);
  if (lines.length <= most) return lines.map((line) => line.join('').trimEnd()).join('\n');
  // Those that fit are arranged anew: without the longer ones behind them, there may be more.
  let fitting = 1;
  while (arranged(shown.slice(0, fitting + 1), page.width).length < most) fitting++;
  const rest = inSigns(`… and ${shown.length - fitting} more`, page.theme);
  const kept = arranged(shown.slice(0, fitting), page.width);
  return [...kept.map((line) => line.join('').trimEnd()), rest].join('\n');
}

function arranged(words: readonly string[], width: number): string[][] {
  const column = Math.max(...words.map(widthOf)) + GAP;
  // The last column needs no gap behind it.
  const across = Math.max(1, Math.floor((width + GAP) / column));
  const height = Math.ceil(words.length / across);
  return Array.from({ length: height }, (_, row) =>
    words.filter((_, i) => i % height === row).map((word) => padEnd(word, column)),
  );
}

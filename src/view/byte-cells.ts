/** Bytes as they lie in memory, cut into fields, with what they are under them. */
import { spacedHex } from '../wire/bytes.ts';
import { padEnd, widthOf } from './layout.ts';
import type { Theme } from './theme.ts';

export interface ByteCell {
  readonly label: string;
  readonly bytes: Uint8Array;
  /** What the bytes say, on a line of its own. */
  readonly value?: string;
  /** True where the bytes mean nothing, such as padding. */
  readonly idle?: boolean;
}

/** At most this many bytes of a field (a Unix path, a text) are shown. */
const MOST = 16;

/**
 *     02 00 │ 22 b8 │ 7f 00 00 01 │ 00 00 00 00 00 00 00 00
 *     family  port    address       padding
 *
 * Cells without bytes are left out. Labels and values must be safe to show, in the theme's signs.
 */
export function renderByteCells(
  fields: readonly ByteCell[],
  indent: string,
  width: number,
  theme: Theme,
): string[] {
  const cells = fields.filter(({ bytes }) => bytes.length > 0).map((field) => cellOf(field, theme));
  const bar = ` ${theme.signs.bar} `;
  return rowsOf(cells, width - indent.length).flatMap((row) => [
    `${indent}${row.map((cell) => cell.hex).join(bar)}`.trimEnd(),
    `${indent}${row.map((cell) => cell.label).join('   ')}`.trimEnd(),
    ...(row.some((cell) => cell.value.trim() !== '')
      ? [`${indent}${row.map((cell) => cell.value).join('   ')}`.trimEnd()]
      : []),
  ]);
}

interface Cell {
  readonly hex: string;
  readonly label: string;
  readonly value: string;
  readonly wide: number;
}

function cellOf({ label, bytes, value = '', idle = false }: ByteCell, theme: Theme): Cell {
  const more = bytes.length > MOST ? ` ${theme.signs.ellipsis}` : '';
  const hex = spacedHex(bytes.subarray(0, MOST)) + more;
  const wide = Math.max(...[hex, label, value].map(widthOf));
  const paint = (text: string) => (idle && text !== '' ? theme.dim(text) : text);
  return {
    hex: padEnd(paint(hex), wide),
    label: padEnd(paint(label), wide),
    value: padEnd(value, wide),
    wide,
  };
}

/** As many cells beside each other as there is room for. */
function rowsOf(cells: readonly Cell[], width: number): Cell[][] {
  const rows: Cell[][] = [];
  let used = 0;
  for (const cell of cells) {
    const row = rows.at(-1);
    if (row === undefined || used + 3 + cell.wide > width) {
      rows.push([cell]);
      used = cell.wide;
    } else {
      row.push(cell);
      used += 3 + cell.wide;
    }
  }
  return rows;
}

/** A socket address as it lies in memory: the bytes, the fields' names under them, the port. */
import { spacedHex } from '../wire/bytes.ts';
import { padEnd, widthOf } from './layout.ts';
import type { Theme } from './theme.ts';

/** One field, as the step carries it. */
interface Field {
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** At most this many bytes of a field (a Unix path) are shown. */
const MOST = 16;

/**
 * @param note beside or under it: what the port is; null where that is said elsewhere
 *
 *     02 00 │ 22 b8 │ 7f 00 00 01 │ 00 00 00 00 00 00 00 00
 *     family  port    address       padding
 */
export function renderSockaddr(
  fields: readonly Field[],
  indent: string,
  width: number,
  theme: Theme,
  note: string | null = portNote(fields),
): string[] {
  const { bar } = theme.signs;
  const cells = fields
    .filter((field) => field.bytes.length > 0)
    .map(({ label, bytes }) => {
      const hex =
        spacedHex(bytes.subarray(0, MOST)) +
        (bytes.length > MOST ? ` ${theme.signs.ellipsis}` : '');
      const wide = Math.max(widthOf(hex), label.length);
      return { hex: padEnd(hex, wide), label: padEnd(label, wide), wide };
    });
  const rows: (typeof cells)[] = [];
  let used = 0;
  for (const cell of cells) {
    const row = rows.at(-1);
    if (row === undefined || used + 3 + cell.wide > width - indent.length) {
      rows.push([cell]);
      used = cell.wide;
    } else {
      row.push(cell);
      used += 3 + cell.wide;
    }
  }
  const lines = rows.flatMap((row) => [
    `${indent}${row.map((cell) => cell.hex).join(` ${bar} `)}`.trimEnd(),
    `${indent}${row.map((cell) => cell.label).join('   ')}`.trimEnd(),
  ]);
  return addNote(lines, note, indent, width);
}

/** The lesson's point about the port: which byte comes first. */
function portNote(fields: readonly Field[]): string | null {
  const port = fields.find((field) => field.label === 'port');
  if (port === undefined) return null;
  const [high = 0, low = 0] = port.bytes;
  if (high === 0 && low === 0) return 'port 0: the kernel chooses one';
  const hex = spacedHex(port.bytes).replace(' ', '');
  return `${high * 256 + low} = 0x${hex}, high byte first (htons)`;
}

function addNote(lines: string[], note: string | null, indent: string, width: number): string[] {
  if (note === null) return lines;
  const last = lines.at(-1) ?? '';
  if (widthOf(last) + 3 + widthOf(note) <= width)
    return [...lines.slice(0, -1), `${last}   ${note}`];
  return [...lines, indent + note];
}

/** A socket address as it lies in memory: the bytes, the fields' names under them, the port. */
import { spacedHex } from '../wire/bytes.ts';
import { renderByteCells } from './byte-cells.ts';
import { widthOf } from './layout.ts';
import type { Theme } from './theme.ts';

/** One field, as the step carries it. */
interface Field {
  readonly label: string;
  readonly bytes: Uint8Array;
}

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
  return addNote(renderByteCells(fields, indent, width, theme), note, indent, width);
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

/** The lines of `inspect` that addresses, names and paths have in common. */
import type { AddressInspection, Port } from '../../socket/inspect/inspect.ts';
import { spacedHex } from '../../wire/bytes.ts';
import { hanging, padEnd, widthOf } from '../layout.ts';
import type { Page } from '../page.ts';
import { inSigns } from '../signs.ts';
import { renderSockaddr } from '../sockaddr.ts';
import type { Theme } from '../theme.ts';
import { visibleText } from '../visible.ts';

/** Columns before the text: two, the label, one. */
export const INDENT = 11;

/** A structure as it lies in memory. */
type Fields = AddressInspection['sockaddr'];

/** `  scope    `, as wide as {@link INDENT}. */
export function label(word: string, theme: Theme): string {
  return `  ${theme.strong(padEnd(word, INDENT - 3))} `;
}

/**
 * A line with its label.
 * @param outside what came from elsewhere: it stands first, and keeps its own characters
 */
export function row(word: string, ours: string, { theme, width }: Page, outside = ''): string {
  const said = inSigns(ours, theme);
  const gap = outside !== '' && said !== '' ? '   ' : '';
  return hanging(label(word, theme), visibleText(outside) + gap + said, width);
}

/** The number, its bytes, and what becomes of them without htons(3). */
export function portLines(port: Port | null, page: Page): string[] {
  if (port === null) return [];
  const { number, bytes, swapped, meant } = port;
  if (number === 0) return [row('port', '0: bind() lets the kernel choose one', page)];
  const [high, low] = bytes.map((byte) => spacedHex(Uint8Array.of(byte)));
  const start = `${number} = 0x${high}${low}, high byte first (htons): ${high} ${low}`;
  if (swapped === number) return [row('port', `${start}, two bytes alike`, page)];
  if (meant === null) return [row('port', `${start}; ${low} ${high} is ${swapped}`, page)];
  const question = `Was htons() forgotten? ${number} is ${meant} with its two bytes swapped.`;
  return [row('port', start, page), row('', question, page)];
}

/** As `bind` shows it. Where no port was written, its field is there all the same. */
export function memoryLines(fields: Fields, hasPort: boolean, { theme, width }: Page): string[] {
  const labels = fields.map((field) => field.label);
  const struct = labels.includes('flow') ? 'in6' : labels.includes('port') ? 'in' : 'un';
  const size = fields.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const shown = fields.map((field) =>
    field.label === 'port' && !hasPort ? { ...field, label: 'no port' } : field,
  );
  const indent = ' '.repeat(INDENT);
  const [bytes = '', names = '', ...more] = renderSockaddr(shown, indent, width, theme, null);
  const what = `struct sockaddr_${struct}, ${size} bytes`;
  const beside = `${names}   ${what}`;
  const named = widthOf(beside) <= width ? [beside, ...more] : [names, ...more, indent + what];
  return [label('memory', theme) + bytes.slice(INDENT), ...named];
}

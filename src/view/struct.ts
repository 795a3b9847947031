/** C structures: how they are laid out, and what their bytes say, also to a reader who errs. */
import { decode } from '../wire/struct/decode.ts';
import { type Layout, layoutOf } from '../wire/struct/layout.ts';
import { type Leaf, leavesOf } from '../wire/struct/leaves.ts';
import { type Misread, misread } from '../wire/struct/misread.ts';
import { type Segment, segments } from '../wire/struct/segments.ts';
import { valueText } from '../wire/struct/value.ts';
import { type ByteCell, renderByteCells } from './byte-cells.ts';
import { hanging, padEnd } from './layout.ts';
import type { Page } from './page.ts';
import { inSigns } from './signs.ts';
import type { Theme } from './theme.ts';

/** At most so many fields and paddings are shown, sentences of a kind said, bytes of a text told. */
const MOST_PARTS = 32;
const MOST_SAID = 3;
const MOST_TEXT = 16;
/** Columns of a name or a value; a name of C can have 63 characters, and stand in other structs. */
const MOST_COLUMNS = 30;

/**
 *     struct person: 36 bytes, aligned to 4, network byte order
 *     offset  size  type      name
 *          0    30  char      name[30]
 *         30     2            padding
 *         32     4  uint32_t  age
 *     age stands at a multiple of 4: 2 bytes of padding before it
 *     packed, it would have 34 bytes
 */
export function renderLayout(layout: Layout, { theme, width }: Page, indent = '  '): string {
  const [parts, more] = atMost(leavesOf(layout), MOST_PARTS);
  const rows = parts.map((leaf) => rowOf(leaf, theme));
  const say = (text: string) => hanging(indent, inSigns(text, theme), width);
  return [
    say(headline(layout)),
    ...table(rows, theme).map((row) => indent + row),
    ...(more ? [say('… and more')] : []),
    ...paddingReasons(layout, theme).map(say),
  ].join('\n');
}

/**
 * The bytes with their fields' names and values under them; what is missing or odd; and what a
 * reader finds who has the byte order or the packing wrong.
 *
 *     41 6e 6e 00 00 00 00 00 00 00 00 00 00 00 00 00 … │ 00 00   │ 00 00 00 21
 *     name                                                padding   age
 *     "Ann"                                                         33
 *     read in little-endian order: age = 553648128, not 33
 */
export function renderRecord(
  layout: Layout,
  bytes: Uint8Array,
  { theme, width }: Page,
  indent = '  ',
): string {
  const came = segments(layout, bytes).filter((segment) => segment.bytes.length > 0);
  const cells = came.slice(0, MOST_PARTS).map((segment) => cellOf(segment, theme));
  const more = came.length > MOST_PARTS ? [`… and ${came.length - MOST_PARTS} more`] : [];
  const said = [...more, ...remarks(layout, bytes, theme), ...misreadings(layout, bytes, theme)];
  return [
    ...renderByteCells(cells, indent, width, theme),
    ...said.map((text) => hanging(indent, inSigns(text, theme), width)),
  ].join('\n');
}

function headline({ name, size, align, order, littleEndian }: Layout): string {
  const here = littleEndian ? 'little-endian here' : 'big-endian here';
  const spoken = {
    network: 'network byte order',
    little: 'little-endian',
    host: `host byte order (${here})`,
  };
  const what = name === null ? 'the fields' : `struct ${name}`;
  return `${what}: ${bytesText(size)}, aligned to ${align}, ${spoken[order]}`;
}

type Row = readonly [offset: string, size: string, type: string, name: string];

function rowOf(leaf: Leaf, theme: Theme): Row {
  const [offset, size] = [String(leaf.offset), String(leaf.size)];
  if (leaf.kind === 'padding') return [offset, size, '', 'padding'];
  const length = leaf.count === null ? '' : `[${leaf.count}]`;
  return [offset, size, cut(leaf.type, theme), cut(leaf.name + length, theme)];
}

function table(rows: readonly Row[], theme: Theme): string[] {
  const heading: Row = ['offset', 'size', 'type', 'name'];
  const all = [heading, ...rows];
  const wide = [0, 1, 2].map((i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all.map((row) => {
    const [offset, size, type, name] = row;
    const numbers = `${offset.padStart(wide[0] ?? 0)}  ${size.padStart(wide[1] ?? 0)}`;
    const line = `${numbers}  ${padEnd(type, wide[2] ?? 0)}  ${name}`;
    return row === heading || type === '' ? theme.dim(line) : line;
  });
}

/** Why there is padding, or what there would be. */
function paddingReasons(layout: Layout, theme: Theme): string[] {
  const { packed, size, definition } = layout;
  const paddings = [...leavesOf(layout)].filter((leaf) => leaf.kind === 'padding');
  const reasons = paddings.map(({ before, align, size }) =>
    before === null
      ? `the size is a multiple of ${align}, for arrays of it: ${bytesText(size)} of padding at the end`
      : `${cut(before, theme)} stands at a multiple of ${align}: ${bytesText(size)} of padding before it`,
  );
  const other = layoutOf(definition, { packed: !packed }).size;
  const would = packed ? 'without packed, it would have' : 'packed, it would have';
  return [
    ...someOf(reasons, MOST_SAID, 'paddings'),
    ...(other === size ? [] : [`${would} ${bytesText(other)}`]),
  ];
}

function cellOf({ kind, label, field, bytes, value, size }: Segment, theme: Theme): ByteCell {
  if (field === null) {
    return kind === 'padding'
      ? { label, bytes, idle: true }
      : { label: 'behind the struct', bytes, value: bytesText(size) };
  }
  const told =
    value === null ? `${bytes.length} of ${bytesText(size)}` : valueText(value, field, MOST_TEXT);
  return { label: cut(label, theme), bytes, value: cut(told, theme) };
}

/** What is missing, and texts without an end. */
function remarks(layout: Layout, bytes: Uint8Array, theme: Theme): string[] {
  const { fields, missing, unterminated } = decode(layout, bytes);
  const lines: string[] = [];
  if (missing > 0) {
    const lost = fields.flatMap(({ name: whole, state, bytes, size }) => {
      const name = cut(whole, theme);
      if (state === 'cut') return [`${name} is cut (${bytes.length} of ${bytesText(size)})`];
      return state === 'missing' ? [`${name} is missing`] : [];
    });
    const what = lost.length === 0 ? ['only padding is missing'] : someOf(lost, 8, 'fields');
    lines.push(`${bytes.length} of ${bytesText(layout.size)} came: ${what.join(', ')}`);
  }
  const endless = unterminated.map(
    (name) => `${cut(name, theme)} fills its array: no zero byte ends it, so in C it is no string`,
  );
  return [...lines, ...someOf(endless, MOST_SAID, 'such texts')];
}

/** One line for each mistake of a reader's that would change what it reads. */
function misreadings(layout: Layout, bytes: Uint8Array, theme: Theme): string[] {
  const { definition, packed, order, littleEndian } = layout;
  if (bytes.length === 0) return [];
  const turned = layoutOf(definition, { packed, order: littleEndian ? 'network' : 'little' });
  const repacked = layoutOf(definition, { packed: !packed, order });
  const how = littleEndian ? 'in network byte order' : 'in little-endian order';
  return [
    misreading(how, differences(layout, turned, bytes, theme)),
    misreading(packed ? 'without packed' : 'packed', [
      ...differences(layout, repacked, bytes, theme),
      ...otherSize(layout, repacked, bytes),
    ]),
  ].filter((line) => line !== null);
}

function misreading(how: string, told: readonly string[]): string | null {
  return told.length === 0 ? null : `read ${how}: ${told.join('; ')}`;
}

function differences(from: Layout, to: Layout, bytes: Uint8Array, theme: Theme): string[] {
  const wrong = misread(from, to, bytes).filter(({ same }) => !same);
  const told = wrong.slice(0, MOST_SAID).map((one) => difference(one, theme));
  const more = wrong.length - told.length;
  return more > 0 ? [...told, `and ${more} more fields`] : told;
}

/** What its size does to whoever reads it; nothing where not all came, which is told elsewhere. */
function otherSize(from: Layout, to: Layout, bytes: Uint8Array): string[] {
  const more = to.size - from.size;
  if (more === 0 || bytes.length < from.size) return [];
  if (more > 0) return [`it waits for ${bytesText(to.size)}, ${more} more than were sent`];
  return [`it takes ${bytesText(to.size)}, and its next read begins with the ${-more} behind them`];
}

function difference({ name: whole, field, meant, read }: Misread, theme: Theme): string {
  const name = cut(whole, theme);
  if (read === null) return `${name} is not whole`;
  const instead = meant === null ? '' : `, not ${valueText(meant, field, MOST_TEXT)}`;
  return `${name} = ${valueText(read, field, MOST_TEXT)}${instead}`;
}

function bytesText(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}

function cut(text: string, { signs }: Theme): string {
  if (text.length <= MOST_COLUMNS) return text;
  return text.slice(0, MOST_COLUMNS - signs.ellipsis.length) + signs.ellipsis;
}

/** The first of many, and how many more there are. */
function someOf(all: readonly string[], most: number, what: string): string[] {
  if (all.length <= most) return [...all];
  return [...all.slice(0, most), `and ${all.length - most} more ${what}`];
}

function atMost<T>(all: Iterable<T>, most: number): [some: T[], more: boolean] {
  const some: T[] = [];
  for (const one of all) {
    if (some.length === most) return [some, true];
    some.push(one);
  }
  return [some, false];
}

/** What else there is to see of a step: system calls inside, bytes that are kept, a signal. */
import type { Detail } from '../socket/detail.ts';
import { littleEndian } from '../wire/byte-order.ts';
import { quoted, spacedHex } from '../wire/bytes.ts';
import { hanging, padEnd } from './layout.ts';
import type { Page } from './page.ts';
import { inSigns } from './signs.ts';
import { renderRecord } from './struct.ts';
import { visibleText } from './visible.ts';

/** The label's column, as in the rest of a step. */
const LABEL = 9;
/** So many bytes of a buffer are shown; the step has no more. */
const MOST_SHOWN = 32;

export function renderDetails(details: readonly Detail[], page: Page): string[] {
  return details.flatMap((detail) => lines(detail, page));
}

function lines(detail: Detail, page: Page): string[] {
  switch (detail.kind) {
    case 'record':
      return [renderRecord(detail.layout, detail.bytes, page, ' '.repeat(LABEL + 2))];
    case 'order':
      return orderLines(detail).map((text) => labelled('', text, page));
    case 'found':
      return detail.lines.map((text) => labelled('', text, page));
    default:
      return [labelled(...told(detail), page)];
  }
}

type Told = Exclude<Detail, { kind: 'record' | 'order' | 'found' }>;

function told(detail: Told): [label: string, text: string] {
  switch (detail.kind) {
    case 'made':
      return ['calls', detail.text];
    case 'kept':
      return ['kept', keptText(detail)];
    case 'lost':
      return [
        'lost',
        `${bytesAre(detail.count)} gone from the buffer of ${detail.owner}: the C library forgets what a failed flush did not send`,
      ];
    case 'signal':
      return [
        'signal',
        `${detail.name}: the kernel sent it with the error. A C program that doesn’t catch or ignore it ends here; socklab ignores it.`,
      ];
    case 'from':
      return ['from', detail.address];
    case 'cut':
      return [
        'cut',
        `the datagram had ${detail.length} bytes; what the buffer had no room for is lost`,
      ];
    case 'given':
      return [detail.name, detail.text];
  }
}

function keptText({ direction, owner, count, bytes }: Extract<Detail, { kind: 'kept' }>): string {
  const more = count > MOST_SHOWN ? '...' : '';
  const shown = `${quoted(bytes.subarray(0, MOST_SHOWN))}${more}`;
  const many = bytesAre(count);
  return direction === 'unsent'
    ? `${many} in the buffer of ${owner}, not sent yet: ${shown}`
    : `${many} in the buffer of ${owner}, read ahead: ${shown}`;
}

function bytesAre(count: number): string {
  return count === 1 ? '1 byte is' : `${count} bytes are`;
}

/** The same number, in memory here and on the network. */
function orderLines({ value, bytes, swapped }: Extract<Detail, { kind: 'order' }>): string[] {
  const high = bytesOf(value, bytes);
  const low = high.slice().reverse();
  const hex = `0x${value.toString(16).padStart(bytes * 2, '0')}`;
  const here = littleEndian ? 'little-endian' : 'big-endian';
  return [
    `${value} = ${hex}`,
    `here     ${spacedHex(littleEndian ? low : high)}   (${here})`,
    `network  ${spacedHex(high)}   (high byte first); read here as a number: ${swapped}`,
  ];
}

function bytesOf(value: number, count: 2 | 4): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value);
  return new Uint8Array(view.buffer, 4 - count);
}

function labelled(label: string, text: string, { theme, width }: Page): string {
  const start = `  ${padEnd(visibleText(label), LABEL - 1)} `;
  return hanging(start, inSigns(visibleText(text), theme), width);
}

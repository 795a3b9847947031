/** How far a transfer is: bytes, rate, and the time left where the size is known. */

/** A moment of a transfer. */
export interface Moment {
  readonly sent: number;
  readonly received: number;
  /** Since the first byte. */
  readonly seconds: number;
  /** Bytes a second, lately. */
  readonly rate: number;
  /** How many bytes are to be sent in all; null where nobody knows. */
  readonly total: number | null;
}

/** `12.3 MiB of 40.0 MiB sent   4.1 MiB/s   7 s left`, at most so many columns. */
export function renderProgress({ sent, received, rate, total }: Moment, width: number): string {
  const parts = [...amounts(sent, received, total), rateText(rate), leftText(sent, rate, total)];
  const shown = parts.filter((part) => part !== '');
  // What tells least stands last.
  while (shown.length > 1 && shown.join(GAP).length > width) shown.pop();
  return shown.join(GAP).slice(0, width);
}

/** The end of it: `40.0 MiB sent, 12 bytes received in 9.8 s, 4.1 MiB/s`. */
export function renderMoved({ sent, received, seconds }: Moment): string {
  const moved = amounts(sent, received, null).join(', ');
  return `${moved} in ${seconds.toFixed(1)} s, ${rateText((sent + received) / seconds)}`;
}

const GAP = '   ';

function amounts(sent: number, received: number, total: number | null): string[] {
  const of = total === null ? '' : ` of ${bytesText(total)}`;
  return [
    ...(sent > 0 || total !== null ? [`${bytesText(sent)}${of} sent`] : []),
    ...(received > 0 || (sent === 0 && total === null) ? [`${bytesText(received)} received`] : []),
  ];
}

function rateText(rate: number): string {
  return `${bytesText(Math.round(rate))}/s`;
}

function leftText(sent: number, rate: number, total: number | null): string {
  if (total === null || sent >= total) return '';
  if (rate <= 0) return 'stands still';
  const seconds = Math.ceil((total - sent) / rate);
  if (seconds < 100) return `${seconds} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min left` : `${Math.ceil(minutes / 60)} h left`;
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

function bytesText(count: number): string {
  if (count < 1024) return count === 1 ? '1 byte' : `${count} bytes`;
  let value = count;
  let unit = '';
  for (const next of UNITS) {
    if (value < 1023.95) break;
    value /= 1024;
    unit = next;
  }
  return `${value.toFixed(1)} ${unit}`;
}

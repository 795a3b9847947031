/** A reply that is not what was asked for: what was, what came, and where they part. */
import type { Shortcoming } from '../socket/plan/unmet-reply.ts';
import { quoted } from '../wire/bytes.ts';
import { firstDifference } from '../wire/expectation.ts';
import type { Reply } from '../wire/reply.ts';
import { inSigns } from './signs.ts';
import type { Theme } from './theme.ts';
import { visibleText } from './visible.ts';

/** Columns of a text that is quoted; bytes that are shown before the first that differs. */
const COLUMNS = 60;
const BEFORE = 6;

/**
 *     the reply is not what was expected
 *       expected  "PONG\r\n"
 *       came      "PING\r\n"
 *                   ^ byte 1
 */
export function renderUnmetReply(shortcoming: Shortcoming, theme: Theme): string {
  return inSigns(textOf(shortcoming), theme);
}

function textOf(shortcoming: Shortcoming): string {
  switch (shortcoming.kind) {
    case 'long':
      return 'the reply is longer than the 16 MiB that --expect compares';
    case 'short':
      return shortText(shortcoming.reply, shortcoming.came);
    case 'different':
      break;
  }
  const { expected, came } = shortcoming;
  const head = 'the reply is not what was expected';
  if (expected.kind === 'regex') {
    const pattern = visibleText(`/${expected.source}/`);
    return `${head}\n  expected  ${pattern}\n  came      ${part(came, 0)}`;
  }
  const at = firstDifference(expected.bytes, came);
  const from = at > 2 * BEFORE ? at - BEFORE : 0;
  const column = 'expected  '.length + part(came.subarray(0, at), from).length - 1;
  return [
    head,
    `  expected  ${part(expected.bytes, from)}`,
    `  came      ${part(came, from)}`,
    `  ${' '.repeat(column)}^ byte ${at}${ending(expected.bytes, came, at)}`,
  ].join('\n');
}

function shortText(reply: Reply, came: number): string {
  if (reply.kind === 'bytes') return `the reply ended after ${came} of ${bytesText(reply.count)}`;
  const wanted =
    reply.kind === 'until' ? `${part(reply.end, 0)} had not come` : 'its line had no end';
  return `the reply ended after ${bytesText(came)}, and ${wanted}`;
}

/** What differs there, where it is that one of them is over. */
function ending(expected: Uint8Array, came: Uint8Array, at: number): string {
  if (at === came.length) return ': the reply ends here';
  return at === expected.length ? ': more came than was expected' : '';
}

/** As a C string, from a byte on, as far as there is room. */
function part(bytes: Uint8Array, from: number): string {
  let to = Math.min(bytes.length, from + COLUMNS);
  while (to > from && quoted(bytes.subarray(from, to)).length > COLUMNS) to--;
  const before = from > 0 ? '...' : '';
  return `${before}${quoted(bytes.subarray(from, to))}${to < bytes.length ? '...' : ''}`;
}

function bytesText(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}

/** Bytes that would take a terminal over, and what must be true of one that has met them. */
import { expect } from 'vitest';
import type { Screen } from './screen.ts';

/** Each of these does something to xterm, or to what is read on it; ECMA-48 and xterm's own list. */
export const ATTACKS: readonly (readonly [string, Buffer])[] = [
  ['a title', Buffer.from('\x1b]0;owned\x07')],
  ['a title, ended by ST', Buffer.from('\x1b]2;owned\x1b\\')],
  ['the clipboard (OSC 52)', Buffer.from('\x1b]52;c;cm0gLXJmIC8=\x07')],
  ['a link (OSC 8)', Buffer.from('\x1b]8;;http://127.0.0.1/\x1b\\here\x1b]8;;\x1b\\')],
  ['the cursor goes home', Buffer.from('\x1b[H')],
  ['everything is erased', Buffer.from('\x1b[2J\x1b[3J')],
  ['a question that is answered (DA)', Buffer.from('\x1b[c\x1b[>c\x1b[5n\x1b[6n')],
  ['its settings are asked for (DECRQSS)', Buffer.from('\x1bP$qm\x1b\\')],
  ['the other screen', Buffer.from('\x1b[?1049h')],
  ['the mouse, the paste, the keypad', Buffer.from('\x1b[?1000h\x1b[?2004h\x1b=\x1b[?1h')],
  ['a full reset', Buffer.from('\x1bc')],
  ['line drawing for letters', Buffer.from('\x1b(0\x0elqk')],
  ['colour without an end', Buffer.from('\x1b[41;5;8m')],
  ['backspaces over what was there', Buffer.from('rm\b\bls')],
  ['a CR alone', Buffer.from('true\rfalse')],
  ['bell, ENQ, form feed, DEL, NUL', Buffer.from('\x07\x05\x0c\x7f\0')],
  ['C1, in UTF-8', Buffer.from('\u009b2J\u009d0;owned\u009c')],
  ['C1, as bytes', Buffer.from([0x9b, 0x32, 0x4a, 0x9d, 0x30, 0x3b, 0x6f, 0x9c])],
  ['bidi', Buffer.from('\u202egnirts\u202c \u2066x\u2069 \u200f\u061c')],
  ['UTF-8 that is cut', Buffer.from([0xe2, 0x82, 0x1b, 0x5b, 0x48])],
  ['UTF-8 that is overlong', Buffer.from([0xc0, 0x9b, 0xe0, 0x82, 0x9b, 0xf0, 0x80, 0x82, 0x9b])],
  ['UTF-8 that is none', Buffer.from([0xff, 0xfe, 0xed, 0xa0, 0x80, 0xf5, 0x9b])],
];

/** All of them in one. */
export const WORST = Buffer.concat(ATTACKS.map(([, bytes]) => bytes));

/** As a name may have it: an argument of a program has no NUL, and is valid UTF-8 for Node. */
export const WORST_NAME =
  '\x1b]0;owned\x07\x1b[2J\x1b[c\x1b[?1049h\u009b2J\u202exet.\u202c\r\n\x1b[1mx';

/** Letters, blanks, and what ends a line; nothing that is invisible or turns the text around. */
const PRINTABLE = /^[\r\n\t\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

const QUIET = { title: null, answers: [], buffer: 'normal' } as const;

/** Nothing but text has reached the terminal, and it is as it was. */
export function expectUntouched(screen: Screen): void {
  // Fatal: a byte that is no UTF-8 would be a C1 control to some terminals.
  const written = new TextDecoder('utf-8', { fatal: true }).decode(screen.raw);
  const strange = written
    .split('')
    .filter((sign) => !PRINTABLE.test(sign) && !/[\ud800-\udfff]/.test(sign));
  expect(strange.map((sign) => sign.codePointAt(0)?.toString(16))).toEqual([]);
  // The terminal's line discipline puts a CR before each LF: no other is there.
  expect(written.replaceAll('\r\n', '')).not.toContain('\r');
  expect(screen.touched).toMatchObject(QUIET);
  expect(screen.touched.modes).toMatchObject({
    applicationCursorKeysMode: false,
    applicationKeypadMode: false,
    bracketedPasteMode: false,
    mouseTrackingMode: 'none',
  });
}

/** The message of `send`: text, hexadecimal, a structure, a file, or stdin. */
import type { Door } from '../../socket/door.ts';
import { collected } from '../../socket/stream/collect.ts';
import { withEol } from '../../socket/stream/eol.ts';
import type { Source } from '../../socket/stream/stream.ts';
import type { Theme } from '../../view/theme.ts';
import { type Eol, lineEnd, withLineEnds } from '../../wire/eol.ts';
import { unescaped } from '../../wire/escapes.ts';
import { parseHex } from '../../wire/hex.ts';
import type { Layout } from '../../wire/struct/layout.ts';
import { TextProblem } from '../../wire/text-problem.ts';
import { EXIT, Failure } from '../exit.ts';
import { reading } from '../problem.ts';
import { bytesLeft } from '../progress.ts';
import type { Stdio } from '../stdio.ts';
import { fileSource, sizeOf } from './file-source.ts';
import { type StructOptions, structMessage } from './struct-message.ts';

export interface MessageOptions extends StructOptions {
  readonly escapes?: boolean;
  readonly hex?: string;
  readonly file?: string;
  readonly eol?: Eol;
  readonly repeat?: number;
}

const STDIN = 0;
/** A message that is sent again is kept, up to this many bytes. */
const MOST_KEPT = 16 * 1024 * 1024;

export interface Message {
  /** How its bytes lie, where it is a structure. */
  readonly layout: Layout | null;
  /** All of it, where it is known before anything is read; else null. */
  readonly bytes: Uint8Array | null;
  /** How many bytes it has, where that is known. */
  size(): number | null;
  /**
   * Its bytes, or where they come from; one that is sent again is read to its end first.
   * @param stepping the terminal's Enter belongs to the pauses, so the message can't come from there
   * @throws Failure where there is no such file, or it can't be kept
   */
  content(door: Door, stdio: Stdio, stepping: boolean): Promise<Uint8Array | Source>;
}

/** @throws Failure where the options contradict each other, or can't be read */
export function messageFor(
  options: MessageOptions,
  words: readonly string[],
  theme: Theme,
): Message {
  mustBeOne(options, words);
  mustBeOfUse(options, words);
  const { hex, struct, file } = options;
  if (hex !== undefined) return known(reading('--hex', hex, theme, TextProblem, parseHex));
  if (struct !== undefined) {
    const { bytes, layout } = structMessage(struct, words, options, theme);
    return known(bytes, layout);
  }
  if (words.length > 0) return known(textMessage(words.join(' '), options, theme));
  return {
    layout: null,
    bytes: null,
    size: () => (file === undefined || file === '-' ? bytesLeft(STDIN) : sizeOf(file)),
    content(door, stdio, stepping) {
      const source =
        file === undefined || file === '-'
          ? stdinSource(stdio, stepping)
          : fileSource(door, stdio, file);
      return read(withEol(source, options.eol), options.repeat ?? 1);
    },
  };
}

function known(bytes: Uint8Array, layout: Layout | null = null): Message {
  return { layout, bytes, size: () => bytes.length, content: () => Promise.resolve(bytes) };
}

function mustBeOne({ hex, file, struct }: MessageOptions, words: readonly string[]): void {
  const given = [
    ...(hex === undefined ? [] : ['with --hex']),
    ...(file === undefined ? [] : ['with --file']),
    // The words are a structure's values.
    ...(struct === undefined ? (words.length > 0 ? ['as TEXT'] : []) : ['with --struct']),
  ];
  const [first, second] = given;
  if (second === undefined) return;
  const split = given.includes('as TEXT') && hex !== undefined;
  const hint = split ? "; bytes with blanks between them are quoted: --hex 'de ad be ef'" : '';
  throw new Failure(`the message is given twice, ${first} and ${second}${hint}`, EXIT.usage);
}

/** An option that would be without effect is a misunderstanding: say so instead of passing over it. */
function mustBeOfUse(options: MessageOptions, words: readonly string[]): void {
  const { hex, struct, escapes, eol, byteOrder, packed } = options;
  const exact = hex !== undefined ? '--hex' : struct !== undefined ? '--struct' : null;
  const text = words.length > 0 && exact === null;
  if (escapes && !text)
    throw new Failure('--escapes is for the text of the message, and there is none', EXIT.usage);
  if (eol !== undefined && exact !== null)
    throw new Failure(
      `--eol is for lines of text: the bytes of ${exact} stay as they are`,
      EXIT.usage,
    );
  if (struct !== undefined) return;
  const lost = byteOrder !== undefined ? '--byte-order' : packed ? '--packed' : null;
  if (lost !== null)
    throw new Failure(`${lost} says how a structure lies: it needs --struct`, EXIT.usage);
}

/** With --eol each line has that ending, the last one too, whether it was written there or not. */
function textMessage(text: string, { escapes, eol }: MessageOptions, theme: Theme): Uint8Array {
  const bytes = escapes
    ? reading('--escapes', text, theme, TextProblem, unescaped)
    : new TextEncoder().encode(text);
  if (eol === undefined) return bytes;
  const ended = bytes.at(-1) === 0x0a;
  return withLineEnds(ended ? bytes : Uint8Array.from([...bytes, ...lineEnd('lf')]), eol);
}

/** @throws Failure where --step has the terminal, and the message can't come from there, too */
function stdinSource(stdio: Stdio, stepping: boolean): Source {
  const { source, interactive } = stdio.stdin(stepping);
  if (!interactive || !stepping) return source;
  throw new Failure('give the message as TEXT, or on stdin from a pipe or file', EXIT.usage);
}

async function read(source: Source, repeat: number): Promise<Uint8Array | Source> {
  if (repeat === 1) return source;
  const whole = await collected(source, MOST_KEPT);
  if (whole !== null) return whole;
  throw new Failure('a message that is sent again has at most 16 MiB', EXIT.usage);
}

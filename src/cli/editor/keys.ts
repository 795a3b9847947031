/** Bytes from a terminal → keys. What is pasted is text, whatever bytes it is made of. */
import { StringDecoder } from 'node:string_decoder';

export type Key =
  /** Characters to put into the line. */
  | { readonly kind: 'text'; readonly text: string; readonly pasted: boolean }
  /** The end of a line. */
  | { readonly kind: 'enter'; readonly pasted: boolean }
  /** Anything else, named as readline(3) does: `C-a`, `M-b`, `left`, `C-left`. */
  | { readonly kind: 'key'; readonly name: string }
  /** The answer to DSR 6 (ECMA-48 §8.3.35): where the cursor is; both count from 1. */
  | { readonly kind: 'report'; readonly row: number; readonly column: number };

/** Around a paste, where the terminal was asked for it: xterm’s control sequences, "Bracketed Paste Mode". */
const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';

const TEXT = /[^\x00-\x1f\x7f-\x9f]+/y;
/** A line end with more text behind it, in one read: no hand is that fast. */
const SEVERAL_LINES = /[\r\n][^\x00-\x08\x0a-\x1f\x7f]/;
const CSI = /\x1b\[(\[[A-E]|([0-?]*)[ -/]*([@-~]))/y;
const SS3 = /\x1bO([@-~])/y;
/** A terminal’s answers to questions that we never ask: OSC, DCS and their like, up to ST or BEL. */
const STRING = /\x1b[P\]X^_][^\x07\x1b]*(?:\x07|\x1b\\)/y;
const UNFINISHED = /^\x1b(?:\[\[?[0-?]*[ -/]*|O|[P\]X^_][^\x07\x1b]*\x1b?)?$/;
/** No sequence is longer: what is, is rubbish. */
const LONGEST = 1024;

const BY_LETTER: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  Z: 'S-tab',
};

const BY_NUMBER: Readonly<Record<string, string>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
};

export class KeyDecoder {
  private readonly utf8 = new StringDecoder('utf8');
  /** The beginning of a sequence whose rest has not come. */
  private held = '';
  private pasting = false;
  private afterReturn = false;
  private keys: Key[] = [];

  /** @returns what the bytes mean, in order; an unfinished sequence is kept for the next ones */
  push(bytes: Uint8Array): Key[] {
    // Ctrl-C, alone in a read, inside a paste: its end was lost, and somebody wants out.
    if (this.pasting && bytes.length === 1 && bytes[0] === 0x03) this.pasting = false;
    const text = this.held + this.utf8.write(Buffer.from(bytes));
    this.held = '';
    const ahead = !this.pasting && this.hasSeveralLines(text);
    for (let at = 0; at < text.length; )
      at = this.pasting ? this.paste(text, at) : this.one(text, at, ahead);
    return this.taken();
  }

  /** Whether a sequence has begun and not ended: Esc alone begins one, too. */
  get unfinished(): boolean {
    return this.held !== '' && !this.pasting;
  }

  /** Nothing more came in time: what was held is a key by itself. */
  flush(): Key[] {
    const { held } = this;
    this.held = '';
    if (held === '\x1b') this.name('escape');
    return this.taken();
  }

  private hasSeveralLines(text: string): boolean {
    const typed = text.split(PASTE_BEGIN, 1)[0] ?? '';
    return SEVERAL_LINES.test(this.afterReturn ? typed.replace(/^\n/, '') : typed);
  }

  private taken(): Key[] {
    const { keys } = this;
    this.keys = [];
    return keys;
  }

  private name(name: string): void {
    this.keys.push({ kind: 'key', name });
  }

  /** Reads what begins at `at`. @returns where the next thing begins */
  private one(text: string, at: number, ahead: boolean): number {
    TEXT.lastIndex = at;
    const run = TEXT.exec(text)?.[0];
    if (run !== undefined) {
      this.lines(run, ahead);
      return at + run.length;
    }
    const character = text.charAt(at);
    if (character === '\x1b') return this.escape(text, at);
    // A Tab among lines that were typed ahead indents; it asks for nothing.
    if (character === '\r' || character === '\n' || (character === '\t' && ahead))
      this.lines(character, ahead);
    else this.control(character);
    return at + 1;
  }

  private control(character: string): void {
    this.afterReturn = false;
    if (character === '\t') this.name('tab');
    else if (character === '\b' || character === '\x7f') this.name('backspace');
    else if (character < ' ')
      this.name(`C-${String.fromCharCode(character.charCodeAt(0) + 0x40).toLowerCase()}`);
  }

  private escape(text: string, at: number): number {
    this.afterReturn = false;
    for (const form of [CSI, SS3, STRING]) form.lastIndex = at;
    const csi = CSI.exec(text);
    if (csi !== null) {
      this.sequence(csi[2] ?? '', csi[3] ?? '');
      return at + csi[0].length;
    }
    const ss3 = SS3.exec(text);
    if (ss3 !== null) {
      this.sequence('', ss3[1] ?? '');
      return at + ss3[0].length;
    }
    const string = STRING.exec(text)?.[0];
    if (string !== undefined) return at + string.length;
    const rest = text.slice(at, at + LONGEST);
    if (UNFINISHED.test(rest)) {
      this.held = text.slice(at);
      return text.length;
    }
    return this.meta(text, at);
  }

  /** Esc in front of a character: Alt, on most terminals. */
  private meta(text: string, at: number): number {
    const next = String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
    if (next === '\x7f' || next === '\b') this.name('M-backspace');
    else if (next >= ' ') this.name(`M-${next.toLowerCase()}`);
    else {
      this.name('escape');
      return at + 1;
    }
    return at + 1 + next.length;
  }

  private sequence(parameters: string, final: string): void {
    const [first = '', second = ''] = parameters.split(';');
    if (final === '~' && first === '200') this.pasting = true;
    else if (final === 'R')
      this.keys.push({ kind: 'report', row: Number(first), column: Number(second) });
    const name = final === '~' ? BY_NUMBER[first] : BY_LETTER[final];
    // Others are keys that mean nothing here: F1, or the mouse.
    if (name !== undefined) this.name(modifiersOf(second) + name);
  }

  /** Reads on inside a paste. @returns where the next thing begins */
  private paste(text: string, at: number): number {
    const end = text.indexOf(PASTE_END, at);
    if (end !== -1) {
      this.lines(text.slice(at, end), true);
      this.pasting = false;
      this.afterReturn = false;
      return end + PASTE_END.length;
    }
    // The end itself can come in two pieces.
    let kept = Math.min(PASTE_END.length - 1, text.length - at);
    while (!PASTE_END.startsWith(text.slice(text.length - kept))) kept--;
    this.lines(text.slice(at, text.length - kept), true);
    this.held = text.slice(text.length - kept);
    return text.length;
  }

  /** Text, cut into lines. CR, LF and CR LF end one, also where CR and LF come in two reads. */
  private lines(text: string, pasted: boolean): void {
    for (const [part] of text.matchAll(/\r\n?|\n|[^\r\n]+/g)) {
      const halfSeen = part === '\n' && this.afterReturn;
      this.afterReturn = part === '\r';
      if (halfSeen) continue;
      if (part.startsWith('\r') || part === '\n') this.keys.push({ kind: 'enter', pasted });
      else this.keys.push({ kind: 'text', text: part, pasted });
    }
  }
}

/** xterm’s "PC-Style Function Keys": 1, and 1 more for Shift, 2 for Alt, 4 for Ctrl. */
function modifiersOf(parameter: string): string {
  const bits = Number(parameter) - 1;
  if (!(bits > 0)) return '';
  return `${(bits & 4) !== 0 ? 'C-' : ''}${(bits & 2) !== 0 ? 'M-' : ''}`;
}

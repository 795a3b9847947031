import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Key, KeyDecoder } from '../../../src/cli/editor/keys.ts';

/** Keys as short text: what is pasted in ‹›, keys by name in <>, line ends as ⏎. */
function read(...reads: readonly (string | Uint8Array)[]): string {
  const decoder = new KeyDecoder();
  const keys = reads.flatMap((bytes) => decoder.push(Buffer.from(bytes)));
  return [...keys, ...decoder.flush()].map(short).join('').replaceAll('›‹', '');
}

function short(key: Key): string {
  if (key.kind === 'key') return `<${key.name}>`;
  if (key.kind === 'report') return `<at ${key.row},${key.column}>`;
  const text = key.kind === 'enter' ? '⏎' : key.text;
  return key.pasted ? `‹${text}›` : text;
}

describe('keys', () => {
  it.each([
    ['text', 'listen', 'listen'],
    ['Enter, as CR and as LF', 'a\rb\n', '‹a⏎b⏎›'],
    [
      'control characters',
      '\x01\x05\x0b\x15\x17\x19\x12\x00\x1f',
      '<C-a><C-e><C-k><C-u><C-w><C-y><C-r><C-@><C-_>',
    ],
    ['Tab and Backspace', '\t\x7f\b', '<tab><backspace><backspace>'],
    ['arrows in both modes', '\x1b[A\x1b[B\x1bOC\x1bOD', '<up><down><right><left>'],
    [
      'Home, End and Delete, in three dialects',
      '\x1b[H\x1b[1~\x1bOF\x1b[4~\x1b[8~\x1b[3~',
      '<home><home><end><end><end><delete>',
    ],
    [
      'with Ctrl, Alt and Shift',
      '\x1b[1;5D\x1b[1;3C\x1b[1;2A\x1b[1;7B',
      '<C-left><M-right><up><C-M-down>',
    ],
    ['Alt', '\x1bb\x1bF\x1b\x7fx', '<M-b><M-f><M-backspace>x'],
    ['Esc before an arrow', '\x1b\x1b[A', '<escape><up>'],
    ['keys that mean nothing here', '\x1bOP\x1b[15~\x1b[[A\x1b[<0;3;4Mx', 'x'],
    [
      'answers to questions that were never asked',
      '\x1b]11;rgb:0/0/0\x1b\\\x1bP>|t\x1b\\\x1b]0;t\x07x',
      'x',
    ],
    ['where the cursor is', '\x1b[7;12R', '<at 7,12>'],
    ['C1 controls and half a character', Buffer.from([0xc2, 0x9b, 0xff, 0x61]), '\ufffda'],
  ])('%s', (_, bytes, keys) => {
    expect(read(bytes)).toBe(keys);
  });

  it('Esc alone is a key when nothing more comes', () => {
    const decoder = new KeyDecoder();
    expect(decoder.push(Buffer.from('a\x1b')).map(short)).toEqual(['a']);
    expect(decoder.unfinished).toBe(true);
    expect(decoder.flush().map(short)).toEqual(['<escape>']);
    expect(decoder.unfinished).toBe(false);
  });

  it('the beginning of a sequence whose rest never comes is dropped', () => {
    expect(read('\x1b[1;')).toBe('');
    expect(read('\x1b[\r')).toBe('<M-[>⏎');
  });

  it('a CR and a LF in two reads are one line end', () => {
    expect(read('a\r', '\nb\r')).toBe('a⏎b⏎');
    expect(read('\x1b[200~a\r', '\nb\x1b[201~')).toBe('‹a⏎b›');
  });
});

describe('a paste', () => {
  it('is text, whatever bytes it is made of', () => {
    const text = '\tint\x03 fd\x1b[A;\x04\x1a';
    expect(read(`x\x1b[200~${text}\x1b[201~\x04`)).toBe(`x‹${text}›<C-d>`);
  });

  it('has lines, whether they end with CR, LF or both', () => {
    expect(read('\x1b[200~a\rb\nc\r\nd\r\n\r\ne\x1b[201~')).toBe('‹a⏎b⏎c⏎d⏎⏎e›');
  });

  it('may be cut into reads anywhere', () => {
    const bytes = Buffer.from('x\x1b[A\x1b[200~\tü\r\nb\x1b[20\x1b[3~日\x1b[201~y\x1b[1;5D\x04');
    const whole = '<up>‹\tü⏎b\x1b[20\x1b[3~日›y<C-left><C-d>';
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 })), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const reads = edges.slice(1).map((to, i) => bytes.subarray(edges[i], to));
        expect(read(...reads)).toBe(`x${whole}`);
      }),
    );
  });

  it('whose end was lost is left with Ctrl-C', () => {
    expect(read('\x1b[200~abc', '\x03', '\x04')).toBe('‹abc›<C-c><C-d>');
  });

  it('that is not marked: lines in one read, in which a Tab indents', () => {
    expect(read('main() {\r\tlisten(a);\r\tx')).toBe('‹main() {⏎\tlisten(a);⏎\tx›');
    // One line, or its beginning: these are keys.
    expect(read('lis\t')).toBe('lis<tab>');
    expect(read('lis\tser\r')).toBe('lis<tab>ser⏎');
  });
});

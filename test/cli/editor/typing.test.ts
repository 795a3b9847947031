/** What keys do to a line. The oracle for the plain editing keys is bash: editing.test.ts. */
import { describe, expect, it } from 'vitest';
import { KeyDecoder } from '../../../src/cli/editor/keys.ts';
import { type Deed, Typing } from '../../../src/cli/editor/typing.ts';
import { KEY } from '../../support/screen.ts';

const { ctrl, alt } = KEY;
const LINES = ['close(b)', 'listen(b, 2)', 'close(a)', 'listen(a, 1)', 'a = socket()'];

/** A line with a history, and how to type into it. */
function typing(lines: readonly string[] = LINES) {
  const line = new Typing(lines);
  const decoder = new KeyDecoder();
  const type = (...keys: string[]): Deed[] => {
    const read = decoder.push(Buffer.from(keys.join('')));
    return [...read, ...decoder.flush()]
      .map((key) => line.press(key))
      .filter((deed) => deed !== null);
  };
  /** The line, with | where the cursor is. */
  const shown = () => {
    const { prompt, text, cursor } = line.shown;
    return `${prompt ?? ''}${text.slice(0, cursor)}|${text.slice(cursor)}`;
  };
  return { line, type, shown };
}

describe('editing', () => {
  it.each([
    ['a character before the cursor', ['ab', KEY.left, KEY.backspace], '|b'],
    [
      'a character that is several code points',
      ['xe\u0301🇨🇦', KEY.backspace, KEY.left, 'y'],
      'xy|e\u0301',
    ],
    ['Home, End, Delete', ['abc', KEY.home, KEY.delete, KEY.end, 'd'], 'bcd|'],
    [
      'words',
      ['bind(server, 127)', alt('b'), alt('b'), '_', alt('f'), '-'],
      'bind(_server-|, 127)',
    ],
    [
      'Ctrl-W to a blank, twice, and back',
      ['a b(c d', ctrl('w'), ctrl('w'), 'x', ctrl('y')],
      'a xb(c d|',
    ],
    [
      'Alt-D and Alt-Backspace',
      ['one two three', ctrl('a'), alt('d'), ctrl('e'), alt('\x7f')],
      ' two |',
    ],
    [
      'Ctrl-U, Ctrl-K and Ctrl-Y',
      ['abcd', KEY.left, KEY.left, ctrl('k'), ctrl('a'), ctrl('y')],
      'cd|ab',
    ],
    [
      'two kills, put together',
      ['abcd', KEY.left, KEY.left, ctrl('k'), ctrl('u'), ctrl('y')],
      'abcd|',
    ],
    [
      'a kill of nothing, which parts those around it',
      ['one ', ctrl('u'), 'two ', ctrl('k'), ctrl('w'), ctrl('y')],
      'two |',
    ],
    ['Ctrl-T', ['ab', ctrl('t'), 'c', KEY.left, ctrl('t')], 'bca|'],
    ['Ctrl-T at the start', ['ab', ctrl('a'), ctrl('t')], '|ab'],
    ['Ctrl-T behind a single character', ['a', ctrl('t')], 'a|'],
    ['Ctrl-_ takes back', ['a', 'b', ctrl('u'), ctrl('_')], 'ab|'],
    ['Ctrl-V', [ctrl('v'), '\t', ctrl('v'), ctrl('a'), ctrl('v'), 'x'], '\t\x01x|'],
  ])('%s', (_, keys, expected) => {
    const { type, shown } = typing();
    for (const key of keys) type(key);
    expect(shown()).toBe(expected);
  });

  it('keys for whoever has the terminal', () => {
    const { type } = typing();
    expect(type(ctrl('c'), ctrl('z'), ctrl('l'), KEY.tab, ctrl('d'), '\r')).toEqual([
      'interrupt',
      'suspend',
      'clear screen',
      'complete',
      'end',
      'enter',
    ]);
    expect(type('ab', ctrl('a'), ctrl('d'), ctrl('e'), ctrl('d'))).toEqual([]);
  });

  it('a word that is killed in a very long line takes no time', () => {
    const { line, shown } = typing();
    line.insert(`${'a'.repeat(65_536)} b`);
    const from = performance.now();
    for (let i = 0; i < 10; i++) line.press({ kind: 'key', name: 'M-b' });
    expect(performance.now() - from).toBeLessThan(1000);
    expect(shown().startsWith('|aaa')).toBe(true);
  });
});

describe('the history', () => {
  it('goes up and down, and comes back to what was typed', () => {
    const { type, shown } = typing();
    type('typed', KEY.up, KEY.up);
    expect(shown()).toBe('listen(b, 2)|');
    type(KEY.down, KEY.down);
    expect(shown()).toBe('typed|');
    type(KEY.down);
    expect(shown()).toBe('typed|');
    for (let i = 0; i < 9; i++) type(KEY.up);
    expect(shown()).toBe('a = socket()|');
  });

  it('Page Up finds lines that begin as the one that is typed', () => {
    const { type, shown } = typing();
    type('lis', KEY.pageUp);
    expect(shown()).toBe('lis|ten(b, 2)');
    type(KEY.pageUp);
    expect(shown()).toBe('lis|ten(a, 1)');
    type(KEY.pageUp);
    expect(shown()).toBe('lis|ten(a, 1)');
    type('\x1b[6~', '\x1b[6~');
    expect(shown()).toBe('lis|');
  });
});

describe('Ctrl-R', () => {
  it('shows the newest line that has the text, and older ones again and again', () => {
    const { type, shown } = typing();
    type('kept', ctrl('r'));
    expect(shown()).toBe("(reverse-i-search)`': kept|");
    type('list');
    expect(shown()).toBe("(reverse-i-search)`list': |listen(b, 2)");
    type(ctrl('r'));
    expect(shown()).toBe("(reverse-i-search)`list': |listen(a, 1)");
    type(ctrl('r'));
    expect(shown()).toBe("(failed reverse-i-search)`list': |listen(a, 1)");
    type(ctrl('s'));
    expect(shown()).toBe("(i-search)`list': |listen(b, 2)");
    type(KEY.backspace, KEY.backspace, KEY.backspace, KEY.backspace, 'ose');
    expect(shown()).toBe("(i-search)`ose': cl|ose(b)");
  });

  it.each([
    ['Ctrl-G', ctrl('g')],
    ['Ctrl-C', ctrl('c')],
  ])('%s leaves it with the line as before', (_, key) => {
    const { type, shown } = typing();
    type('kept', KEY.left, ctrl('r'), 'list');
    expect(type(key)).toEqual([]);
    expect(shown()).toBe('kep|t');
  });

  it('Enter takes what was found and enters it', () => {
    const { line, type } = typing();
    expect(type(ctrl('r'), 'listen', ctrl('r'), '\r')).toEqual(['enter']);
    expect(line.line.text).toBe('listen(a, 1)');
  });

  it('Esc takes it for editing, and so does any editing key, which then does its work', () => {
    const { type, shown } = typing();
    type(ctrl('r'), 'b, ', KEY.escape);
    expect(shown()).toBe('listen(|b, 2)');
    type(ctrl('u'), ctrl('k'), ctrl('r'), 'b, ', KEY.right, 'x');
    expect(shown()).toBe('listen(bx|, 2)');
  });

  it('a second Ctrl-R at once looks for the last text again', () => {
    const { type, shown } = typing();
    type(ctrl('r'), 'ose(a', ctrl('a'), ctrl('k'), ctrl('r'), ctrl('r'));
    expect(shown()).toBe("(reverse-i-search)`ose(a': cl|ose(a)");
  });

  it('a paste ends it and goes into the line as it was', () => {
    const { type, shown } = typing();
    type('x', ctrl('r'), 'list');
    expect(type('\x1b[200~y\rz\x1b[201~')).toEqual(['enter']);
    expect(shown()).toBe('xyz|');
  });
});

describe('what the history keeps', () => {
  it('of pasted code, the line without its indentation; else the line as it is', () => {
    const { line, type } = typing();
    type('\x1b[200~\tlisten(a, 1);\x1b[201~');
    expect(line.memorable).toBe('listen(a, 1);');
    line.fresh();
    type(' secret');
    expect(line.memorable).toBe(' secret');
    line.fresh();
    type(' ', '\x1b[200~secret\x1b[201~');
    expect(line.memorable).toBe(' secret');
  });
});

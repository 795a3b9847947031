import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VisibleText, visibleText } from '../../src/view/visible.ts';

/** All that `bytes` shows, pushed in the given pieces. */
function shown(bytes: Uint8Array, cuts: readonly number[] = []): string {
  const viewer = new VisibleText();
  const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])];
  at.sort((a, b) => a - b);
  const pieces = at.slice(1).map((to, i) => viewer.push(bytes.subarray(at[i], to)));
  return pieces.join('') + viewer.end();
}

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

describe('a byte or character', () => {
  it.each([
    ['\\x1b', '\x1b[31m', '^[[31m'],
    ['NUL and BEL', '\0\x07', '^@^G'],
    ['DEL', '\x7f', '^?'],
    ['tab and line feed', 'a\tb\n', 'a\tb\n'],
    ['CR LF', 'a\r\nb\r\n', 'a\nb\n'],
    ['CR alone', 'a\rb', 'a^Mb'],
    ['CR CR LF', '\r\r\n', '^M\n'],
    ['CR at the end', 'a\r', 'a^M'],
    ['C1 as one byte', '\x9b31m', '\\x9b31m'],
    ['C1 in UTF-8', '\xc2\x9b31m', '\\x9b31m'],
    ['NEL in UTF-8', '\xc2\x85', '\\x85'],
    ['a byte that is no UTF-8', 'a\xffb', 'a\\xffb'],
    ['a character cut short', '\xe2\x82x', '\\xe2\\x82x'],
    ['a character cut short at the end', '\xf0\x9f\x98', '\\xf0\\x9f\\x98'],
    ['an overlong escape', '\xc0\x9b\xe0\x80\x9b', '\\xc0\\x9b\\xe0\\x80\\x9b'],
    ['a surrogate', '\xed\xa0\x80', '\\xed\\xa0\\x80'],
    ['beyond U+10FFFF', '\xf4\x90\x80\x80', '\\xf4\\x90\\x80\\x80'],
  ])('%s', (_, given, text) => {
    expect(shown(latin1(given))).toBe(text);
  });

  it.each([
    ['\u202e', '<U+202E>'],
    ['\u2066', '<U+2066>'],
    ['\u200f', '<U+200F>'],
    ['\u061c', '<U+061C>'],
    ['\u2028', '<U+2028>'],
    ['\ufeff', '<U+FEFF>'],
    ['\u{e0041}', '<U+E0041>'],
    ['\ufffd', '\ufffd'],
    ['a\u0301', 'a\u0301'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
  ])('%j is shown as %s', (text, visible) => {
    expect(visibleText(text)).toBe(visible);
  });
});

/** \p{Cc} is C0, DEL and C1; \p{Bidi_Control} is Unicode’s own list. */
const HARMFUL = /[^\P{Cc}\n\t]|\p{Bidi_Control}/u;

describe('every control and bidi character of Unicode', () => {
  it('is shown as something else', () => {
    const points = Array.from({ length: 0x110000 }, (_, point) => point);
    const harmful = points.filter((point) => HARMFUL.test(String.fromCodePoint(point)));
    expect(harmful.length).toBe(65 - 2 + 12);
    const shownRaw = harmful.filter((point) =>
      HARMFUL.test(visibleText(String.fromCodePoint(point))),
    );
    expect(shownRaw).toEqual([]);
  });
});

describe('a whole text', () => {
  it('stays on one line', () => {
    expect(visibleText('a\nb\r\nc\td')).toBe('a^Jb^Jc^Id');
  });
});

describe('what is shown', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.string({ unit: 'binary', maxLength: 4 }).map((text) => new Uint8Array(Buffer.from(text))),
    fc
      .constantFrom('\r', '\r\n', '\x1b[', '\xc2\x9b', '\xe2\x80\xae', '\xe2\x80', '\xf0\x9f')
      .map(latin1),
  );
  const bytes = fc
    .array(piece, { maxLength: 12 })
    .map((pieces) => Uint8Array.from(pieces.flatMap((one) => [...one])));
  const cuts = fc.array(fc.nat(), { maxLength: 10 });

  it('is the same in whatever pieces the bytes come', () => {
    fc.assert(
      fc.property(bytes, cuts, (all, at) => {
        const whole = shown(all);
        expect(shown(all, at)).toBe(whole);
        // Every byte alone.
        expect(shown(all, Array.from(all.keys()))).toBe(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('has no control character but line feed and tab, and nothing that turns text around', () => {
    fc.assert(
      fc.property(bytes, cuts, (all, at) => {
        expect(shown(all, at)).not.toMatch(HARMFUL);
      }),
      { numRuns: 500 },
    );
  });

  it('is the text itself where that is ordinary', () => {
    const ordinary = fc
      .string({ unit: 'binary', maxLength: 40 })
      .filter(
        (text) =>
          !/[^\P{Cc}\n\t]|\p{Bidi_Control}|[\u2028\u2029\ufeff\u{e0000}-\u{e007f}]/u.test(text),
      );
    fc.assert(
      fc.property(ordinary, cuts, (text, at) => {
        expect(shown(new Uint8Array(Buffer.from(text)), at)).toBe(text);
        if (!/[\n\t]/.test(text)) expect(visibleText(text)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('is told as soon as it is clear', () => {
    const viewer = new VisibleText();
    expect(viewer.push(latin1('ab\xe2\x82'))).toBe('ab');
    expect(viewer.push(latin1('\xac\r'))).toBe('€');
    expect(viewer.push(latin1('\n'))).toBe('\n');
    expect(viewer.end()).toBe('');
  });

  it('begins anew after the end', () => {
    const viewer = new VisibleText();
    viewer.push(latin1('\xe2'));
    expect(viewer.end()).toBe('\\xe2');
    expect(viewer.push(latin1('\x82\xac')) + viewer.end()).toBe('\\x82\\xac');
  });
});

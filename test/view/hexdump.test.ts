import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Passed, renderPassed } from '../../src/view/hexdump.ts';
import { widthOf } from '../../src/view/layout.ts';
import { createTheme } from '../../src/view/theme.ts';
import { page } from '../support/steps.ts';

const passed = (content: string | Uint8Array, more: Partial<Passed> = {}): Passed => ({
  direction: 'out',
  peer: '127.0.0.1:8888',
  seconds: 0.0042,
  offset: 0,
  bytes: Buffer.from(content),
  ...more,
});

const linesOf = (what: Passed, width = 80) => renderPassed(what, { ...page(), width }).split('\n');

describe('bytes that passed', () => {
  it('stand under which way they went, how many they are, and when', () => {
    expect(linesOf(passed('GET / HTTP/1.0\r\n\r\n'))).toEqual([
      '→ 127.0.0.1:8888                                            18 bytes   0.004 s',
      '  00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 30 0d 0a  GET / HTTP/1.0··',
      '  00000010  0d 0a                                             ··',
    ]);
  });

  it('go on where those before them ended', () => {
    const what = passed('x', { direction: 'in', offset: 0x1_0000_0012, seconds: 61.5 });
    expect(linesOf(what)).toEqual([
      '← 127.0.0.1:8888                                             1 byte   61.500 s',
      '  100000012  78                                                x',
    ]);
  });

  it('are the bytes that od(1) reads in them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), (bytes) => {
        const rows = linesOf(passed(bytes)).slice(1);
        const ours = rows.flatMap((row) => row.slice(12, 60).trim().split(/ +/));
        const theirs = execFileSync('od', ['-An', '-v', '-tx1'], { input: bytes }).toString();
        // Rows that are like the one above are only counted: none of these are.
        fc.pre(!rows.some((row) => row.includes('*  ')));
        expect(ours).toEqual(theirs.trim().split(/\s+/));
      }),
      { numRuns: 30 },
    );
  });

  it('are all ASCII in the text column, whatever they are, and one column each', () => {
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const rows = linesOf(passed(every)).slice(1);
    const text = rows.map((row) => row.slice(62)).join('');
    expect(text).toHaveLength(256);
    expect(text.replaceAll('·', '')).toBe(
      String.fromCharCode(...every.filter((byte) => byte >= 0x20 && byte < 0x7f)),
    );
  });

  it('are counted where rows are like the one above, and the last is always shown', () => {
    const rows = linesOf(passed(new Uint8Array(16 * 100 + 3))).slice(1);
    expect(rows.map((row) => row.slice(2, 40).trimEnd())).toEqual([
      '00000000  00 00 00 00 00 00 00 00  00',
      '*         the same 99 times more',
      '00000640  00 00 00',
    ]);
    expect(linesOf(passed(new Uint8Array(48)))[2]?.trim()).toBe('*         the same once more');
  });

  it.each([80, 78, 77, 60, 45, 44, 30])('fit %i columns', (width) => {
    const lines = linesOf(passed(Buffer.alloc(100, 'ab\n')), width);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
    const rows = lines.filter((line) => /^ {2}[\da-f]{8} {2}/.test(line));
    expect(rows).toHaveLength(Math.ceil(100 / (width >= 78 ? 16 : width >= 45 ? 8 : 4)));
  });

  it('a peer’s name is made safe, and cut from the left', () => {
    const [head = ''] = linesOf(passed('x', { peer: `unix:/${'long/'.repeat(30)}\x1b[2J` }));
    expect(widthOf(head)).toBeLessThanOrEqual(78);
    expect(head).toMatch(/^→ ….*long\/\^\[\[2J {2,}1 byte/);
  });

  it('need no sign outside ASCII with --ascii', () => {
    const theme = createTheme({ color: false, ascii: true });
    const text = renderPassed(passed('\x00a', { direction: 'in' }), { theme, width: 80 });
    expect(text).toMatch(/^<- 127[ -~\n]*\.a$/);
  });
});

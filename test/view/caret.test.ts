import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Problem, renderProblem } from '../../src/view/caret.ts';
import { marked } from '../support/marked.ts';
import { page } from '../support/steps.ts';

const { theme } = page();

function shown(written: string, rest: Partial<Problem> = {}, on = theme): string[] {
  const problem = { ...marked(written), message: 'wrong', suggestion: null, ...rest };
  return renderProblem(problem, on).split('\n');
}

describe('a mistake', () => {
  it('has carets under the part that is wrong', () => {
    expect(shown('close(«sever»)')).toEqual(['  close(sever)', '        ^^^^^', '  wrong']);
  });

  it('has one caret behind the line where something is missing', () => {
    expect(shown('close(s«»')).toEqual(['  close(s', '         ^', '  wrong']);
  });

  it('has a suggestion where there is one', () => {
    expect(
      shown('«clsoe»(s)', { message: 'there is no call clsoe', suggestion: 'close' }),
    ).toContain('  there is no call clsoe; did you mean close?');
  });

  it('has no caret where no part is meant', () => {
    expect(shown('close(«s»)', { span: null })).toEqual(['  close(s)', '  wrong']);
  });

  it('has its carets within the line, whatever the span', () => {
    expect(shown('close(«s»)', { span: [2, 99] })[1]).toBe('    ^^^^^^');
    expect(shown('close(«s»)', { span: [99, 100] })[1]).toBe(`  ${' '.repeat(8)}^`);
  });

  it.each(['\t', '\x1b', '\x07', '\x7f', '\x9b', '\u202e', '\u2066', '\u200e', '\u061c'])(
    'shows %j as one column',
    (control) => {
      expect(shown(`write(s,${control}«x»)`)).toEqual(['  write(s,?x)', '           ^', '  wrong']);
    },
  );

  it('shows no control character of what the message quotes', () => {
    const text = renderProblem(
      {
        text: 'x',
        span: null,
        message: "no service has the name '\x1b]0;owned\x07'",
        suggestion: null,
      },
      theme,
    );
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('counts characters, not their halves', () => {
    expect(shown('write(s, "é😀", «x»)')[1]).toBe(`  ${' '.repeat(15)}^`);
  });

  it('has its caret in the same place with --ascii, whose signs are wider', () => {
    const [line = '', carets = ''] = shown(
      'write(s, "…→", «bad»)',
      {},
      page({ ascii: true }).theme,
    );
    expect(line.slice(carets.indexOf('^'), carets.length)).toBe('bad');
  });

  it('says the same in colour', () => {
    const inColor = shown('close(«sever»)', {}, page({ color: true }).theme);
    expect(inColor.join('')).toContain('\x1b[');
    expect(inColor.map(stripVTControlCharacters)).toEqual(shown('close(«sever»)'));
  });
});

/** A script's text cut into lines, structures over several of them included. */
import { describe, expect, it } from 'vitest';
import { linesOf, MOST_MISTAKES, parseScript } from '../../src/script/source.ts';
import { isOpenStruct, isStruct } from '../../src/script/struct-line.ts';

describe('lines', () => {
  it('have their numbers, whatever ends them', () => {
    expect(linesOf('a\nb\r\nc\rd')).toEqual([
      { number: 1, text: 'a' },
      { number: 2, text: 'b' },
      { number: 3, text: 'c' },
      { number: 4, text: 'd' },
    ]);
  });

  it.each([
    'struct person {\n  int age;\n}',
    'struct person { // } not here\n  int age;\n}',
    'struct person { # } not here\n  int age;\n}',
    'struct person { /* } not here */\n  int age;\n}',
    'struct person { /* not {\n } here\n } either */ int age;\n}',
    'struct person {\n  int age; /* at the end */ }',
    'typedef struct {\n  int age;\n} person;',
    'struct person {\n  int a;\n} packed network; // so',
  ])('of a structure are one: %j', (text) => {
    const all = linesOf(`x = 1\n${text}\ny = 2`);
    expect(all).toEqual([
      { number: 1, text: 'x = 1' },
      { number: 2, text },
      { number: text.split('\n').length + 2, text: 'y = 2' },
    ]);
    const { mistakes, lines } = parseScript(text, new Map());
    expect(mistakes).toEqual([]);
    expect(lines).toHaveLength(1);
  });

  it('of a structure that never ends go to the end, and the mistake is told in its line', () => {
    const { lines, mistakes } = parseScript('struct person {\n  int age;\nclose(s)', new Map());
    expect(lines).toEqual([]);
    expect(mistakes).toMatchObject([{ line: 3, column: 1, text: 'close(s)', span: [0, 5] }]);
  });

  it('may use a structure that one before them defines', () => {
    const text = 'struct a { int x; }\nstruct b { struct a inner; }\nstruct c { struct d inner; }';
    const { lines, mistakes } = parseScript(text, new Map());
    expect([lines.length, mistakes.length]).toEqual([2, 1]);
    expect(mistakes[0]).toMatchObject({ line: 3, message: expect.stringMatching(/no struct/) });
  });

  it('are read up to the hundredth mistake', () => {
    const { lines, mistakes } = parseScript(`${'q\nx = 1\n'.repeat(1000)}`, new Map());
    expect([mistakes.length, lines.length]).toEqual([MOST_MISTAKES, MOST_MISTAKES - 1]);
  });
});

describe('a structure', () => {
  it.each([
    ['struct a {', true, true],
    ['struct a { int x;', true, true],
    ['struct a { int x; }', true, false],
    ['struct a { int x; } packed', true, false],
    ['struct a { int x; /* } */', true, true],
    ['struct a { int x; } /* and', true, true],
    ['struct a { // }', true, true],
    ['typedef struct {', true, true],
    ['struct a b;', false, false],
    ['structa {', false, false],
    ['x = a{1}', false, false],
  ])('%s', (text, defines, open) => {
    expect([isStruct(text), isOpenStruct(text)]).toEqual([defines, open]);
  });
});

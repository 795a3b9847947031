/** A script's text cut into lines, structures over several of them included. */
import { describe, expect, it } from 'vitest';
import { linesOf, MOST_MISTAKES, parseScript } from '../../src/script/source.ts';
import { isStruct } from '../../src/script/struct-line.ts';
import { Unfinished } from '../../src/script/unfinished.ts';

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

  it.each([
    '/* over\n two lines */',
    '/*\n * as C has it: "quoted, and\n it’s */',
    'bind(s, 127.0.0.1:0) /* begun\n ended */',
    'bind(s, /* here\n and */ 127.0.0.1:0)',
    '/* one */ /* two\n */ close(s) /* three\n */',
    '/* .state\n # not over */',
    '/*/\n*/',
    '/* first\n then */ struct a { /* } */\n int x;\n}',
  ])('that a comment joins are one: %j', (text) => {
    const lines = text.split('\n').length;
    expect(linesOf(`x = 1\n${text}\ny = 2`)).toEqual([
      { number: 1, text: 'x = 1' },
      { number: 2, text },
      { number: lines + 2, text: 'y = 2' },
    ]);
    const { mistakes } = parseScript(`s = socket(AF_INET, SOCK_STREAM, 0)\n${text}`, new Map());
    expect(mistakes).toEqual([]);
  });

  it.each([
    'write(s, "/*")',
    'x = 1 # /*',
    'x = 1 // /*',
    'bind(s, unix:/tmp/*)',
    "x = 'a /* b */",
  ])('that only look so are not joined: %s', (text) => {
    expect(linesOf(`${text}\ny = 2`)).toHaveLength(2);
  });

  it('goes on behind a comment that begins behind a mistake', () => {
    const { lines, mistakes } = parseScript("x = 'a' /* b\n c */\ny = 2", new Map());
    expect([lines.length, mistakes.length]).toEqual([1, 1]);
    expect(mistakes[0]).toMatchObject({ line: 1 });
  });

  it('of a comment that never ends go to the end, and that is told where it begins', () => {
    const { mistakes } = parseScript('x = 1\ny = 2 /* and\nclose(s)\n', new Map());
    expect(mistakes).toMatchObject([
      { line: 2, column: 7, text: 'y = 2 /* and', message: 'the closing */ is missing' },
    ]);
  });

  it('are each looked at once, so that a hundred thousand of them take no time', () => {
    // With the square of their number it would be hours.
    expect(linesOf(`x ${'/* a */ /* b\n*/ x '.repeat(100_000)}`)).toHaveLength(1);
    expect(linesOf(`/*${'\n* a line'.repeat(100_000)}\n*/`)).toHaveLength(1);
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
    ['/* a */ /* b */ struct a {', true, true],
    ['x = a{1}', false, false],
  ])('%s', (text, defines, open) => {
    const unfinished = new Unfinished();
    unfinished.add(text);
    expect([isStruct(text), unfinished.isOpen]).toEqual([defines, open]);
  });
});

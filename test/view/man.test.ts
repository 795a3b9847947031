import { expect, it } from 'vitest';
import { type ManBlock, type ManPage, renderMan } from '../../src/view/man.ts';
import { start } from '../support/program.ts';

const page = (...blocks: readonly ManBlock[]): ManPage => ({
  name: 'odd',
  section: 1,
  date: '2026-11-24',
  source: 'odd "1.0"',
  sections: [{ heading: 'NAME', blocks }],
});

/** All that roff could take for something else, and all of ASCII. */
const ODD: readonly string[] = [
  ".TH is no request, '.br is none, .",
  '. a dot',
  "'sh echo no",
  '\\fB is no bold \\n(.x \\e \\\\ \\" no comment',
  '--long-option -x ^top ~home `tick` "quoted" \'single\'',
  Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).join(''),
  'the peer’s … → µ — ü 日',
];

/** What a reader sees: the lines, without indents and without bold letters' double strokes. */
async function seen(command: string, args: readonly string[], text: string): Promise<string[]> {
  const program = start(command, args);
  program.end(text);
  const { code, stdout, stderr } = await program.exit();
  expect([code, stderr]).toEqual([0, '']);
  const plain = stdout.toString().replaceAll(/.\x08|\x1b\[[\d;]*m/gu, '');
  return plain.split('\n').map((line) => line.trim());
}

const READERS: readonly (readonly [string, readonly string[]])[] = [
  ['mandoc', ['-Tutf8']],
  ['groff', ['-Tutf8', '-man', '-ww', '-rLL=100n']],
];

it.each(READERS)('%s shows every text as it was written', async (command, args) => {
  const rendered = renderMan(page({ kind: 'example', lines: ODD }));
  expect(rendered).toMatch(/^[\n -~]*$/);
  const lines = await seen(command, args, rendered);
  for (const line of ODD) expect(lines).toContain(line);
  // In terms and paragraphs the same, where a backtick or <> does not mark something.
  const plain = ODD.filter((line) => !/[`<]/.test(line));
  const terms = plain.map((line) => [line, `text: ${line}`] as const);
  const told = await seen(command, args, renderMan(page({ kind: 'terms', terms })));
  const paragraphs = plain.map((text): ManBlock => ({ kind: 'paragraph', text }));
  const read = await seen(command, args, renderMan(page(...paragraphs)));
  for (const line of plain) {
    expect(told).toContain(line);
    expect(told).toContain(`text: ${line}`);
    expect(read).toContain(line);
  }
});

it('makes `words` bold, and <placeholders> italic, within them too', () => {
  const text = 'see `--file <path>` or <x>, not a-b';
  expect(renderMan(page({ kind: 'paragraph', text }))).toContain(
    '\nsee \\fB\\-\\-file \\fIpath\\fB\\fR or \\fIx\\fR, not a\\-b\n',
  );
});

it('mandoc finds nothing to warn of', async () => {
  const blocks: ManBlock[] = [
    { kind: 'paragraph', text: 'odd - a page' },
    { kind: 'paragraph', text: 'more' },
    { kind: 'heading', text: 'sub "heading"' },
    { kind: 'example', lines: ['a', '', 'b'] },
    { kind: 'heading', text: 'another' },
    { kind: 'lines', lines: ['a', '.b'] },
    { kind: 'terms', terms: [['-x', 'y']] },
    { kind: 'example', lines: ODD },
  ];
  expect(await seen('mandoc', ['-Tlint', '-Wwarning'], renderMan(page(...blocks)))).toEqual(['']);
});

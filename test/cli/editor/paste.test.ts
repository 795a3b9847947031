/** A paste is text: each of its lines a step, in order, and none of its bytes a key. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratch } from '../../support/payload.ts';
import { KEY, onScreen, type Screen } from '../../support/screen.ts';

const SOCKET = 'socket(AF_INET, SOCK_STREAM, 0)';
const state = () => ({ env: { XDG_STATE_HOME: scratch() } });

async function repl(options: Parameters<typeof onScreen>[1] = state()): Promise<Screen> {
  const screen = onScreen([], options);
  await screen.prompt();
  return screen;
}

/** Indented with tabs, as C is. */
const FRAGMENT = [
  `\ta = ${SOCKET};`,
  '\tbind(a, 127.0.0.1:0);',
  '',
  '\t\tlisten(a, 1);',
  '\tclose(a)',
];

it.each([
  ['LF', '\n'],
  ['CR', '\r'],
  ['CR LF', '\r\n'],
])(
  'a fragment of C with %s is so many steps, and its last line waits to be edited',
  async (_, eol) => {
    const screen = await repl();
    screen.paste(FRAGMENT.join(eol));
    await screen.at('socklab ›       close(a)', 24);
    const order = [`${SOCKET} = `, '}, 16) = 0', 'CLOSED → LISTEN', 'close(a)'];
    const places = order.map((text) => screen.text.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    screen.type(KEY.enter);
    await screen.see('LISTEN → CLOSED');
  },
);

it('each line stands behind a prompt, and its answer below it', async () => {
  const screen = await repl();
  screen.paste(`a = ${SOCKET}\nlisten(a, 1)\n`);
  await screen.see('queue 0 of 1');
  await screen.prompt();
  const rows = screen.rows.filter((row) => row !== '').slice(1);
  expect(rows[0]).toBe(`socklab › a = ${SOCKET}`);
  expect(rows[1]).toContain(`${SOCKET} = `);
  expect(rows[3]).toBe('socklab › listen(a, 1)');
  expect(rows.at(-1)).toBe('socklab ›');
});

it('so is what a terminal sends that marks no pastes, or what was typed ahead', async () => {
  const screen = await repl();
  screen.type(FRAGMENT.join('\r'));
  await screen.at('socklab ›       close(a)', 24);
  expect(screen.text).toContain('CLOSED → LISTEN');
});

it('of 200 lines, each is a step, and the history has them without their indentation', async () => {
  const options = state();
  const screen = await repl(options);
  const lines = Array.from({ length: 200 }, (_, i) =>
    i % 2 === 0 ? `\ts${i} = ${SOCKET};` : `\tclose(s${i - 1});`,
  );
  screen.paste(`${lines.join('\n')}\n`);
  await screen.until('the last step', () => screen.text.split('close(s').length === 101);
  await screen.prompt();
  const made = screen.text.split('\n').filter((row) => row.startsWith(`  ${SOCKET} = `));
  expect(made).toHaveLength(100);
  const kept = readFileSync(join(options.env.XDG_STATE_HOME, 'socklab', 'history'), 'utf8');
  expect(kept).toBe(lines.map((line) => `${line.trim()}\n`).join(''));
});

it('of 64 KiB in one line comes whole, and shows the part that fits the screen', async () => {
  const screen = await repl();
  const text = `write(c, "${'x'.repeat(65_536)}`;
  screen.paste(text);
  await screen.until('a full screen', () => screen.rows.join('').replaceAll('x', '') === '');
  screen.type(KEY.home);
  await screen.until('its beginning', () => (screen.rows[0] ?? '').startsWith('socklab › write'));
  screen.type(KEY.end, '")', KEY.enter);
  await screen.see('there is no c');
  await screen.prompt();
});

it('control bytes in it are shown, and do nothing', async () => {
  const screen = await repl();
  screen.type('kept ');
  await screen.at('socklab › kept ');
  screen.paste('a\x03b\x04c\x1b[A\x1bb\x12\x1a\x7f\x08\x00\x9b\u202ed');
  const shown = 'a^Cb^Dc^[[A^[b^R^Z^?^H^@\\x9b<U+202E>d';
  await screen.at(`socklab › kept ${shown}`);
  expect(screen.raw.includes('\x03')).toBe(false);
  screen.type(KEY.enter);
  await screen.prompt();
  expect(screen.text.split('socklab ›')).toHaveLength(3);
});

it('its last line is dropped with Ctrl-C', async () => {
  const screen = await repl();
  screen.paste('.jobs\nrest');
  await screen.at('socklab › rest');
  screen.type(KEY.ctrl('c'));
  await screen.prompt();
  expect(screen.text).toContain('rest^C');
});

it('inside a search leaves the search, and goes into the line', async () => {
  const screen = await repl();
  await screen.enter('.state');
  screen.type('.jo', KEY.ctrl('r'), 'sta');
  await screen.see('reverse-i-search');
  screen.paste('bs');
  await screen.at('socklab › .jobs');
});

it('a comment over several lines is one, and asks for its end', async () => {
  const screen = await repl();
  screen.paste(`/* the lecture's\n.quit\n`);
  await screen.at('socklab …', 10);
  screen.paste(` * code */ a = ${SOCKET}\n`);
  await screen.see('CLOSED');
  await screen.prompt();
  expect(screen.text).not.toContain('^');
});

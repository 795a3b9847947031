/** Editing on a real terminal. The oracle is bash's line editor: the same keys, the same screen. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scratch } from '../../support/payload.ts';
import { KEY, onScreen, Screen } from '../../support/screen.ts';

const { ctrl, alt } = KEY;
const KEPT = ['a = socket(AF_INET, SOCK_STREAM, 0)', 'listen(a, 1)', 'close(a)', 'listen(b, 2)'];

/** A REPL at its prompt, with a history, the oldest first. */
async function repl(kept: readonly string[] = [], columns = 80): Promise<Screen> {
  const state = scratch();
  mkdirSync(join(state, 'socklab'));
  writeFileSync(join(state, 'socklab', 'history'), kept.map((line) => `${line}\n`).join(''));
  const screen = onScreen([], { columns, env: { XDG_STATE_HOME: state } });
  await screen.prompt();
  return screen;
}

/** bash with the same prompt and the same history. */
async function bash(kept: readonly string[] = [], columns = 80): Promise<Screen> {
  const file = join(scratch(), 'history');
  writeFileSync(file, kept.map((line) => `${line}\n`).join(''));
  const env = { PS1: 'socklab › ', HISTFILE: file, INPUTRC: '/dev/null', HISTCONTROL: '' };
  const screen = new Screen(['bash', '--norc', '--noprofile', '-i'], { columns, env });
  await screen.prompt();
  return screen;
}

/**
 * Behind text comes a movement: where a kill comes at once behind text that was typed ahead,
 * readline takes it for one with the kill before the text.
 */
const TEXT = ['bind(a, b-c)', 'x', ' ', 'two words '].map((text) => text + KEY.right);
const KEYS: readonly string[] = [
  ...[...TEXT, KEY.left, KEY.right, KEY.home, KEY.end, KEY.delete],
  ...[KEY.backspace, ctrl('a'), ctrl('e'), ctrl('b'), ctrl('f'), ctrl('k'), ctrl('u'), ctrl('w')],
  ...[ctrl('y'), ctrl('t'), alt('b'), alt('f'), alt('d'), alt('\x7f'), '\x1b[1;5D', '\x1b[1;5C'],
];

function isDone({ cursorRow, cursor }: Screen, n: number): boolean {
  return cursorRow.startsWith(`socklab › ${n}`) && cursorRow.endsWith('.') && cursor.column === 10;
}

describe('as in bash', () => {
  it('any editing keys leave the same line and the cursor at the same place', async () => {
    const [ours, theirs] = [await repl([], 400), await bash([], 400)];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...KEYS), { minLength: 3, maxLength: 12 }),
        fc.nat(1_000_000),
        async (keys, n) => {
          // Once these stand at both ends, all keys before them have done their work.
          const all = [...keys, KEY.home, `${n}`, KEY.end, '.', KEY.home];
          for (const screen of [ours, theirs]) screen.type(...all);
          await ours.until(`${n}`, () => isDone(ours, n));
          await theirs.at(ours.cursorRow, ours.cursor.column);
          // And one known word is left to be yanked.
          const anew = [ctrl('e'), ctrl('u'), 'kept', KEY.right, ctrl('u')];
          for (const screen of [ours, theirs]) screen.type(...anew);
          await ours.prompt();
          await theirs.prompt();
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it.each([
    ['up', [KEY.up, KEY.up], 'socklab › close(a)'],
    ['up and down', ['typed', KEY.up, KEY.up, KEY.up, KEY.down], 'socklab › close(a)'],
    ['down to what was typed', ['typed', KEY.up, KEY.up, KEY.down, KEY.down], 'socklab › typed'],
    ['Ctrl-R', [ctrl('r'), 'list'], "(reverse-i-search)`list': listen(b, 2)"],
    ['Ctrl-R twice', [ctrl('r'), 'list', ctrl('r')], "(reverse-i-search)`list': listen(a, 1)"],
    [
      'Ctrl-R to the end',
      [ctrl('r'), 'list', ctrl('r'), ctrl('r')],
      "(failed reverse-i-search)`list': listen(a, 1)",
    ],
    ['Ctrl-R, then editing', [ctrl('r'), 'lis', ctrl('e'), ';'], 'socklab › listen(b, 2);'],
    [
      'Ctrl-R, then a word to the right',
      [ctrl('r'), 'SOCK', alt('f'), '!'],
      'socklab › a = socket(AF_INET, SOCK!_STREAM, 0)',
    ],
    ['Ctrl-R, then Ctrl-G', ['typed', ctrl('r'), 'list', ctrl('g')], 'socklab › typed'],
    [
      'Ctrl-R for what is not there',
      [ctrl('r'), 'lisx'],
      "(failed reverse-i-search)`lisx': listen(b, 2)",
    ],
    ['Ctrl-R and Backspace', [ctrl('r'), 'clo', KEY.backspace], "(reverse-i-search)`cl': close(a)"],
    ['Ctrl-L', ['abc', KEY.left, ctrl('l')], 'socklab › abc'],
  ])('%s', async (_, keys, expected) => {
    const [ours, theirs] = [await repl(KEPT), await bash(KEPT)];
    for (const screen of [ours, theirs]) {
      screen.type(...keys);
      await screen.until(expected, () => screen.cursorRow === expected);
    }
    // While it searches, bash does not show where in the line the text is.
    if (!expected.startsWith('(')) await theirs.at(ours.cursorRow, ours.cursor.column);
  });
});

describe('the history', () => {
  it('Ctrl-R and Enter run what was found', async () => {
    const screen = await repl(KEPT);
    screen.type(ctrl('r'), 'SOCK');
    await screen.see(`(reverse-i-search)\`SOCK': ${KEPT[0]}`);
    screen.type(KEY.enter);
    await screen.see('a        CLOSED');
    await screen.at('socklab › ');
    expect(screen.text).toContain(`socklab › ${KEPT[0]}`);
    expect(screen.text).not.toContain('reverse-i-search');
  });

  it('goes from one run to the next', async () => {
    const state = scratch();
    const first = onScreen([], { env: { XDG_STATE_HOME: state } });
    await first.enter('kept = socket(AF_INET, SOCK_STREAM, 0)');
    await first.enter(' getsockname(kept)');
    first.type(ctrl('d'));
    await first.exit();
    const second = onScreen([], { env: { XDG_STATE_HOME: state } });
    await second.prompt();
    second.type(KEY.up);
    await second.at('socklab › kept = socket(AF_INET, SOCK_STREAM, 0)');
  });
});

describe('Tab', () => {
  it('completes calls, names, constants and commands in place', async () => {
    const screen = await repl();
    await screen.enter('server = socket(AF_INET, SOCK_STREAM, 0)');
    screen.type('lis', KEY.tab);
    await screen.at('socklab › listen(');
    screen.type('ser', KEY.tab, ', 3)', KEY.enter);
    await screen.see('queue 0 of 3');
    await screen.prompt();
    screen.type('shutdown(server, SHUT_RDW', KEY.tab);
    await screen.at('socklab › shutdown(server, SHUT_RDWR');
    screen.type(ctrl('c'), '.he', KEY.tab);
    await screen.at('socklab › .help');
  });

  it('fills in what is certain, and lists the rest at the second Tab, within the width', async () => {
    const screen = await repl([], 40);
    screen.type('sh', KEY.tab, 's, SH)', KEY.left, KEY.tab);
    await screen.at('socklab › shutdown(s, SHUT_)', 'socklab › shutdown(s, SHUT_'.length);
    screen.type(KEY.tab);
    await screen.see('SHUT_RD');
    await screen.at('socklab › shutdown(s, SHUT_)', 'socklab › shutdown(s, SHUT_'.length);
    const above = screen.rows[screen.cursor.row - 1] ?? '';
    expect(above.split(/ +/).sort()).toEqual(['SHUT_RD', 'SHUT_RDWR', 'SHUT_WR']);
    // One prompt, where there was one.
    expect(screen.text.split('socklab ›')).toHaveLength(2);
  });

  it('a long list is no longer than the screen', async () => {
    const state = scratch();
    const screen = onScreen([], { columns: 40, rows: 10, env: { XDG_STATE_HOME: state } });
    await screen.prompt();
    screen.type('getsockopt(s, SOL_SOCKET, SO_', KEY.tab, KEY.tab);
    await screen.see('more');
    await screen.at('socklab › getsockopt(s, SOL_SOCKET, SO_', 39);
    expect(screen.rows[screen.cursor.row - 1]).toMatch(/^… and \d+ more$/);
    const from = screen.rows.findIndex((row) => row.startsWith('SO_'));
    expect(screen.rows.slice(from, -2).every((row) => row.startsWith('SO_'))).toBe(true);
    expect(from).toBeGreaterThanOrEqual(0);
  });

  it('where nothing fits, nothing happens', async () => {
    const screen = await repl();
    screen.type('xyz', KEY.tab, KEY.tab, '(');
    await screen.at('socklab › xyz(');
  });
});

it('Ctrl-C drops the line that is typed, also one of several rows', async () => {
  const screen = await repl([], 20);
  screen.type('dropped = socket(AF_INET, SOCK_STREAM', KEY.home);
  await screen.at('socklab › dropped = ', 10);
  screen.type(ctrl('c'));
  await screen.prompt();
  expect(screen.rows.slice(screen.cursor.row - 3, screen.cursor.row + 1)).toEqual([
    'socklab › dropped =',
    'socket(AF_INET, SOCK',
    '_STREAM^C',
    'socklab ›',
  ]);
  expect(await screen.enter('.state')).toContain('no sockets yet');
});

it('Ctrl-D deletes the character under the cursor', async () => {
  const screen = await repl();
  screen.type('.staate', KEY.left, KEY.left, KEY.left, ctrl('d'));
  await screen.at('socklab › .state', 14);
});

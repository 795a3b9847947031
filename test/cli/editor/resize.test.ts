/** The window changes while a line is typed: nothing is left over, and nothing is lost. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scratch } from '../../support/payload.ts';
import { listener } from '../../support/peer.ts';
import { SOCKLAB, start } from '../../support/program.ts';
import { KEY, onScreen, Screen } from '../../support/screen.ts';
import { has } from '../../support/tools.ts';

const LINE = `write(c, "${'0123456789'.repeat(9)}")`;
/** Erase below (ECMA-48 §8.3.39): so a drawing begins that does not trust what is there. */
const WIPED = '\x1b[J';
const state = () => ({ XDG_STATE_HOME: scratch() });

/** Prompt and line as rows. */
function inRows(text: string, columns: number): string[] {
  return `socklab › ${text}`.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [];
}

/** Waits until the line, in rows, is the last thing on the screen. @param from what is old of `raw` */
async function shows(screen: Screen, columns: number, from = 0): Promise<void> {
  await screen.until(`the line in rows of ${columns}`, () => {
    // The terminal's own breaking of rows can look like it, before ours has come.
    if (from > 0 && !screen.raw.subarray(from).includes(WIPED)) return false;
    const rows = inRows(LINE, columns);
    const first = screen.cursor.row - rows.length + 1;
    return screen.rows.slice(Math.max(0, first)).join('\n').trimEnd() === rows.join('\n');
  });
}

describe.each([80, 40, 20])('at %i columns', (columns) => {
  it('what is told above a wrapped line leaves nothing of it behind', async () => {
    const server = await listener();
    const screen = onScreen([], { columns, env: state() });
    await screen.enter('c = socket(AF_INET, SOCK_STREAM, 0)');
    await screen.enter(`connect(c, 127.0.0.1:${server.port})`);
    const peer = await server.accept();
    screen.type(LINE, KEY.left, KEY.left);
    await shows(screen, columns);
    peer.socket.end();
    await screen.until('the change', () => screen.text.replaceAll('\n', '').includes('CLOSE-WAIT'));
    await shows(screen, columns);
    expect(screen.text.split('write(c,')).toHaveLength(2);
    screen.type(KEY.enter);
    await screen.prompt();
    expect(screen.text.replaceAll('\n', '')).toContain('= 90');
  });

  it('a window made narrower and wider again has the line once', async () => {
    const screen = onScreen(['--quiet'], { columns, env: state() });
    await screen.prompt();
    screen.type(LINE);
    await shows(screen, columns);
    for (const width of [33, 20, 66, 50, columns]) {
      const before = screen.raw.length;
      await screen.resize(width, 24);
      await shows(screen, width, before);
    }
    expect(screen.text.trimEnd()).toBe(inRows(LINE, columns).join('\n'));
    screen.type(KEY.home, 'x');
    await screen.until('the cursor', () => screen.cursor.column === 11 && screen.cursor.row === 0);
  });
});

it('keys that come while the window changes are not lost', async () => {
  const screen = onScreen(['--quiet'], { env: state() });
  await screen.prompt();
  screen.type(LINE.slice(0, 60));
  await screen.at(`socklab › ${LINE.slice(0, 60)}`);
  await screen.resize(40, 24);
  screen.type(LINE.slice(60));
  await shows(screen, 40);
  expect(screen.text.trimEnd()).toBe(inRows(LINE, 40).join('\n'));
});

it('in tmux, which breaks the cursor’s row as well, it is the same', async (context) => {
  if (!has('tmux')) context.skip('tmux is not installed');
  const tmux = ['tmux', '-f', '/dev/null', '-S', join(scratch(), 'tmux')];
  const ask = (...args: string[]) => start(tmux[0] ?? '', [...tmux.slice(1), ...args]);
  const program = ['new-session', ...SOCKLAB, '--quiet', ';', 'set', 'status', 'off'];
  const screen = new Screen([...tmux, ...program], { env: { ...state(), LC_ALL: 'C.UTF-8' } });
  onTestFinished(async () => {
    await ask('kill-server').exit();
  });
  // A screen that is full: else tmux moves what is there out of sight, where nothing can be wiped.
  await screen.prompt();
  screen.type('.jobs\r'.repeat(12));
  await screen.until('a full screen', () => screen.cursor.row === 23);
  screen.type(LINE);
  await shows(screen, 80);
  // What socklab writes: only there can be seen when it has drawn the line anew.
  const fifo = join(scratch(), 'fifo');
  await start('mkfifo', [fifo]).exit();
  const written = start('cat', [fifo]);
  await ask('pipe-pane', '-O', `cat > ${fifo}`).exit();
  let line = LINE;
  for (const width of [40, 20, 33, 80]) {
    const before = written.stdoutBytes;
    await screen.resize(width, 24);
    await written.until('a drawing', () => written.stdout.subarray(before).includes(WIPED));
    screen.type('x');
    line += 'x';
    // Below an empty row: nothing of what it looked like before is left above it.
    const rows = `\n\n${inRows(line, width).join('\n')}`;
    await screen.until(rows, () => screen.rows.join('\n').trimEnd().endsWith(rows));
  }
});

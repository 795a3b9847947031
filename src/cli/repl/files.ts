/** `.save`, `.load` and `.export`: what was entered, as files. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { exportC } from '../../script/export/c.ts';
import { exportMermaid } from '../../script/export/mermaid.ts';
import { exportNode } from '../../script/export/node.ts';
import { exportPython } from '../../script/export/python.ts';
import { exportScript } from '../../script/export/script.ts';
import type { Recording } from '../../script/recording.ts';
import { settle } from '../../script/run.ts';
import { type ParsedLine, parseScript } from '../../script/source.ts';
import { recordedJson } from '../../view/recorded.ts';
import { inSigns } from '../../view/signs.ts';
import { visibleText } from '../../view/visible.ts';
import { nearest } from '../../wire/nearest.ts';
import type { Surroundings } from './surroundings.ts';

/** How long a line of a loaded script may be blocked that does not say `= blocked`; as in `run`. */
const PATIENCE_MS = 5000;

/** One file that a session becomes. `side` is null where it is the only one. */
interface Written {
  readonly side: string | null;
  readonly text: string;
}

interface Format {
  /** How its files’ names end. */
  readonly suffix: string;
  write(recording: Recording): readonly Written[];
}

const one = (write: (recording: Recording) => string) => (recording: Recording) => [
  { side: null, text: write(recording) },
];

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['c', { suffix: '.c', write: ({ all }) => exportC(all) }],
  ['python', { suffix: '.py', write: one(({ all }) => exportPython(all)) }],
  ['node', { suffix: '.mjs', write: one(({ all }) => exportNode(all)) }],
  ['json', { suffix: '.jsonl', write: one(({ all }) => recordedJson(all)) }],
  ['mermaid', { suffix: '.mmd', write: one(({ all }) => exportMermaid(all)) }],
]);

/** `.save FILE`. @param force `.save! FILE`, which writes over a file that is there */
export function save(path: string, force: boolean, around: Surroundings): void {
  const { repl } = around;
  const print = printer(around);
  const { recording } = repl;
  if (path === '') print('  .save FILE writes the session down as a script; .load FILE runs it');
  else if (recording.last === null) print('  nothing was entered yet');
  else {
    const text = exportScript(recording.all, recording.lost);
    const files = [{ path, text }];
    if (written(files, force, '.save!', print)) {
      print(`  ${visibleText(path)} is written: socklab run ${visibleText(path)}`);
    }
  }
}

/** `.export FORMAT [FILE]`: without FILE it is printed. */
export function exported(argument: string, force: boolean, around: Surroundings): void {
  const { repl } = around;
  const print = printer(around);
  const [word = '', ...rest] = argument.split(' ');
  const format = FORMATS.get(word.toLowerCase());
  if (format === undefined) {
    const near = word === '' ? null : nearest(word, FORMATS.keys());
    const all = `.export ${[...FORMATS.keys()].join('|')} [FILE]`;
    print(
      near === null
        ? `  ${all}`
        : `  there is no format ${visibleText(word)}; did you mean ${near}?`,
    );
    return;
  }
  if (repl.recording.last === null) {
    print('  nothing was entered yet');
    return;
  }
  const parts = format.write(repl.recording);
  const path = rest.join(' ');
  if (path === '') {
    for (const { text } of parts) print(visibleLines(text));
    return;
  }
  const files = parts.map(({ side, text }) => ({ path: pathOf(path, side, format.suffix), text }));
  if (!written(files, force, '.export!', print)) return;
  const names = files.map((file) => visibleText(file.path)).join(' and ');
  print(`  ${names} ${files.length === 1 ? 'is' : 'are'} written`);
}

/** `demo-server.c` of `demo` and of `demo.c`; `DIR/server.c` of a directory. */
function pathOf(path: string, side: string | null, suffix: string): string {
  if (isDirectory(path)) return join(path, `${side ?? 'session'}${suffix}`);
  const stem = path.endsWith(suffix) ? path.slice(0, -suffix.length) : path;
  if (side !== null) return `${stem}-${side}${suffix}`;
  // A name with an end of its own is left as it is.
  return /\.\w+$/.test(path) ? path : `${stem}${suffix}`;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

interface File {
  readonly path: string;
  readonly text: string;
}

/** With the theme’s signs. */
function printer({ page, print }: Surroundings): (text: string) => void {
  return (text) => print(inSigns(text, page.theme));
}

/** Writes all of them, or tells why not. @returns whether all are written */
function written(
  files: readonly File[],
  force: boolean,
  forced: string,
  print: (text: string) => void,
): boolean {
  const taken = files.find(({ path }) => !force && statSync(path, { throwIfNoEntry: false }));
  if (taken !== undefined) {
    print(`  ${visibleText(taken.path)} is there already; ${forced} writes over it`);
    return false;
  }
  for (const { path, text } of files) {
    try {
      write(path, text, force);
    } catch (error) {
      print(`  ${visibleText(path)} can’t be written: ${visibleText(reason(error))}`);
      return false;
    }
  }
  return true;
}

function write(path: string, text: string, force: boolean): void {
  // Not waited for, should it be a FIFO that nobody reads.
  const how = constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK;
  const fd = openSync(path, how | (force ? constants.O_TRUNC : constants.O_EXCL), 0o666);
  try {
    writeFileSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

/** `.load FILE`: the script’s lines as if they were typed, up to the first that does not fit. */
export async function load(path: string, around: Surroundings): Promise<void> {
  const { repl } = around;
  const print = printer(around);
  const text = path === '' ? null : textOf(path, print);
  if (text === null) {
    if (path === '') print('  .load FILE runs a script here, line by line');
    return;
  }
  const { lines, mistakes } = parseScript(text, repl.session.scope.structs);
  for (const { line, message, text: wrong } of mistakes) {
    print(`  ${visibleText(path)}:${line}: ${visibleText(message)}`);
    print(`    ${visibleText(wrong)}`);
  }
  if (mistakes.length > 0) {
    repl.late.add('malformed');
    print('  nothing of it was run');
    return;
  }
  for (const line of lines) {
    if (await loaded(line, around)) continue;
    print(`  ${visibleText(path)}:${line.number}: the rest was not run`);
    return;
  }
}

/** @returns whether the line answered as it must */
async function loaded({ line, text }: ParsedLine, around: Surroundings): Promise<boolean> {
  const { repl, page } = around;
  const print = printer(around);
  const shown = text.split('\n').map((one) => `${page.theme.signs.prompt} ${visibleText(one)}`);
  print(shown.join('\n'));
  const { session, predicting } = repl;
  const verdict = await repl.statement(text);
  // A script is not asked for predictions: nobody is there to make them.
  while (predicting.waits) await repl.statement('');
  await settle();
  session.look();
  if (verdict !== 'fine') {
    if (verdict === 'unmet') repl.late.add('unmet');
    return false;
  }
  if (line.kind !== 'call' || line.statement.expected?.kind === 'blocked') return true;
  const entry = repl.recording.last;
  const returned = async () => entry === null || !entry.blocked || entry.step !== null;
  if (!(await returned())) await nextSteps(repl, returned);
  if (!(await returned())) {
    print(`  it is still blocked after ${PATIENCE_MS / 1000} seconds`);
    repl.late.add('unmet');
    return false;
  }
  // In a script a call with nothing expected must succeed.
  const { expected, guard } = line.statement;
  const failed = entry?.step?.outcome.kind === 'error';
  if (entry?.met !== false && !(expected === null && guard === undefined && failed)) return true;
  if (expected === null) print('  in a script it must succeed, since nothing else is expected');
  repl.late.add('unmet');
  return false;
}

/** Waits until `done`, which each step may bring about. */
async function nextSteps(repl: Surroundings['repl'], done: () => Promise<boolean>): Promise<void> {
  const { session } = repl;
  let wake: () => void = () => {};
  let over = false;
  const stop = session.watch((event) => event.type === 'step' && wake());
  const timer = setTimeout(() => {
    over = true;
    wake();
  }, PATIENCE_MS);
  try {
    while (!over && !(await done())) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      await settle();
    }
  } finally {
    clearTimeout(timer);
    stop();
  }
}

function textOf(path: string, print: (text: string) => void): string | null {
  try {
    // Not waited for, should it be a FIFO that nobody writes to.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(fd).isFile()) {
        print(`  ${visibleText(path)} is no file`);
        return null;
      }
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    print(`  ${visibleText(path)} can’t be read: ${visibleText(reason(error))}`);
    return null;
  }
}

/** `ENOENT: no such file or directory`, without the call that Node made. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message.replace(/, \w+( '.*')?$/s, '') : String(error);
}

function visibleLines(text: string): string {
  return text.replace(/\n$/, '').split('\n').map(visibleText).join('\n');
}

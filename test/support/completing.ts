/** What real shells offer behind a line: all of it is put into the line, and a stand-in tells it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, TestRunner } from 'vitest';
import { start } from './program.ts';
import { KEY, Screen } from './screen.ts';
import { has } from './tools.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

/** @returns what is offered behind `line`, sorted */
export type Offers = (line: string) => Promise<readonly string[]>;

/**
 * Starts a shell with this completion script, in this folder.
 * @param first lines to run before that
 */
export async function completing(
  shell: Shell,
  script: string,
  folder: string,
  first: readonly string[] = [],
): Promise<Offers> {
  if (!has(shell)) TestRunner.getCurrentTest()?.context.skip(`${shell} is not installed`);
  const scratch = mkdtempSync(join(tmpdir(), 'socklab-completing-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  writeFileSync(join(scratch, '_socklab'), script);
  return shell === 'fish'
    ? fish(join(scratch, '_socklab'), folder)
    : prompt(shell, scratch, [`cd '${folder}'`, `scratch='${scratch}'`, ...first]);
}

async function prompt(
  shell: 'bash' | 'zsh',
  scratch: string,
  first: readonly string[],
): Promise<Offers> {
  const lines = [...first, ...(shell === 'bash' ? BASH : ZSH), ...STAND_IN];
  const rc = join(scratch, shell === 'bash' ? 'rc' : '.zshrc');
  writeFileSync(rc, `${lines.join('\n')}\n`);
  // -d: nothing of the system's own.
  const command = shell === 'bash' ? ['bash', '--rcfile', rc, '-i'] : ['zsh', '-d', '-i'];
  const screen = new Screen(command, { columns: 200, env: { ZDOTDIR: scratch, HISTFILE: '' } });
  await screen.see('ready>');
  let turn = 0;
  return async (line) => {
    turn++;
    screen.type(line, KEY.tab, KEY.enter);
    await screen.until(`told ${turn}`, () => screen.text.includes(`told ${turn}\n`));
    const words = readFileSync(join(scratch, 'told'), 'utf8').split('\0').slice(0, -1);
    return behind(line, words).sort();
  };
}

/** What is entered is a call of this, which tells its arguments. */
const STAND_IN: readonly string[] = [
  "PS1='ready> '",
  `socklab() { printf '%s\\0' "$@" > "$scratch/told"; turn=$((turn + 1)); echo; echo "told $turn"; }`,
];

/** readline(3): insert-completions. */
const BASH: readonly string[] = [
  "bind 'set enable-bracketed-paste off'",
  "bind 'Tab: insert-completions'",
  'source "$scratch/_socklab"',
];

/** zshcompwid(1): compstate[insert]. */
const ZSH: readonly string[] = [
  'setopt no_beep',
  'fpath=($scratch $fpath)',
  'autoload -U compinit',
  'compinit -u -D',
  'all-of-them() { _main_complete; compstate[insert]=all; unset "compstate[list]" }',
  'zle -C all-of-them complete-word all-of-them',
  "bindkey '^I' all-of-them",
];

function fish(script: string, folder: string): Offers {
  return async (line) => {
    const program = 'cd $argv[1]; source $argv[2]; complete -C $argv[3]';
    const { stdout, stderr } = await start('fish', [
      ...['--no-config', '-c', program, folder, script, line],
    ]).exit();
    if (stderr !== '') throw new Error(`fish: ${stderr}`);
    // Behind a tab stands the description.
    const words = stdout.toString().split('\n').slice(0, -1);
    return words.map((word) => bare((word.split('\t')[0] ?? '').trimEnd())).sort();
  };
}

/** The words behind those that were typed whole. Where nothing is offered, what was begun stays. */
function behind(line: string, words: readonly string[]): string[] {
  const typed = line.trimStart().split(/\s+/);
  const begun = typed.at(-1) ?? '';
  const found = words.slice(typed.length - 2).filter((word) => word !== '');
  return found.length === 1 && found[0] === begun ? [] : found.map(bare);
}

/** `--color=always` offers `always`. Some shells mark folders by a slash. */
function bare(word: string): string {
  return word.replace(/^--[\w-]+=(?=.)/, '').replace(/(?<=.)\/$/, '');
}

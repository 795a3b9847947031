import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bashCompletion } from '../../../src/cli/completion/bash.ts';
import { fishCompletion } from '../../../src/cli/completion/fish.ts';
import { zshCompletion } from '../../../src/cli/completion/zsh.ts';
import { outline } from '../../../src/cli/outline.ts';
import { topicNames } from '../../../src/teach/explain/topics.ts';
import { commands, program, spellings } from '../../support/command-line.ts';
import { completing, type Offers, type Shell } from '../../support/completing.ts';
import { run } from '../../support/program.ts';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];
const FILES = ['check.sock', 'folder', 'two words.sock'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'socklab-files-'));
  for (const name of ['check.sock', 'two words.sock']) writeFileSync(join(folder, name), '');
  mkdirSync(join(folder, 'folder'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function offersOf(shell: Shell, first: readonly string[] = []): Promise<Offers> {
  const { code, stdout, stderr } = await run(['completion', shell]);
  expect([code, stderr]).toEqual([0, '']);
  return completing(shell, stdout.toString(), folder, first);
}

describe.each(SHELLS)('%s', (shell) => {
  it('offers every command, and every option of each', async () => {
    const offers = await offersOf(shell);
    expect(await offers('socklab ')).toEqual(program.commands.map((one) => one.name()).sort());
    for (const [name, command] of commands)
      expect(await offers(`socklab ${name} -`), name).toEqual(spellings(command));
  });

  it('offers what can be chosen, behind a blank and behind =', async () => {
    const offers = await offersOf(shell);
    let found = 0;
    for (const [name, command] of commands)
      for (const { long, argChoices } of command.options)
        if (argChoices !== undefined) {
          found++;
          const choices = [...argChoices].sort();
          expect(await offers(`socklab ${name} ${long} `)).toEqual(choices);
          expect(await offers(`socklab ${name} ${long}=`)).toEqual(choices);
        }
    // --color everywhere, --service, --on-eof.
    expect(found).toBeGreaterThan(commands.length + 1);
    expect(await offers('socklab completion ')).toEqual(['bash', 'fish', 'zsh']);
    expect(await offers('socklab connect --on-eof=ex')).toEqual(['exit']);
  });

  it('offers the topics, one word each', async () => {
    const offers = await offersOf(shell);
    const words = topicNames.map((name) => name.replaceAll(' ', '-'));
    expect(await offers('socklab explain ')).toEqual(words.toSorted());
    expect(await offers('socklab explain accept ECONNREF')).toEqual(['ECONNREFUSED']);
  });

  it('offers files where one is asked for', async () => {
    const offers = await offersOf(shell);
    expect(await offers('socklab run ')).toEqual(FILES);
    expect(await offers('socklab run ch')).toEqual(['check.sock']);
    expect(await offers('socklab run "two')).toEqual(['two words.sock']);
    expect(await offers('socklab run --junit ')).toEqual(FILES);
    expect(await offers('socklab run --junit=')).toEqual(FILES);
    expect(await offers('socklab run -D a=b --junit=x -D c=d ch')).toEqual(['check.sock']);
  });

  it('offers nothing, and no files, where anything can be written', async () => {
    const offers = await offersOf(shell);
    for (const line of [
      'socklab serve ',
      'socklab connect ch',
      'socklab send :80 ch',
      'socklab run --timeout ',
      'socklab run --timeout=',
      'socklab run -D ch',
      'socklab serve -- -',
      'socklab nosuch ',
      'socklab nosuch -',
    ])
      expect(await offers(line), line).toEqual([]);
  });

  it('knows what is an option’s value, and what is an argument', async () => {
    const offers = await offersOf(shell);
    expect(await offers('socklab --color always conn')).toEqual(['connect']);
    expect(await offers('socklab --color=always conn')).toEqual(['connect']);
    expect(await offers('socklab --quiet serve --on')).toEqual(['--once']);
    expect(await offers('socklab send 127.0.0.1:80 serve --retr')).toEqual(['--retry']);
    expect(await offers('socklab run --timeout serve ch')).toEqual(['check.sock']);
  });

  it('takes any text for a description, and offers folders for <dir>', async () => {
    const texts = ["it's [not] a: `touch ran`", '$(touch ran) \\ "x" \\n', '%s ~ {a,b} <x> | y'];
    const odd = new Command('socklab').description('made up');
    const one = odd.command('one').description(texts[0] ?? '');
    for (const [i, text] of texts.entries()) one.option(`--plain-${i}`, text);
    one.addOption(new Option('-c, --choose <it[:x]>', texts[0]).choices(['red', 'green']));
    one.option('--dir <dir>', texts[1]).option('--maybe [file]', texts[2]);
    one.addArgument(new Argument('[path]', texts[0])).argument('[rest...]');
    const make = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }[shell];
    const offers = await completing(shell, make(outline(odd, { rest: ['r-1', 'r-2'] })), folder);
    expect(await offers('socklab one --')).toEqual([
      ...['--choose', '--dir', '--help', '--maybe', '--plain-0', '--plain-1', '--plain-2'],
    ]);
    expect(await offers('socklab one -c ')).toEqual(['green', 'red']);
    expect(await offers('socklab one --dir ')).toEqual(['folder']);
    expect(await offers('socklab one --dir=')).toEqual(['folder']);
    expect(await offers('socklab one --maybe=')).toEqual(FILES);
    expect(await offers('socklab one ')).toEqual(FILES);
    expect(await offers('socklab one x y ')).toEqual(['r-1', 'r-2']);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });
});

it('bash: = may be no border of words', async () => {
  const offers = await offersOf('bash', ["COMP_WORDBREAKS=' '"]);
  expect(await offers('socklab --color=')).toEqual(['always', 'auto', 'never']);
  expect(await offers('socklab run -D a=b --color=n')).toEqual(['never']);
});

it('zsh: the script can be sourced', async () => {
  const { stdout } = await run(['completion', 'zsh']);
  const file = join(folder, 'sourced');
  writeFileSync(file, stdout);
  const first = ['autoload -U compinit', 'compinit -u -D', `source '${file}'`];
  // What compinit would find is empty.
  const offers = await completing('zsh', '', folder, first);
  rmSync(file);
  expect(await offers('socklab conn')).toEqual(['connect']);
});

it('an unknown shell is told which there are', async () => {
  const { code, stdout, stderr } = await run(['completion', 'tcsh']);
  expect([code, stdout.toString()]).toEqual([2, '']);
  expect(stderr).toContain('bash, zsh, fish');
});

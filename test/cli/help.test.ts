import { expect, it } from 'vitest';
import { commands } from '../support/command-line.ts';
import { run } from '../support/program.ts';

const WIDEST = 80;

it.each(commands.map(([name]) => name))('%s --help fits into 80 columns', async (name) => {
  const { stdout } = await run([...(name === '' ? [] : [name]), '--help']);
  const lines = stdout.toString().split('\n');
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(WIDEST);
  // Never cut in the middle of a word, and never doubled.
  expect(stdout.toString()).not.toMatch(/undefined|\[object|\(choices:|: +\(/);
});

it('each command has a line in the list, and a description that ends with a full stop', async () => {
  const { stdout } = await run(['--help']);
  for (const [name, command] of commands) {
    if (name !== '') expect(stdout.toString()).toMatch(new RegExp(`^  ${name}[ \n].*`, 'm'));
    expect(command.description()).toMatch(/^[A-Z].*\.$/s);
  }
  // What all of them have comes last.
  expect(stdout.toString()).toMatch(/To set it up:\n[\s\S]*\n\nGeneral:\n[\s\S]*\n\nExamples:\n/);
});

it('help prints the same as --help', async () => {
  expect((await run(['help'])).stdout).toEqual((await run(['--help'])).stdout);
  expect((await run(['help', 'serve'])).stdout).toEqual((await run(['serve', '--help'])).stdout);
});

it('help for what is no command says which was meant', async () => {
  const { code, stdout, stderr } = await run(['help', 'conect']);
  expect([code, stdout.toString()]).toEqual([2, '']);
  expect(stderr).toBe("socklab: unknown command 'conect'; did you mean connect?\n");
});

it('is ASCII where --ascii asks for it', async () => {
  for (const [name] of commands) {
    const { stdout } = await run([...(name === '' ? [] : [name]), '--help', '--ascii']);
    expect(stdout.toString()).toMatch(/^[\n -~]+$/);
  }
});

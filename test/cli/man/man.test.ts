import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { examplesOf } from '../../../src/cli/commands/finish.ts';
import { EXIT } from '../../../src/cli/exit.ts';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import * as texts from '../../../src/cli/man/texts.ts';
import { durationMs } from '../../../src/cli/values.ts';
import { parseEndpoint } from '../../../src/socket/endpoint.ts';
import { commands, program, spellings } from '../../support/command-line.ts';
import { run, shell, start } from '../../support/program.ts';

/** The page at 80 columns, its folded lines joined. */
async function shown(): Promise<string> {
  const { stdout } = await run(['man']);
  const reader = start('mandoc', ['-Tutf8', '-Owidth=80']);
  reader.end(stdout);
  const { stdout: text, stderr } = await reader.exit();
  expect(stderr).toBe('');
  return text.toString().replaceAll(/.\x08/gu, '').replaceAll(/\s+/g, ' ');
}

it('has every command, each of its arguments and options, and the examples of --help', async () => {
  const page = await shown();
  for (const [name, command] of commands) {
    expect(page).toContain(`socklab ${name}`.trim());
    for (const option of spellings(command)) expect(page).toContain(option);
    for (const { description } of [...command.options, ...command.registeredArguments])
      expect(page).toContain(description);
    const { stdout } = await run([...(name === '' ? [] : [name]), '--help']);
    const examples = examplesOf(command);
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      expect(stdout.toString()).toContain(`  $ ${example}\n`);
      expect(page).toContain(example.replaceAll(/ +/g, ' '));
    }
  }
});

it('has the exit codes, as docs/exit-codes.md has them', async () => {
  const rows = readFileSync('docs/exit-codes.md', 'utf8').matchAll(
    /^\| (\d+) \| (.*) \| (.*) \|$/gm,
  );
  const documented = [...rows].map(([, code, meaning, example = '']) => ({
    code: Number(code),
    meaning,
    example: example.replaceAll('\\|', '|'),
  }));
  expect(exitCodes).toEqual(documented);
  for (const code of Object.values(EXIT)) expect(exitCodes.map((row) => row.code)).toContain(code);
  const page = await shown();
  for (const { code, meaning, example } of exitCodes)
    expect(page).toContain(`${code} ${meaning} (${example})`.replaceAll('`', ''));
});

it('shows endpoints and durations that are some', () => {
  const words = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  const endpoints = texts.endpoints.flatMap(([term]) => words(term));
  expect(endpoints.length).toBeGreaterThan(10);
  for (const word of endpoints) expect(() => parseEndpoint(word), word).not.toThrow();
  for (const word of words(texts.durations)) expect(durationMs(word)).toBeGreaterThan(0);
});

it('has each variable of the environment that the program asks for', () => {
  const paths = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const sources = paths.filter((path) => path.endsWith('.ts'));
  const text = sources.map((path) => readFileSync(join('src', path), 'utf8')).join('\n');
  const asked = [...text.matchAll(/\benv\.([A-Z]\w+)|\{ ([A-Z][^}]*) \} = (?:process\.)?env\b/g)]
    .flatMap(([, name, names]) => name ?? names?.split(', ') ?? [])
    // `~`, and what Node's own reporters of coverage set.
    .filter((name) => name !== 'HOME' && name !== 'NODE_V8_COVERAGE');
  const told = texts.environment.map(([term]) => term.replaceAll('`', ''));
  expect([...new Set(asked)].sort()).toEqual([...told].sort());
});

it('has nothing that mandoc or groff would warn of', async () => {
  const { code, stdout, stderr } = await run(['man']);
  expect([code, stderr]).toEqual([0, '']);
  const lint = start('mandoc', ['-Tlint', '-Wwarning']);
  lint.end(stdout);
  expect((await lint.exit()).stdout.toString()).toBe('');
  const groff = start('groff', ['-man', '-ww', '-z']);
  groff.end(stdout);
  expect((await groff.exit()).stderr).toBe('');
});

it('is the page that the build has made, but for its date', async () => {
  const { stdout } = await run(['man']);
  const withoutDate = (text: string) => text.replace(/^(\.TH SOCKLAB 1) \S+/, '$1');
  expect(withoutDate(readFileSync('dist/socklab.1', 'utf8'))).toBe(withoutDate(stdout.toString()));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(stdout.toString()).toContain(`"socklab ${version}"\n`);
});

it('has the date that SOURCE_DATE_EPOCH asks for', async () => {
  const env = { SOURCE_DATE_EPOCH: '86400' };
  expect((await run(['man'], '', { env })).stdout.toString()).toMatch(
    /^\.TH SOCKLAB 1 1970-01-02 /,
  );
});

it('man(1) shows it', async () => {
  const reader = start('man', ['--version']);
  await reader.exit();
  const { code, stdout } = await shell('"$@" man | MANPAGER=cat man -l -').exit();
  expect(code).toBe(0);
  expect(stdout.toString()).toContain(program.name());
});

/** What is answered without loading the program: it is what the program would answer. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { processContext } from '../../../src/cli/context.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { pipe } from '../../support/pipe.ts';
import { run, SOCKLAB, start } from '../../support/program.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** What the program prints, made by commander here and now. */
async function printed(...args: readonly string[]): Promise<string> {
  let told = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      told += chunk;
      done();
    },
  }) as unknown as NodeJS.WriteStream;
  const context = { ...processContext, stdout };
  const program = createProgram(context, version, () => {}, args.includes('--ascii'));
  // commander ends what it has answered itself by an error, of code 0.
  await program
    .parseAsync([...args], { from: 'user' })
    .catch(({ exitCode }) => expect(exitCode).toBe(0));
  return told;
}

/** The files of dist that a run opens. */
async function opened(...args: readonly string[]): Promise<string[]> {
  const traced = ['-f', '-e', 'trace=openat,open', '-o', '/dev/stdout', ...SOCKLAB, ...args];
  const program = start('strace', traced, { env: { NODE_DISABLE_COMPILE_CACHE: '1' } });
  program.end('');
  const { stdout } = await program.exit();
  return [...stdout.toString().matchAll(/\/dist\/(\S+?)".* = \d/g)].map(([, name = '']) => name);
}

describe('version and help', () => {
  it.each([['--version'], ['-V'], ['--help'], ['-h'], ['help']])(
    '%s is byte for byte what commander says',
    async (arg) => {
      const { code, stdout, stderr } = await run([arg]);
      expect([code, stdout.toString(), stderr]).toEqual([0, await printed(arg), '']);
      const files = await opened(arg);
      expect(files).toEqual([expect.stringMatching(/^cli\/(version|help)\.txt$/)]);
    },
  );

  it.each([
    [['--ascii', '--help']],
    [['--help', '--ascii']],
    [['--quiet', '--version']],
    [['help', 'send']],
    [['send', '--help']],
  ])('%j goes to the program itself, and is the same', async (args) => {
    const { code, stdout } = await run(args);
    expect([code, stdout.toString()]).toEqual([0, await printed(...args)]);
    expect(await opened(...args)).toContain('cli/first.js');
  });

  it('is the same whatever the environment says of colours and columns', async () => {
    const env = { FORCE_COLOR: '3', COLUMNS: '40', LANG: 'C', TERM: 'dumb' };
    const { stdout } = await run(['--help'], '', { env });
    expect(stdout.toString()).toBe(await printed('--help'));
  });

  it.each([['--version'], ['--help']])('%s into a closed pipe: 141, not a word', async (arg) => {
    const { read, write } = pipe();
    closeSync(read);
    const { code, stderr } = await run([arg], '', { stdout: write });
    closeSync(write);
    expect([code, stderr]).toEqual([141, '']);
  });

  it.each([['--version'], ['--help']])(
    '%s onto a full disk ends with 69 and says so',
    async (arg) => {
      const full = openSync('/dev/full', 'w');
      const { code, stderr } = await run([arg], '', { stdout: full });
      closeSync(full);
      expect([code, stderr]).toEqual([
        69,
        'socklab: stdout: ENOSPC: no space left on device, write\n',
      ]);
    },
  );

  it('is not split by a pipe, which takes PIPE_BUF at once', () => {
    for (const name of ['version', 'help'])
      expect(readFileSync(`dist/cli/${name}.txt`).length).toBeLessThanOrEqual(4096);
  });
});

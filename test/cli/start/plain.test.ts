/** Command lines without an option are not parsed: the options are those that commander would give. */
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { processContext } from '../../../src/cli/context.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { listener } from '../../support/peer.ts';
import { run, socklab } from '../../support/program.ts';

type Plain = (root: string, names: readonly string[]) => Promise<Record<string, unknown>>;

/** As the build asks, which is no TypeScript. */
async function asked(): Promise<Record<string, unknown>> {
  const { plainOptions } = (await import(pathToFileURL('build/plain.js').href)) as {
    readonly plainOptions: Plain;
  };
  return plainOptions(process.cwd(), ['send', 'connect']);
}

/** What commander hands to a command’s action. */
async function parsed(...argv: readonly string[]): Promise<unknown> {
  const program = createProgram(processContext, '', () => {});
  let found: unknown = null;
  const command = program.commands.find((one) => one.name() === argv[0]);
  command?.action((...all: unknown[]) => {
    found = (all.at(-1) as Command).optsWithGlobals();
  });
  await program.parseAsync([...argv], { from: 'user' });
  return found;
}

describe('the options that the build asks for', () => {
  it.each([
    ['send', [':1', 'some', 'words']],
    ['send', [':1']],
    ['connect', [':1']],
  ])('are those of %s %j, also as JSON', async (command, words) => {
    const options = (await asked())[command];
    expect(options).toEqual(await parsed(command, ...words));
    expect(JSON.parse(JSON.stringify(options))).toEqual(options);
  });
});

describe('such a command line', () => {
  it('is carried out as one with options is', async () => {
    const server = await listener();
    for (const args of [[], ['--color', 'never']]) {
      const program = socklab(['send', ...args, `:${server.port}`, 'hello', 'there']);
      const peer = await server.accept();
      peer.socket.end('answer');
      const { code, stdout, stderr } = await program.exit();
      expect([code, stdout.toString(), stderr]).toEqual([0, 'answer', '']);
      expect(peer.received.toString()).toBe('hello there');
    }
  });

  it('that is wrong is commander’s to complain about', async () => {
    const told = async (...args: readonly string[]) => {
      const { code, stderr } = await run(args);
      return [code, stderr];
    };
    expect(await told('send')).toEqual([2, "socklab: missing required argument 'endpoint'\n"]);
    expect(await told('connect', '127.0.0.1', '80')).toEqual([
      2,
      expect.stringContaining('host and port are one word'),
    ]);
  });
});

/** The commands around the call language: repl, run, demo, and what explains it: explain, inspect. */
import { type Command, Option } from 'commander';
import type { CommonOptions, Context } from '../context.ts';
import { type Done, duration, finish } from './finish.ts';

export function addRepl(program: Command, context: Context, done: Done): void {
  const command = program
    .command('repl')
    .description(
      'Make one call at a time and see what it changed. Reads statements from a pipe, too.',
    )
    .addOption(
      duration('--timeout', 'from a pipe: how long blocked calls may take at the end', '5s'),
    );
  finish(command, [
    'socklab repl',
    "echo 'server = socket(AF_INET, SOCK_STREAM, 0)' | socklab repl",
  ]);
  command.action(async (_, self: Command) => {
    const options = self.optsWithGlobals<CommonOptions & { timeout: number }>();
    if (context.stdin.isTTY === true && context.stdout.isTTY === true) {
      const { terminalRepl } = await import('../repl/terminal.ts');
      done(await terminalRepl(context, options));
    } else {
      const { pipedRepl } = await import('../repl/piped.ts');
      done(await pipedRepl(context, options, options.timeout));
    }
  });
}

export function addRun(program: Command, context: Context, done: Done): void {
  const command = program
    .command('run')
    .argument('<file>', 'the script; - reads it from stdin')
    .description('Run a script: calls, with what each must answer.')
    .addOption(new Option('--json', 'tell each step as a JSON object a line').conflicts('tap'))
    .option('--tap', 'tell the results as TAP, the Test Anything Protocol')
    .option('--junit <file>', 'write the results as JUnit’s XML, too')
    .option(
      '-D, --define <name=value>',
      'a name for the script to use; can be given again',
      (value: string, before: string[] = []) => [...before, value],
    )
    .addOption(duration('--timeout', 'how long a call may block', '5s'))
    .option('--keep-going', 'go on behind a statement that failed');
  finish(command, [
    'socklab run handshake.sock',
    'socklab run check.sock -D port=8888 --tap',
    "echo 's = socket(AF_INET, SOCK_STREAM, 0)' | socklab run -",
  ]);
  command.action(async (file, _, self: Command) => {
    const { runCommand } = await import('../run.ts');
    done(await runCommand(context, file, self.optsWithGlobals()));
  });
}

export function addExplain(program: Command, context: Context, done: Done): void {
  const command = program
    .command('explain')
    .argument('[topic...]', 'accept, ECONNREFUSED, 111, TIME-WAIT, SO_REUSEADDR, SIGPIPE …')
    .description(
      'Say what a call, an errno or a state means. So for options, constants and signals; alone it lists all topics.',
    )
    .option('--json', 'the same as one JSON object a line');
  finish(command, [
    'socklab explain accept',
    'socklab explain time-wait',
    'socklab explain address already in use',
  ]);
  command.action(async (words, _, self: Command) => {
    const { explainCommand } = await import('../explain.ts');
    done(await explainCommand(context, words, self.optsWithGlobals()));
  });
}

export function addInspect(program: Command, context: Context, done: Done): void {
  const command = program
    .command('inspect')
    .argument('<address>', 'an address, an endpoint, or a name: 10.0.0.1/8, [::1]:80, localhost')
    .description(
      'Take an address or a name apart. It has fields, bits, a network and a host, a scope, and bytes.',
    )
    .option('--json', 'tell all of it as one JSON object');
  finish(command, [
    'socklab inspect 192.168.1.17/24',
    'socklab inspect localhost:http',
    'socklab inspect --json fe80::1%eth0',
  ]);
  command.action(async (address, _, self: Command) => {
    const { inspectCommand } = await import('../inspect.ts');
    done(await inspectCommand(context, address, self.optsWithGlobals()));
  });
}

export function addDemo(program: Command, context: Context, done: Done): void {
  const command = program
    .command('demo')
    .description('Show the whole life of a TCP connection. It is made on real sockets, in one go.')
    .option('--auto', 'do not pause, on a terminal either');
  finish(command, ['socklab demo', 'socklab demo --auto --color always | less -R']);
  command.action(async (_, self: Command) => {
    const { demoCommand } = await import('../demo.ts');
    done(await demoCommand(context, self.optsWithGlobals()));
  });
}

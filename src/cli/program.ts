/** Every command with its options, for commander. Each command's own code is loaded when it runs. */
import { Command } from 'commander';
import { nearest } from '../wire/nearest.ts';
import { addConnect } from './commands/connect.ts';
import { type Done, finish } from './commands/finish.ts';
import { addDemo, addExplain, addInspect, addRepl, addRun } from './commands/language.ts';
import { addRelay, addReplay } from './commands/relay.ts';
import { addSend } from './commands/send.ts';
import { addServe } from './commands/serve.ts';
import type { CommonOptions, Context } from './context.ts';
import { EXIT, Failure } from './exit.ts';

export function createProgram(context: Context, version: string, done: Done): Command {
  const { stdout, stderr } = context;
  const program = new Command('socklab')
    .description('A socket playground: real system calls on real kernel sockets, one at a time.')
    .usage('[options] [command]')
    .version(version, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'socklab: ')),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  finish(program, [
    'socklab',
    'socklab demo',
    'socklab serve :8888 --once',
    'echo hello | socklab connect :8888',
  ]);
  program.action(async (options: CommonOptions) => {
    const [word] = program.args;
    if (word !== undefined) throw unknownCommand(word, program);
    if (stdout.isTTY !== true || context.stdin.isTTY !== true) return program.outputHelp();
    const { terminalRepl } = await import('./repl/terminal.ts');
    done(await terminalRepl(context, options));
  });
  addServe(program, context, done);
  addConnect(program, context, done);
  addSend(program, context, done);
  addRelay(program, context, done);
  addReplay(program, context, done);
  addRepl(program, context, done);
  addInspect(program, context, done);
  addRun(program, context, done);
  addExplain(program, context, done);
  addDemo(program, context, done);
  return program;
}

function unknownCommand(word: string, program: Command): Failure {
  const names = program.commands.map((command) => command.name());
  const near = nearest(word, names);
  const hint = near === null ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  return new Failure(`unknown command '${word}'; ${hint}`, EXIT.usage);
}

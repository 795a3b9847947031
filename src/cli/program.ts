/** Every command with its options, for commander. Each command's own code is loaded when it runs. */
import { Command } from 'commander';
import { inSigns, signsFor } from '../view/signs.ts';
import { addCompletion } from './commands/completion.ts';
import { addConnect } from './commands/connect.ts';
import { type Done, finish, GENERAL, ourOwn } from './commands/finish.ts';
import { withHabits } from './commands/habits.ts';
import { addHelp, helpLook, unknownCommand } from './commands/help.ts';
import { addDemo, addExplain, addInspect, addRepl, addRun } from './commands/language.ts';
import { addMan } from './commands/man.ts';
import { addRelay, addReplay } from './commands/relay.ts';
import { addSend } from './commands/send.ts';
import { addServe } from './commands/serve.ts';
import type { CommonOptions, Context } from './context.ts';

/** @param ascii whether help is to be written so: it is printed before the options are read */
export function createProgram(
  context: Context,
  version: string,
  done: Done,
  ascii = false,
): Command {
  const { stdout, stderr } = context;
  const written = { signs: signsFor(ascii) };
  const program = new Command('socklab')
    .description('A socket playground: real system calls on real kernel sockets, one at a time.')
    .usage('[options] [command]')
    .configureHelp(helpLook)
    .optionsGroup(GENERAL)
    .version(version, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(inSigns(text, written)),
      writeErr: (text) => void stderr.write(inSigns(text, written)),
      outputError: (text, write) => write(ourOwn(text)),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  finish(program, [
    'socklab                              # on a terminal: the prompt',
    'socklab demo                         # nothing to type: look',
    'socklab serve :8888 --once           # in one terminal …',
    'echo hello | socklab connect :8888   # … and in another',
  ]);
  program.action(async (options: CommonOptions) => {
    const [word] = program.args;
    if (word !== undefined) throw unknownCommand(word, program);
    if (stdout.isTTY !== true || context.stdin.isTTY !== true) return program.outputHelp();
    const { terminalRepl } = await import('./repl/terminal.ts');
    done(await terminalRepl(context, options));
  });
  program.commandsGroup('By hand and in pipelines:');
  addServe(program, context, done);
  addConnect(program, context, done);
  addSend(program, context, done);
  addRelay(program, context, done);
  addReplay(program, context, done);
  program.commandsGroup('One call at a time:');
  addRepl(program, context, done);
  addRun(program, context, done);
  addDemo(program, context, done);
  program.commandsGroup('To look things up:');
  addExplain(program, context, done);
  addInspect(program, context, done);
  addHelp(program);
  program.commandsGroup('To set it up:');
  addCompletion(program, context, done);
  addMan(program, context, done);
  // After the commands, which would take it over: run and explain have nothing to do with nc.
  return withHabits(program);
}

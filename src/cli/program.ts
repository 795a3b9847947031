/** Every command with its options, for commander. Each command's own code is loaded when it runs. */
import { Command, CommanderError } from 'commander';
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
import { EXIT } from './exit.ts';

type Add = (program: Command, context: Context, done: Done) => void;

const COMMANDS: Readonly<Record<string, Readonly<Record<string, Add>>>> = {
  'By hand and in pipelines:': {
    serve: addServe,
    connect: addConnect,
    send: addSend,
    relay: addRelay,
    replay: addReplay,
  },
  'One call at a time:': { repl: addRepl, run: addRun, demo: addDemo },
  'To look things up:': { explain: addExplain, inspect: addInspect, help: addHelp },
  'To set it up:': { completion: addCompletion, man: addMan },
};

/** These are about the whole program. */
const NEED_ALL: readonly string[] = ['help', 'completion', 'man'];

/** @returns the exit code */
export async function runProgram(
  context: Context,
  version: string,
  argv: readonly string[],
): Promise<number> {
  let code: number = EXIT.done;
  const done = (result: number) => {
    code = result;
  };
  const ascii = argv.includes('--ascii');
  const only = onlyCommand(argv, () => onTerminal(context));
  try {
    const program = createProgram(context, version, done, ascii, only);
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    // commander has said what was wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    throw error;
  }
}

/**
 * The one command that a command line needs: most of a quick start was to define the other dozen.
 * Null where it is not certain.
 * @param prompt whether it would be the prompt's, if there is no command
 */
function onlyCommand(argv: readonly string[], prompt: () => boolean): string | null {
  const [word] = behindOptions(argv);
  if (word === undefined) return prompt() ? 'repl' : null;
  const known = Object.values(COMMANDS).some((commands) => Object.hasOwn(commands, word));
  return known && !NEED_ALL.includes(word) ? word : null;
}

/** What follows the options that may stand before a command. */
function behindOptions(argv: readonly string[]): readonly string[] {
  const [option = ''] = argv;
  if (option === '--ascii' || option === '--quiet') return behindOptions(argv.slice(1));
  return option === '--color' ? behindOptions(argv.slice(2)) : argv;
}

/**
 * @param ascii whether help is to be written so: it is printed before the options are read
 * @param only the command to define; null: all of them
 */
export function createProgram(
  context: Context,
  version: string,
  done: Done,
  ascii = false,
  only: string | null = null,
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
    if (!onTerminal(context)) return program.outputHelp();
    const { terminalRepl } = await import('./repl/terminal.ts');
    done(await terminalRepl(context, options));
  });
  for (const [group, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(group);
    for (const [name, add] of Object.entries(commands))
      if (only === null || only === name) add(program, context, done);
  }
  // After the commands, which would take it over: run and explain have nothing to do with nc.
  return withHabits(program);
}

/** Whether a person sits there, at both ends. stdin is asked last: to open it changes it. */
function onTerminal(context: Context): boolean {
  return context.stdout.isTTY === true && context.stdin.isTTY === true;
}

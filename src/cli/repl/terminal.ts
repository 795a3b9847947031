/** The REPL on a terminal: a live prompt, jobs announced above it, history, completion. */
import { constants } from 'node:os';
import { complete, namesOf } from '../../script/complete.ts';
import { settle } from '../../script/run.ts';
import type { Page } from '../../view/page.ts';
import type { Theme } from '../../view/theme.ts';
import { type CommonOptions, type Context, widthOf } from '../context.ts';
import { History } from '../editor/history.ts';
import { LineEditor } from '../editor/line-editor.ts';
import { PlainEditor } from '../editor/plain-editor.ts';
import { EXIT } from '../exit.ts';
import { endByHangUp, isThere } from '../hang-up.ts';
import { themeFor } from '../theme.ts';
import { commandNames, runCommand } from './commands.ts';
import { chooseNext } from './menu.ts';
import { Repl } from './repl.ts';

/** How often to look whether a socket changed by itself. */
const LOOK_EVERY_MS = 50;

/** All of these end the session in good order: the terminal is given back as it was. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

export async function terminalRepl(context: Context, options: CommonOptions): Promise<number> {
  const { stdin, stdout, env } = context;
  const theme = themeFor(stdout, options, env);
  const page = (): Page => ({ theme, width: widthOf(stdout) });
  // It can't move its cursor: no line editing, no menu.
  const dumb = env.TERM === 'dumb';

  let quit: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    quit = resolve;
  });
  const print = (text: string) => editor.print(text);
  const repl = new Repl(page, print);

  const menu = async () => {
    const sockets = repl.session.snapshots();
    const statement = await editor.handOver((signal) =>
      chooseNext(sockets, { input: stdin, output: stdout, theme, signal }),
    );
    if (statement !== null) editor.insert(statement);
  };

  const take = async (line: string) => {
    const begun = repl.continues;
    if (line.trim().startsWith('.') && !repl.inComment) {
      const around = { repl, page: page(), print, menu: dumb ? null : menu };
      const { quit: over } = await runCommand(line, around);
      if (over) return quit(EXIT.done);
    } else if (line.trim() !== '' || begun) {
      await repl.statement(line);
      await settle();
      repl.session.look();
    }
    const answered = (line.trim() !== '' || begun) && !repl.continues;
    if (answered && !line.trim().startsWith('.next')) stdout.write('\n');
  };

  const onInterrupt = () => {
    if (!repl.abandon() && !repl.session.cancel())
      editor.print('  (Ctrl-D or .quit ends the session)');
  };

  const editor = new (dumb ? PlainEditor : LineEditor)({
    input: stdin,
    output: stdout,
    // A structure over several lines goes on; so does a question that waits for its answer.
    prompt: () => `${theme.strong('socklab')} ${signOf(repl, theme)} `,
    history: new History(env),
    page,
    complete: (line) => completions(line, repl),
    onLine: take,
    onInterrupt,
    onEnd: () => quit(EXIT.done),
  });
  const deaf = context.onSignal((signal) => {
    // In raw mode Ctrl-C is a key; where the terminal edits the line, it is this signal.
    if (signal === 'SIGINT' && dumb) onInterrupt();
    else quit(codeOfSignal(signal));
  }, ENDING);

  if (options.quiet !== true) {
    stdout.write(
      `${theme.dim('Real system calls, one at a time: .help lists them, .next suggests one.')}\n\n`,
    );
  }
  editor.start();
  const watcher = setInterval(() => repl.session.look(), LOOK_EVERY_MS);
  const code = await ended;
  clearInterval(watcher);
  repl.session.close();
  if (!isThere(stdout)) endByHangUp();
  editor.close();
  deaf();
  return code;
}

/** What stands behind the name: a line is wanted, the rest of a structure, or an answer. */
function signOf({ continues, predicting }: Repl, { signs }: Theme): string {
  if (predicting.waits) return '?';
  return continues ? signs.ellipsis : signs.prompt;
}

/** As a shell counts a death by signal: 128 and its number. */
function codeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function completions(line: string, repl: Repl): [string[], string] {
  if (line.startsWith('.')) return [commandNames.filter((name) => name.startsWith(line)), line];
  return complete(line, namesOf(repl.session));
}

/** The REPL on a terminal: a live prompt, jobs announced above it, history, completion. */
import { complete, namesOf } from '../../script/complete.ts';
import type { Page } from '../../view/page.ts';
import { type CommonOptions, type Context, themeFor, widthOf } from '../context.ts';
import { EXIT } from '../exit.ts';
import { commandNames, runCommand } from './commands.ts';
import { History } from './history.ts';
import { LineEditor } from './line-editor.ts';
import { chooseNext } from './menu.ts';
import { Repl, settle } from './repl.ts';

/** How often to look whether a socket changed by itself. */
const LOOK_EVERY_MS = 50;

export async function terminalRepl(context: Context, options: CommonOptions): Promise<number> {
  const { stdin, stdout } = context;
  const theme = themeFor(stdout, options, context.env);
  const page = (): Page => ({ theme, width: widthOf(stdout) });
  const history = new History(context.env);
  const promptText = `${theme.strong('socklab')} ${theme.signs.prompt} `;
  /** Lines that were entered and not answered yet. */
  let waiting = 0;

  let quit: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    quit = resolve;
  });
  const editor = new LineEditor({
    input: stdin,
    output: stdout,
    prompt: promptText,
    history: history.lines,
    complete: (line) => completions(line, repl),
    onLine: (line) => {
      // Typed ahead, or pasted: the line stands far above its answer, so it is said again.
      const ahead = waiting++ > 0;
      queue = queue.then(() => {
        if (ahead && line.trim() !== '') print(`${promptText}${line.trim()}`);
        return take(line).finally(() => {
          waiting--;
        });
      });
    },
    onInterrupt: () => {
      if (editor.line === '' && repl.session.cancel()) return;
      if (editor.line === '') editor.print('  (Ctrl-D or .quit ends the session)');
      else editor.abandon();
    },
    onEnd: () => {
      stdout.write('\n');
      quit(EXIT.done);
    },
  });
  const print = (text: string) => editor.print(text);
  const repl = new Repl(page, print);
  // Lines are taken one after the other, so that a pasted fragment is so many steps.
  let queue: Promise<void> = Promise.resolve();

  const menu = async () => {
    const sockets = repl.session.snapshots();
    const statement = await editor.handOver(() => chooseNext(sockets, stdin));
    if (statement !== null) editor.insert(statement);
  };

  const take = async (line: string) => {
    history.add(line);
    if (line.trim().startsWith('.')) {
      const { quit: over } = await runCommand(line, { repl, page: page(), print, menu });
      if (over) return quit(EXIT.done);
    } else if (line.trim() !== '') {
      await repl.statement(line);
      await settle();
      repl.session.look();
    }
    if (line.trim() !== '' && !line.trim().startsWith('.next')) stdout.write('\n');
    // Where more lines wait, the prompt comes behind the last one's answer.
    if (waiting <= 1) editor.prompt();
  };

  if (options.quiet !== true) {
    stdout.write(
      `${theme.dim('Real system calls, one at a time: .help lists them, .next suggests one.')}\n\n`,
    );
  }
  editor.prompt();
  const watcher = setInterval(() => repl.session.look(), LOOK_EVERY_MS);
  const code = await ended;
  clearInterval(watcher);
  editor.close();
  repl.session.close();
  return code;
}

function completions(line: string, repl: Repl): [string[], string] {
  if (line.startsWith('.')) return [commandNames.filter((name) => name.startsWith(line)), line];
  return complete(line, namesOf(repl.session));
}

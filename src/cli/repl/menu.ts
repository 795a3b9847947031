/** `.next`: a menu of the calls that are possible now, and why the others are not. */
import type { Snapshot } from '../../socket/state.ts';
import { nextCalls } from '../../teach/next-calls.ts';
import { inSigns } from '../../view/signs.ts';
import type { Theme } from '../../view/theme.ts';

export interface MenuOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly theme: Theme;
  /** Aborted when nobody waits for the choice any more. */
  readonly signal: AbortSignal;
}

/** @returns the statement that was chosen; null where the menu was left (Ctrl-C, Ctrl-D) */
export async function chooseNext(
  sockets: readonly Snapshot[],
  { input, output, theme, signal }: MenuOptions,
): Promise<string | null> {
  // Loaded only here: it is the dearest thing to load in the whole program.
  const { default: inquirer } = await import('inquirer');
  const calls = nextCalls(sockets);
  const choices = [
    ...calls
      .filter((call) => call.unless === null)
      .map(({ statement }) => ({ name: statement, value: statement })),
    ...calls
      .filter((call) => call.unless !== null)
      .map(({ statement, unless }) => ({
        name: statement,
        value: statement,
        disabled: inSigns(unless ?? '', theme),
      })),
  ];
  // inquirer does not hear Ctrl-D, and would wait for ever.
  const left = new AbortController();
  const onKey = (_: string, key: { ctrl?: boolean; name?: string }) => {
    if (key.ctrl && key.name === 'd') left.abort();
  };
  input.on('keypress', onKey);
  try {
    const prompt = inquirer.createPromptModule({
      input,
      output,
      // What is chosen goes into the line.
      clearPromptOnDone: true,
      signal: AbortSignal.any([left.signal, signal]),
    });
    const { statement } = await prompt<{ statement: string }>([
      {
        type: 'select',
        name: 'statement',
        message: 'Possible now:',
        choices,
        // All of it must fit the screen: what has scrolled away can't be drawn anew.
        pageSize: Math.max(3, Math.min(14, (output.rows || 24) - 5)),
        loop: false,
        theme: lookOf(theme),
      },
    ]);
    return statement;
  } catch (error) {
    const names = ['ExitPromptError', 'AbortPromptError'];
    if (error instanceof Error && names.includes(error.name)) return null;
    throw error;
  } finally {
    input.off('keypress', onKey);
  }
}

/** inquirer brings colours and signs of its own, and knows nothing of --color and --ascii. */
function lookOf(theme: Theme) {
  const { bad, dim, strong, signs } = theme;
  const plain = (text: string) => text;
  return {
    prefix: '',
    icon: { cursor: signs.prompt },
    style: {
      message: plain,
      answer: strong,
      highlight: strong,
      description: plain,
      disabled: dim,
      error: bad,
      keysHelpTip: () => dim('Up and Down move, Enter takes it, Ctrl-C leaves'),
    },
  };
}

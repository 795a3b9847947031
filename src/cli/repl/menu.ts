/** `.next`: a menu of the calls that are possible now, and why the others are not. */
import type { Snapshot } from '../../socket/state.ts';
import { nextCalls } from '../../teach/next-calls.ts';

/** @returns the statement that was chosen; null where the menu was left (Ctrl-C) */
export async function chooseNext(
  sockets: readonly Snapshot[],
  input: NodeJS.ReadStream,
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
        disabled: unless ?? true,
      })),
  ];
  // inquirer does not hear Ctrl-D, and would wait for ever.
  const left = new AbortController();
  const onKey = (_: string, key: { ctrl?: boolean; name?: string }) => {
    if (key.ctrl && key.name === 'd') left.abort();
  };
  input.on('keypress', onKey);
  try {
    const prompt = inquirer.createPromptModule({ signal: left.signal });
    const { statement } = await prompt<{ statement: string }>([
      {
        type: 'select',
        name: 'statement',
        message: 'Possible now:',
        choices,
        pageSize: 14,
        loop: false,
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

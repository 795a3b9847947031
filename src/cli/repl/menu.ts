/** `.next`: a menu of the calls that are possible now, and why the others are not. */
import type { Snapshot } from '../../socket/state.ts';
import { nextCalls } from '../../teach/next-calls.ts';

/** @returns the statement that was chosen; null where the menu was left (Ctrl-C) */
export async function chooseNext(sockets: readonly Snapshot[]): Promise<string | null> {
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
  try {
    const { statement } = await inquirer.prompt<{ statement: string }>([
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
    if (error instanceof Error && error.name === 'ExitPromptError') return null;
    throw error;
  }
}

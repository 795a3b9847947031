/** A call in C, and what becomes of it where it fails. */
import { errorOf } from '../resolved.ts';
import type { Act } from '../story.ts';
import type { CProgram } from './program.ts';

/**
 * The call as the lecture has it, which ends the program where it fails; or, where it failed in
 * the session, one whose failure is reported and ends nothing.
 * @param failed the condition that says so, with the call in it: `bind(…) < 0`
 */
export function checked(p: CProgram, act: Act, failed: string, name: string = act.call.name): void {
  const code = errorOf(act);
  if (code === null) {
    p.line(`if (${failed}) {`, `    perror("${name}");`, '    exit(1);', '}');
    return;
  }
  p.comment(`In the session it failed with ${code}, and that was not the end.`);
  p.line(
    `if (${failed})`,
    `    perror("${name}");`,
    'else',
    `    fprintf(stderr, "${name}: no error, where the session saw ${code}\\n");`,
  );
}

/** A call that can’t be made in C as it was in the session. */
export function onlyHere(p: CProgram, text: string): void {
  p.comment(`${text}: only socklab can do this.`);
}

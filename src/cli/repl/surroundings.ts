/** What is around the prompt's own commands. */
import type { Page } from '../../view/page.ts';
import type { Repl } from './repl.ts';

/** What a command may do to the prompt around it. */
export interface Surroundings {
  readonly repl: Repl;
  readonly page: Page;
  print(text: string): void;
  /** Opens the menu of calls; null where there is no terminal for it. */
  readonly menu: (() => Promise<void>) | null;
}

/** `socklab demo`: shows the scenes of teach/demo.ts on real sockets. */
import { createInterface, type Interface } from 'node:readline';
import { demo, type Scene } from '../teach/demo.ts';
import { wrap } from '../view/layout.ts';
import type { Page } from '../view/page.ts';
import { inSigns } from '../view/signs.ts';
import { type CommonOptions, type Context, widthOf } from './context.ts';
import { EXIT } from './exit.ts';
import { Repl } from './repl/repl.ts';
import { themeFor } from './theme.ts';

export interface DemoOptions extends CommonOptions {
  /** Does not pause, on a terminal either. */
  readonly auto?: boolean;
}

/** How often to look whether the kernel got there, and how long to wait for it. */
const LOOK_EVERY_MS = 5;
const LOOK_AT_MOST_MS = 1000;

export async function demoCommand(context: Context, options: DemoOptions): Promise<number> {
  const { stdout } = context;
  const theme = themeFor(stdout, options, context.env);
  const page = (): Page => ({ theme, width: Math.min(widthOf(stdout), 100) });
  const print = (text: string) => void stdout.write(`${text}\n`);
  const repl = new Repl(page, print);
  const pauses = options.auto !== true && stdout.isTTY === true && context.stdin.isTTY === true;
  const lines = pauses ? createInterface({ input: context.stdin }) : null;
  try {
    for (const [i, scene] of demo.entries()) {
      if (i > 0) print('');
      introduce(scene, i + 1, page(), print);
      for (const statement of scene.statements) {
        print('');
        print(inSigns(`${theme.strong('socklab')} › ${shown(statement)}`, theme));
        if ((await repl.statement(statement)) !== 'fine') return EXIT.unmet;
      }
      if (scene.until !== undefined) await reached(repl, scene.until);
      if (lines !== null && i < demo.length - 1 && !(await goOn(lines, context, page())))
        return EXIT.done;
    }
    print('');
    for (const line of wrap(closing(), page().width)) print(theme.dim(line));
    return EXIT.done;
  } finally {
    lines?.close();
    repl.session.close();
  }
}

/** Without what it must answer: the hall is to see that from the kernel. */
function shown(statement: string): string {
  return statement.replace(/\) = .*$/, ')');
}

function introduce(
  { title, words }: Scene,
  number: number,
  page: Page,
  print: (text: string) => void,
): void {
  const { theme, width } = page;
  print(inSigns(theme.strong(`${number}  ${title}`), theme));
  for (const line of wrap(words, width - 3)) print(inSigns(`   ${line}`, theme));
}

/** The kernel needs the peer's answer for some states, which takes up to 40 ms (a delayed ACK). */
async function reached(
  { session }: Repl,
  { socket, state }: NonNullable<Scene['until']>,
): Promise<void> {
  const until = performance.now() + LOOK_AT_MOST_MS;
  while (performance.now() < until) {
    session.look();
    if (session.lastSeen().find((one) => one.socket === socket)?.state === state) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** @returns whether to go on: false for q, and for the end of input */
async function goOn(lines: Interface, { stdout }: Context, { theme }: Page): Promise<boolean> {
  stdout.write(`\n${theme.dim('Enter goes on, q and Enter end: ')}`);
  const line = await new Promise<string | null>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(null));
  });
  return line !== null && line.trim().toLowerCase() !== 'q';
}

function closing(): string {
  return 'Every line above was a real system call. Now by hand: socklab opens the prompt (in a checkout: node bin/socklab.js), and .next suggests a call.';
}

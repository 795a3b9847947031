/** The REPL without a terminal: statements from a pipe or file, one a line, answers on stdout. */
import { createInterface } from 'node:readline';
import { settle } from '../../script/run.ts';
import { LONGEST_MS } from '../../socket/door.ts';
import type { Blocked } from '../../socket/session/job.ts';
import type { Session } from '../../socket/session/session.ts';
import type { Page } from '../../view/page.ts';
import { type CommonOptions, type Context, drained } from '../context.ts';
import { EXIT } from '../exit.ts';
import { themeFor } from '../theme.ts';
import { runCommand } from './commands.ts';
import { Repl, type Verdict } from './repl.ts';

/** @param timeoutMs how long calls that are still blocked at the end of input may take */
export async function pipedRepl(
  context: Context,
  options: CommonOptions,
  timeoutMs: number,
): Promise<number> {
  const { stdin, stdout } = context;
  const theme = themeFor(stdout, options, context.env);
  const page: Page = { theme, width: 80 };
  const print = (text: string) => void stdout.write(`${text}\n`);
  const repl = new Repl(() => page, print);
  const verdicts = new Set<Verdict>();
  let late = false;
  try {
    for await (const line of createInterface({
      input: stdin,
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      if (line.trim().startsWith('.') && !repl.inComment) {
        const { quit, known } = await runCommand(line, { repl, page, print, menu: null });
        if (!known) verdicts.add('malformed');
        if (quit) return verdictOf(verdicts, repl, late);
      } else {
        verdicts.add(await repl.statement(line));
        await settle();
        // A statement that uses a name waits for it, and those behind it wait, too.
        if (await stuck(repl.session, timeoutMs, ({ waitsFor }) => waitsFor !== null)) late = true;
        // A pause is one: the lines behind it wait.
        await stuck(repl.session, LONGEST_MS, ({ call }) => call.name === 'sleep');
      }
      repl.session.look();
      await drained(stdout);
    }
    verdicts.add(await repl.end());
    repl.abandon();
    if (await stuck(repl.session, timeoutMs, () => true)) late = true;
    await settle();
    return verdictOf(verdicts, repl, late);
  } finally {
    repl.session.close();
  }
}

function verdictOf(verdicts: ReadonlySet<Verdict>, { late }: Repl, timedOut: boolean): number {
  const has = (verdict: Verdict) => verdicts.has(verdict) || late.has(verdict);
  if (has('malformed')) return EXIT.usage;
  if (has('unmet')) return EXIT.unmet;
  return timedOut ? EXIT.timeout : EXIT.done;
}

/** Waits for blocked calls; those that take too long are ended. @returns whether any had to be */
async function stuck(
  session: Session,
  timeoutMs: number,
  which: (job: Blocked) => boolean,
): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const jobs = session.jobs().filter(which);
    if (jobs.length === 0) return false;
    const left = until - performance.now();
    if (left > 0) await nextStep(session, left);
    else {
      for (const { job } of jobs.reverse()) session.cancel(job);
      await settle();
      return true;
    }
  }
}

/** Resolves when a call returns, or when the time is over. */
function nextStep(session: Session, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(done, ms);
    const stop = session.watch((event) => event.type === 'step' && done());
  });
}

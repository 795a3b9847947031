/** `socklab run`: a script, with what each call must answer. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Checked, checkScript } from '../script/check.ts';
import { type Result, runScript, type Summary, type Verdict } from '../script/run.ts';
import type { ParsedLine } from '../script/source.ts';
import { kindOfValue } from '../socket/calls/kinds.ts';
import { Session } from '../socket/session/session.ts';
import { whyFailed } from '../teach/why/failed.ts';
import { changeJson, eventJson, stepJson } from '../view/json.ts';
import type { Page } from '../view/page.ts';
import { junitXml } from '../view/run/junit.ts';
import { place, renderFailure, renderMistake, renderSummary } from '../view/run/report.ts';
import { tapBailOut, tapPlan, tapResult, tapSkipped } from '../view/run/tap.ts';
import { visibleText } from '../view/visible.ts';
import { type CommonOptions, type Context, drained, widthOf } from './context.ts';
import { define } from './definitions.ts';
import { EXIT, Failure } from './exit.ts';
import { themeFor } from './theme.ts';

export interface RunCommandOptions extends CommonOptions {
  readonly json?: boolean;
  readonly tap?: boolean;
  readonly junit?: string;
  readonly define?: readonly string[];
  readonly timeout: number;
  readonly keepGoing?: boolean;
}

const CODES: Readonly<Record<Verdict, number>> = {
  met: EXIT.done,
  unmet: EXIT.unmet,
  late: EXIT.timeout,
  refused: EXIT.usage,
};

/** @returns the exit code */
export async function runCommand(
  context: Context,
  path: string,
  options: RunCommandOptions,
): Promise<number> {
  const file = path === '-' ? 'stdin' : path;
  const text = scriptText(path);
  const session = new Session({ observe: options.json === true, keep: 16 });
  try {
    for (const definition of options.define ?? []) define(session, definition);
    const known = new Map([...session.values].map(([name, value]) => [name, kindOfValue(value)]));
    const checked = checkScript(text, known, session.scope.structs);
    const report = new Report(context, file, checked, options, session);
    if (checked.mistakes.length > 0) return report.mistaken();
    return await carriedOut(context, session, checked, report, options);
  } finally {
    session.close();
  }
}

async function carriedOut(
  context: Context,
  session: Session,
  { lines }: Checked,
  report: Report,
  options: RunCommandOptions,
): Promise<number> {
  const { timeout: timeoutMs, keepGoing = false } = options;
  let stop: (code: number) => void = () => {};
  const stopped = new Promise<number>((resolve) => {
    stop = resolve;
  });
  const off = context.onSignal((signal) =>
    stop(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated),
  );
  const finished = runScript(session, lines, { timeoutMs, keepGoing }, (result) =>
    report.result(result),
  ).then((summary) => report.over(summary));
  try {
    return await Promise.race([finished, stopped]);
  } finally {
    off();
  }
}

/** @throws Failure where there is no such file */
function scriptText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/, (open|read).*$/, '') : '';
    throw new Failure(`${visibleText(path)} can’t be read: ${visibleText(why)}`, EXIT.usage);
  }
}

/** Tells of a run: to a person, as TAP, as JSON; and afterwards as JUnit’s XML. */
class Report {
  private readonly context: Context;
  private readonly file: string;
  private readonly options: RunCommandOptions;
  private readonly session: Session;
  private readonly statements: readonly ParsedLine[];
  private readonly mistakes: Checked['mistakes'];
  private readonly results: Result[] = [];
  private told = 0;
  private readonly page: Page;
  /** The line whose call is being made; those of jobs that return later. */
  private readonly lineOf = new Map<object, number>();

  constructor(
    context: Context,
    file: string,
    { lines, mistakes }: Checked,
    options: RunCommandOptions,
    session: Session,
  ) {
    this.context = context;
    this.file = file;
    this.options = options;
    this.session = session;
    this.statements = lines.filter(({ line }) => line.kind === 'call');
    this.mistakes = mistakes;
    const { stdout, env } = context;
    this.page = { theme: themeFor(stdout, options, env), width: widthOf(stdout) };
    for (const { line, number } of this.statements) {
      if (line.kind === 'call') this.lineOf.set(line.statement.call, number);
    }
    if (options.tap && mistakes.length === 0) this.print(tapPlan(this.statements.length));
    if (options.json) this.watch();
  }

  /** Nothing is run. @returns the exit code */
  mistaken(): number {
    const { json, tap } = this.options;
    for (const mistake of this.mistakes) {
      const { line, column, message, suggestion } = mistake;
      if (json) {
        this.print(eventJson('mistake', { file: this.file, line, column, message, suggestion }));
      } else if (!tap) {
        this.context.stderr.write(`${renderMistake(this.file, mistake, this.errorPage())}\n`);
      }
    }
    const [first] = this.mistakes;
    if (tap && first !== undefined) {
      this.print(`TAP version 13\n${tapBailOut(`${place(this.file, first)}: ${first.message}`)}`);
    }
    this.writeJUnit();
    return EXIT.usage;
  }

  result(result: Result): Promise<void> | undefined {
    this.told++;
    if (this.options.junit !== undefined) this.results.push({ ...result, step: null });
    const failed = result.verdict !== 'met';
    // A call that was given up here failed for no reason of the kernel's.
    const explained = failed && result.verdict !== 'late' && result.step !== null;
    const why =
      explained && result.step !== null ? whyFailed(result.step, [...result.sockets]) : null;
    if (this.options.tap) this.print(tapResult(this.told, this.file, result, why));
    else if (this.options.json) {
      if (failed) this.print(this.mismatchJson(result, why));
    } else if (failed) this.print(renderFailure(this.file, result, why, this.page));
    return this.context.stdout.writableNeedDrain ? drained(this.context.stdout) : undefined;
  }

  /** @returns the exit code */
  over(summary: Summary): number {
    const { tap, json, quiet } = this.options;
    if (tap) {
      for (const line of this.statements.slice(this.told)) {
        this.print(tapSkipped(++this.told, this.file, line));
      }
    } else if (json) {
      const { statements: steps, expected, failed } = summary;
      this.print(eventJson('summary', { steps, expected, failed }));
    } else if (!quiet) this.print(renderSummary(this.file, summary, this.page));
    this.writeJUnit();
    return CODES[summary.verdict];
  }

  private watch(): void {
    this.session.watch((event) => {
      if (event.type === 'step') this.print(stepJson(event.step, this.lineOf.get(event.step.call)));
      if (event.type === 'change') for (const one of event.changes) this.print(changeJson(one));
    });
  }

  private mismatchJson({ line, verdict, mismatch, sockets }: Result, why: string | null): string {
    const { expected, actual } = mismatch ?? { expected: null, actual: null };
    const told = sockets.map(({ socket, fd, state, local, peer }) => ({
      socket,
      fd,
      state,
      local,
      peer,
    }));
    return eventJson('mismatch', {
      file: this.file,
      line: line.number,
      verdict,
      expected,
      actual,
      why,
      sockets: told,
    });
  }

  private writeJUnit(): void {
    const { junit } = this.options;
    if (junit === undefined) return;
    const { file, results, mistakes } = this;
    const skipped = mistakes.length > 0 ? [] : this.statements.slice(results.length);
    try {
      writeFileSync(junit, `${junitXml({ file, results, skipped, mistakes })}\n`);
    } catch (error) {
      const why = error instanceof Error ? error.message : '';
      throw new Failure(`--junit: ${visibleText(why)}`, EXIT.usage);
    }
  }

  private errorPage(): Page {
    const { stderr, env } = this.context;
    return { theme: themeFor(stderr, this.options, env), width: widthOf(stderr) };
  }

  private print(text: string): void {
    this.context.stdout.write(`${text}\n`);
  }
}

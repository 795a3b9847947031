/** The REPL's core: a line in, text out. It knows no terminal; terminal.ts and piped.ts feed it. */
import { Evaluator } from '../../script/evaluate.ts';
import { SyntaxProblem } from '../../script/lexer.ts';
import { parseLine } from '../../script/parser.ts';
import { Recording } from '../../script/recording.ts';
import type { Line } from '../../script/statement.ts';
import { Unfinished } from '../../script/unfinished.ts';
import { BadCall, SocketError } from '../../socket/errors.ts';
import { Session, type SessionEvent } from '../../socket/session/session.ts';
import { whyFailed } from '../../teach/why/failed.ts';
import { hintOf } from '../../teach/why/port.ts';
import { type Problem, renderProblem } from '../../view/caret.ts';
import { changeJson, stepJson } from '../../view/json.ts';
import type { Page } from '../../view/page.ts';
import { inSigns } from '../../view/signs.ts';
import {
  renderBlocked,
  renderChanges,
  renderNote,
  renderStep,
  renderWhy,
} from '../../view/step.ts';
import { renderLayout } from '../../view/struct.ts';
import { visibleText } from '../../view/visible.ts';
import { layoutOf } from '../../wire/struct/layout.ts';
import { type Predicted, Predicting } from './predicting.ts';

/** How a line ended. */
export type Verdict = 'fine' | 'unmet' | 'malformed';

export class Repl {
  session: Session;
  /** What .save and .export write down. */
  recording: Recording;
  /** Whether steps are shown as JSON. */
  json = false;
  /** What blocked calls came to, after their statement had returned. */
  readonly late = new Set<Verdict>();
  readonly predicting: Predicting;
  private evaluator: Evaluator;
  /** The lines of a structure whose last brace is still open, or of a comment. */
  private begun: string[] = [];
  private unfinished = new Unfinished();
  private readonly page: () => Page;
  private readonly print: (text: string) => void;

  /** @param page the terminal as it is now: it can be resized at any time */
  constructor(page: () => Page, print: (text: string) => void) {
    this.page = page;
    this.print = print;
    this.predicting = new Predicting(page, print);
    this.session = this.open();
    this.recording = new Recording(this.session);
    this.evaluator = new Evaluator(this.session);
  }

  /** Whether the next line belongs to what was begun: a structure or a comment over several lines, a question. */
  get continues(): boolean {
    return this.begun.length > 0 || this.predicting.waits;
  }

  /** Gives up what was begun, as Ctrl-C does. @returns whether there was anything */
  abandon(): boolean {
    const had = this.begun.length > 0;
    this.whole();
    return this.predicting.leave() || had;
  }

  /** Makes the line's call, and returns when it has returned or is blocked. */
  async statement(text: string): Promise<Verdict> {
    if (this.predicting.waits) {
      const predicted = this.predicting.answer(text);
      return predicted === null ? 'fine' : this.line(predicted.line, predicted);
    }
    const first = this.begun.length === 0;
    this.begun.push(text);
    this.unfinished.add(text);
    const { isOpen, inComment } = this.unfinished;
    // A brace that closes too little is a mistake, and nobody is to be caught in it.
    if (isOpen && (first || inComment || !text.includes('}'))) return 'fine';
    return this.line(this.whole());
  }

  /** The end of all lines: what was begun and never ended is a mistake. */
  async end(): Promise<Verdict> {
    return this.begun.length === 0 ? 'fine' : this.line(this.whole());
  }

  /** Whether the next line is a comment's, whatever it looks like. */
  get inComment(): boolean {
    return this.unfinished.inComment;
  }

  /** What was begun; the next line begins anew. */
  private whole(): string {
    const line = this.begun.join('\n');
    this.begun = [];
    this.unfinished = new Unfinished();
    return line;
  }

  private async line(line: string, predicted: Predicted | null = null): Promise<Verdict> {
    let spans: readonly (readonly [number, number])[] = [];
    try {
      const parsed = parseLine(line, this.session.scope.structs);
      if (parsed === null) return 'fine';
      const skipped = this.evaluator.skipping;
      if (predicted === null && !skipped && this.predicting.asks(line, parsed, this.session))
        return 'fine';
      const as = parsed.kind === 'call' ? parsed.statement.call.as : undefined;
      if (parsed.kind === 'call') spans = parsed.statement.spans;
      const former = this.session.sockets.get(as ?? '');
      const record = this.recording.begin(parsed);
      const evaluation = await this.evaluator.run(parsed);
      record(evaluation);
      const { mismatch, finished, job, notes } = evaluation;
      if (former?.open) this.tellRenamed(former, as);
      this.tellOf(parsed, notes);
      if (predicted !== null && job !== null)
        await this.predicting.compare(predicted, job, this.session);
      if (job !== null && job.blocked !== null) {
        void finished.then(
          (mismatch) => {
            if (mismatch !== null) this.late.add('unmet');
            this.tellMismatch(mismatch);
          },
          (error) => {
            this.late.add('malformed');
            this.refuse(error, line, spans);
          },
        );
        return 'fine';
      }
      this.tellMismatch(mismatch);
      return mismatch === null ? 'fine' : 'unmet';
    } catch (error) {
      this.refuse(error, line, spans);
      // What stands in the braces of a condition that was not understood is passed over.
      if (/^\s*if\b[^{]*\{\s*$/.test(line)) this.evaluator.openPassedOver();
      return 'malformed';
    }
  }

  /** Closes everything, and starts anew. */
  reset(): void {
    this.session.close();
    this.session = this.open();
    this.recording = new Recording(this.session);
    this.evaluator = new Evaluator(this.session);
    this.abandon();
  }

  /** What a line that makes no call has to say. */
  private tellOf(line: Line, notes: readonly string[]): void {
    const page = this.page();
    if (line.kind === 'struct') this.print(renderLayout(layoutOf(line.definition), page));
    for (const note of notes) this.print(`  ${inSigns(visibleText(note), page.theme)}`);
  }

  private open(): Session {
    const session = new Session();
    session.watch((event) => this.show(event, session));
    return session;
  }

  /** One text an event, so that the prompt is drawn anew once only. */
  private show(event: SessionEvent, session: Session): void {
    if (this.json) {
      this.showAsJson(event);
      return;
    }
    const page = this.page();
    switch (event.type) {
      case 'step': {
        const why = whyFailed(event.step, session.lastSeen(), session.steps);
        const hint = hintOf(event.step, session.steps);
        const lines = [renderStep(event.step, page)];
        if (why !== null) lines.push(renderWhy(why, page));
        if (hint !== null) lines.push(renderNote('hint', hint, page));
        this.print(lines.join('\n'));
        break;
      }
      case 'blocked':
        this.print(renderBlocked(event.blocked, page));
        break;
      case 'change': {
        const lines = renderChanges(event.changes, event.sockets, page);
        if (lines.length > 0) this.print(lines.join('\n'));
      }
    }
  }

  private showAsJson(event: SessionEvent): void {
    if (event.type === 'step') this.print(stepJson(event.step));
    if (event.type === 'change') for (const one of event.changes) this.print(changeJson(one));
  }

  /** A name that is given again means the new socket; the old one is open still. */
  private tellRenamed({ fd, name }: { fd: number; name: string }, before?: string): void {
    if (name === before) return;
    this.print(`  ${before} was descriptor ${fd} until now; that one is open still, as ${name}`);
  }

  private tellMismatch(mismatch: { expected: string; actual: string } | null): void {
    if (mismatch === null) return;
    const { theme } = this.page();
    this.print(
      inSigns(
        `  ${theme.bad('expected')} ${mismatch.expected}, and ${mismatch.actual} came`,
        theme,
      ),
    );
  }

  private refuse(
    error: unknown,
    text: string,
    spans: readonly (readonly [number, number])[],
  ): void {
    const problem = problemOf(error, text, spans);
    const command = COMMAND_WORDS.get(text.trim().toLowerCase());
    const suggestion = command ?? problem.suggestion;
    this.print(renderProblem({ ...problem, suggestion }, this.page().theme));
  }
}

/** What people type before they know that commands begin with a dot. */
const COMMAND_WORDS: ReadonlyMap<string, string> = new Map([
  ['help', '.help'],
  ['?', '.help'],
  ['quit', '.quit'],
  ['exit', '.quit'],
  ['bye', '.quit'],
  ['state', '.state'],
  ['next', '.next'],
  ['jobs', '.jobs'],
  ['reset', '.reset'],
]);

/** @throws whatever is no mistake of the user's */
function problemOf(
  error: unknown,
  text: string,
  spans: readonly (readonly [number, number])[],
): Problem {
  if (error instanceof SyntaxProblem) {
    return { message: error.message, text, span: error.span, suggestion: error.suggestion };
  }
  if (error instanceof BadCall) {
    const span = error.argument === null ? null : (spans[error.argument] ?? null);
    return { message: error.message, text, span, suggestion: error.suggestion };
  }
  // A socket that was made, and could not be made ready for use here.
  if (error instanceof SocketError)
    return { message: error.message, text, span: null, suggestion: null };
  throw error;
}

/** Runs a plan with everything around it: trace, JSON, stepping, signals, a closed stdout, errors. */
import { SocketError } from '../socket/errors.ts';
import { Session, type SessionOptions } from '../socket/session/session.ts';
import type { Sink } from '../socket/stream/stream.ts';
import { whyError } from '../teach/why/failed.ts';
import { changeJson, eventJson, stepJson } from '../view/json.ts';
import { renderWhy } from '../view/step.ts';
import type { Theme } from '../view/theme.ts';
import { renderTrace } from '../view/trace.ts';
import { visibleText } from '../view/visible.ts';
import { type CommonOptions, type Context, drained, widthOf } from './context.ts';
import { codeOf, EXIT, Failure } from './exit.ts';
import { Progress } from './progress.ts';
import { Stdio } from './stdio.ts';
import { Stepper } from './stepper.ts';
import { themeFor } from './theme.ts';

export interface RunOptions extends CommonOptions {
  readonly trace?: boolean;
  readonly json?: boolean;
  readonly step?: boolean;
  readonly raw?: boolean;
}

/** Options that show what passes. Of `send`, --hex is the message, and --dump shows. */
interface ShowOptions {
  readonly hex?: unknown;
  readonly dump?: unknown;
}

/** What a command gets to work with. */
export interface Running {
  readonly session: Session;
  readonly stdio: Stdio;
  readonly output: Sink;
  /** Is to be told of what moves bytes. */
  readonly progress: Progress;
  /** Whether anybody hears of news: a busy server need not even make their sentences. */
  readonly tellsNews: boolean;
  /**
   * An event: with --json as an object on stderr, else as the sentence, unless --quiet.
   * @param news true for what only a person wants to read: said on a terminal only
   */
  tell(
    type: string,
    fields: Readonly<Record<string, unknown>>,
    sentence: string,
    news?: 'news',
  ): void;
}

/** @returns the exit code */
export async function running(
  context: Context,
  options: RunOptions & ShowOptions,
  plan: (running: Running) => Promise<void>,
): Promise<number> {
  const { stderr } = context;
  const theme = themeFor(stderr, options, context.env);
  const stepper = options.step ? new Stepper(stderr, theme) : null;
  const progress = new Progress(context, isBare(options));
  const say = (line: string) => {
    progress.freshRow();
    stderr.write(`${line}\n`);
  };
  const session = new Session({
    keep: 0,
    observe: options.json === true || options.step === true,
    ...beforeEach(stepper, options, stderr),
  });
  watch(session, options, theme, say);
  if (stepper !== null) {
    session.watch((event) => {
      if (event.type === 'step') stepper.show(event.step);
      else if (event.type === 'blocked') stepper.showBlocked(event.blocked);
      else stepper.showChanges(event.changes, event.sockets);
    });
  }

  let over = false;
  let stop: (code: number) => void = () => {};
  const stopped = new Promise<number>((resolve) => {
    stop = (code) => {
      over = true;
      resolve(code);
    };
  });
  const offSignals = context.onSignal((signal) =>
    stop(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated),
  );
  const stdio = new Stdio(session);
  const output = progress.around(stdio.stdout(options.raw === true, () => stop(EXIT.pipeClosed)));
  const heard = options.quiet !== true && stderr.isTTY && stepper === null && !options.trace;
  const tellsNews = options.json === true || heard;
  const tell: Running['tell'] = (type, fields, sentence, news) => {
    if (over || (news !== undefined && !tellsNews)) return;
    if (options.json) say(eventJson(type, fields));
    else if (!options.quiet) say(sentence);
  };
  const finished = plan({ session, stdio, output, progress, tellsNews, tell }).then(
    () => EXIT.done,
    (error) => {
      // Ended from outside: what then fails in the plan is no news.
      if (over) return EXIT.done;
      if (error instanceof Failure) return fail(error);
      if (!(error instanceof SocketError)) throw error;
      return explain(error);
    },
  );
  const fail = ({ code, message }: Failure): number => {
    const where = { call: null, errno: null, local: null, remote: null };
    if (options.json) say(eventJson('error', { code, ...where, message }));
    else say(`${theme.bad('socklab:')} ${message}`);
    return code;
  };
  const explain = (error: SocketError): number => {
    const code = codeOf(error);
    const { call, local, remote } = error;
    if (options.json)
      say(
        eventJson('error', {
          code,
          call,
          errno: error.code,
          local,
          remote,
          message: error.message,
        }),
      );
    else {
      say(`${theme.bad('socklab:')} ${visibleText(error.message)}`);
      const why = whyError(error, null, session.lastSeen());
      if (why !== null && !options.quiet) say(renderWhy(why, { theme, width: widthOf(stderr) }));
    }
    return code;
  };
  try {
    return await Promise.race([finished, stopped]);
  } finally {
    offSignals();
    progress.end();
    stepper?.close();
    session.close();
    stdio.close();
  }
}

/** Whether nothing else is told of the bytes that pass. */
function isBare(options: RunOptions & ShowOptions): boolean {
  const { quiet, json, trace, step, hex, dump } = options;
  return !(quiet || json || trace || step || dump) && hex !== true;
}

function watch(
  session: Session,
  options: RunOptions,
  theme: Theme,
  say: (line: string) => void,
): void {
  if (options.json) {
    session.watch((event) => {
      if (event.type === 'step') say(stepJson(event.step));
      if (event.type === 'change') for (const change of event.changes) say(changeJson(change));
    });
  } else if (options.trace) {
    session.watch((event) => event.type === 'step' && say(renderTrace(event.step, theme)));
  }
}

/** --step pauses; --trace and --json wait for whoever reads them, so that nothing piles up here. */
function beforeEach(
  stepper: Stepper | null,
  { trace, json }: RunOptions,
  stderr: NodeJS.WriteStream,
): Pick<SessionOptions, 'before'> {
  if (stepper !== null) return { before: (_call, text) => stepper.pause(text) };
  return trace || json ? { before: () => drained(stderr) } : {};
}

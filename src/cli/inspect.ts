/** `socklab inspect`: what an address or a name is made of. */
import { EndpointError } from '../socket/endpoint.ts';
import { SocketError } from '../socket/errors.ts';
import { type Inspection, inspect } from '../socket/inspect/inspect.ts';
import { parseSubject, type Subject } from '../socket/inspect/subject.ts';
import { exitNow } from '../sys/name-of.ts';
import { renderProblem } from '../view/caret.ts';
import { renderInspection } from '../view/inspect/inspect.ts';
import { inspectionJson } from '../view/inspect/json.ts';
import { eventJson } from '../view/json.ts';
import { visibleText } from '../view/visible.ts';
import { type CommonOptions, type Context, widthOf } from './context.ts';
import { codeOf, EXIT, Failure } from './exit.ts';
import { themeFor } from './theme.ts';

export interface InspectOptions extends CommonOptions {
  readonly json?: boolean;
}

/** @returns the exit code */
export async function inspectCommand(
  context: Context,
  text: string,
  options: InspectOptions,
): Promise<number> {
  const { stdout, stderr } = context;
  const subject = subjectOf(text, context, options);
  try {
    const inspection = await inspect(subject);
    const page = { theme: themeFor(stdout, options, context.env), width: widthOf(stdout) };
    const shown = options.json
      ? inspectionJson(inspection, text)
      : renderInspection(inspection, text, page, options.quiet !== true);
    await written(stdout, `${shown}\n`);
    return isLate(inspection) ? exitNow(EXIT.done) : EXIT.done;
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    const code = codeOf(error);
    await written(stderr, `${failure(error, code, context, options)}\n`);
    return error.code === 'EAI_AGAIN' ? exitNow(code) : code;
  }
}

/** @throws Failure with a caret under the part that is wrong */
function subjectOf(text: string, { stderr, env }: Context, options: InspectOptions): Subject {
  try {
    return parseSubject(text);
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    const { message, span } = error;
    const problem = { message, text, span, suggestion: null };
    throw new Failure(
      `not an address and not a name\n${renderProblem(problem, themeFor(stderr, options, env))}`,
      EXIT.usage,
    );
  }
}

function failure(
  error: SocketError,
  code: number,
  { stderr, env }: Context,
  options: InspectOptions,
): string {
  const { call, local, remote, message } = error;
  if (options.json)
    return eventJson('error', { code, call, errno: error.code, local, remote, message });
  return `${themeFor(stderr, options, env).bad('socklab:')} ${visibleText(message)}`;
}

/** Whether the lookup is still under way: its thread would hold the process up. */
function isLate(inspection: Inspection): boolean {
  return inspection.kind === 'address' && inspection.name.kind === 'late';
}

/** Resolves when the text is out of our hands. */
function written(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}

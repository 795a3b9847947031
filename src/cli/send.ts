/** `socklab send`. */
import { send } from '../socket/plan/send.ts';
import { UnmetReply } from '../socket/plan/unmet-reply.ts';
import { renderRecord } from '../view/struct.ts';
import type { Theme } from '../view/theme.ts';
import { renderUnmetReply } from '../view/unmet-reply.ts';
import { type Expectation, parseExpectation } from '../wire/expectation.ts';
import { parseReply, type Reply } from '../wire/reply.ts';
import { TextProblem } from '../wire/text-problem.ts';
import { type ClientOptions, connectOptions, eventsFor } from './client.ts';
import { type Context, themeFor, widthOf } from './context.ts';
import { streamEndpoint } from './endpoints.ts';
import { EXIT, Failure } from './exit.ts';
import { type Message, type MessageOptions, messageFor } from './message.ts';
import { reading } from './problem.ts';
import { type Running, running } from './running.ts';
import { trafficOf } from './traffic.ts';

export interface SendCommandOptions extends ClientOptions, MessageOptions {
  readonly reply?: string;
  readonly expect?: string;
  /** Milliseconds. */
  readonly gap: number;
  readonly dump?: boolean;
}

export async function sendCommand(
  context: Context,
  where: string,
  words: readonly string[],
  options: SendCommandOptions,
): Promise<number> {
  const endpoint = streamEndpoint(where);
  const theme = themeFor(context.stderr, options, context.env);
  const { gap: gapMs, repeat = 1 } = options;
  const message = messageFor(options, words, theme);
  const { reply, expected } = replyFor(options, theme);
  const plan = connectOptions(options, options.timeout);
  return running(context, options, async ({ session, stdio, output, tell }) => {
    tellStruct(message, context, options, tell);
    const content = await message.content(session, stdio, options.step === true);
    const traffic = trafficOf(context, options, options.dump === true);
    const exchange = { message: content, repeat, gapMs, reply: reply ?? TO_THE_END, expected };
    const around = { through: traffic.through, output: traffic.output(output) };
    const sent = send(session, endpoint, { ...plan, ...exchange, ...around }, eventsFor(tell));
    await sent.catch((error: unknown) => {
      throw error instanceof UnmetReply ? unmet(error, theme) : error;
    });
  });
}

/** What is meant by default: a stream has no borders but its end. */
const TO_THE_END: Reply = { kind: 'eof' };

/**
 * What the reply is, null where nothing was said of it, and what it must be.
 * @throws Failure where the options make no sense
 */
export function replyFor(
  options: SendCommandOptions,
  theme: Theme,
): { readonly reply: Reply | null; readonly expected: Expectation | null } {
  const { reply, expect, repeat, gap } = options;
  if (gap > 0 && repeat === undefined)
    throw new Failure('--gap is the pause between messages: it needs --repeat', EXIT.usage);
  const read = <T>(option: string, text: string | undefined, parse: (text: string) => T) =>
    text === undefined ? null : reading(option, text, theme, TextProblem, parse);
  const parsed = {
    reply: read('--reply', reply, parseReply),
    expected: read('--expect', expect, parseExpectation),
  };
  if (parsed.reply?.kind === 'none' && parsed.expected !== null)
    throw new Failure('--expect compares the reply, and --reply none waits for none', EXIT.usage);
  return parsed;
}

/** What the user is told of a reply that was not as asked for. */
export function unmet({ shortcoming }: UnmetReply, theme: Theme): Failure {
  return new Failure(renderUnmetReply(shortcoming, theme), EXIT.unmet);
}

/** How a structure's bytes lie: for a person, or with --dump. */
function tellStruct(
  { layout, bytes }: Message,
  { stderr, env }: Context,
  options: SendCommandOptions,
  tell: Running['tell'],
): void {
  if (layout === null || bytes === null || options.json) return;
  const page = { theme: themeFor(stderr, options, env), width: widthOf(stderr) };
  tell('message', {}, renderRecord(layout, bytes, page), options.dump ? undefined : 'news');
}

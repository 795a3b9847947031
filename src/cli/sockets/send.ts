/** `socklab send`. */
import { send } from '../../socket/plan/send.ts';
import { UnmetReply } from '../../socket/plan/unmet-reply.ts';
import type { Reply } from '../../wire/reply.ts';
import type { Context } from '../context.ts';
import { datagramEndpoint, streamEndpoint } from '../endpoints.ts';
import { running } from '../running.ts';
import { themeFor } from '../theme.ts';
import { type ClientOptions, connectOptions, eventsFor } from './client.ts';
import { type MessageOptions, messageFor } from './message.ts';
import { type ReplyOptions, replyFor, unmet } from './reply.ts';
import { tellStruct } from './struct-shown.ts';
import { clientTls } from './tls.ts';
import { trafficOf } from './traffic.ts';

export interface SendCommandOptions extends ClientOptions, MessageOptions, ReplyOptions {
  readonly dump?: boolean;
}

export async function sendCommand(
  context: Context,
  where: string,
  words: readonly string[],
  options: SendCommandOptions,
): Promise<number> {
  const datagrams = datagramEndpoint(where);
  if (datagrams !== null) {
    const { sendDatagramsCommand } = await import('./datagrams/send.ts');
    return sendDatagramsCommand(context, datagrams, words, options);
  }
  const endpoint = streamEndpoint(where);
  const theme = themeFor(context.stderr, options, context.env);
  const { gap: gapMs, repeat = 1 } = options;
  const message = messageFor(options, words, theme);
  const { reply, expected } = replyFor(options, theme);
  const plan = connectOptions(options, options.timeout);
  const securing = await clientTls(endpoint, options);
  return running(context, options, async (run) => {
    const { session, stdio, output, tell } = run;
    tellStruct(message, context, options, tell);
    const content = await message.content(session, stdio, options.step === true);
    const traffic = trafficOf(context, options, options.dump === true);
    const exchange = { message: content, repeat, gapMs, reply: reply ?? TO_THE_END, expected };
    const around = { through: traffic.through, output: traffic.output(output) };
    const all = { ...plan, ...exchange, ...around, secure: securing?.(tell) ?? null };
    const sent = send(session, endpoint, all, eventsFor(run, message.size));
    await sent.catch((error: unknown) => {
      throw error instanceof UnmetReply ? unmet(error, theme) : error;
    });
  });
}

/** What is meant by default: a stream has no borders but its end. */
const TO_THE_END: Reply = { kind: 'eof' };

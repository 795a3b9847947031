/** `socklab send` over UDP and Unix datagram sockets. */
import { mostFor } from '../../../socket/datagram/datagram.ts';
import { repeated, wholeOf } from '../../../socket/datagram/lines.ts';
import { replyIn, sendDatagrams } from '../../../socket/datagram/send.ts';
import type { DatagramEndpoint } from '../../../socket/plan/addresses.ts';
import { UnmetReply } from '../../../socket/plan/unmet-reply.ts';
import type { Context } from '../../context.ts';
import { EXIT, Failure } from '../../exit.ts';
import { running } from '../../running.ts';
import { themeFor } from '../../theme.ts';
import { messageFor } from '../message.ts';
import { replyFor, unmet } from '../reply.ts';
import type { SendCommandOptions } from '../send.ts';
import { tellStruct } from '../struct-shown.ts';
import { trafficOf } from '../traffic.ts';
import { exchangeEvents, exchangeOptions } from './shared.ts';

export async function sendDatagramsCommand(
  context: Context,
  endpoint: DatagramEndpoint,
  words: readonly string[],
  options: SendCommandOptions,
): Promise<number> {
  const exchange = exchangeOptions(endpoint, options);
  const theme = themeFor(context.stderr, options, context.env);
  const message = messageFor(options, words, theme);
  const { reply, expected } = replyFor(options, theme);
  if (reply?.kind === 'eof')
    throw new Failure('--reply eof: datagrams have no end; a reply is one datagram', EXIT.usage);
  const { repeat = 1, gap: gapMs } = options;
  return running(context, options, async (world) => {
    const { session, stdio, output, tell } = world;
    tellStruct(message, context, options, tell);
    const content = await message.content(session, stdio, options.step === true);
    const traffic = trafficOf(context, options, options.dump === true);
    const messages =
      content instanceof Uint8Array
        ? repeated(content, repeat)
        : wholeOf(content, mostFor(endpoint));
    const sent = sendDatagrams(
      session,
      endpoint,
      {
        ...exchange,
        messages,
        gapMs,
        reply: reply?.kind === 'none' ? null : replyIn(reply, expected),
        output: traffic.output(output),
      },
      exchangeEvents(world, traffic),
    );
    await sent.catch((error: unknown) => {
      throw error instanceof UnmetReply ? unmet(error, theme) : error;
    });
  });
}

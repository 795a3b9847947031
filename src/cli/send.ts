/** `socklab send`. */
import { send } from '../socket/plan/send.ts';
import type { Source } from '../socket/stream/stream.ts';
import { type ClientOptions, connectOptions, eventsFor } from './client.ts';
import type { Context } from './context.ts';
import { streamEndpoint } from './endpoints.ts';
import { EXIT, Failure } from './exit.ts';
import { running } from './running.ts';
import type { Stdin } from './stdio.ts';
import { clientTls } from './tls.ts';

export async function sendCommand(
  context: Context,
  where: string,
  words: readonly string[],
  options: ClientOptions,
): Promise<number> {
  const endpoint = streamEndpoint(where);
  const stepping = options.step === true;
  const plan = connectOptions(options, options.timeout);
  const securing = await clientTls(endpoint, options, options.timeout);
  return running(context, options, ({ session, stdio, output, tell }) => {
    const message =
      words.length > 0 ? utf8(words.join(' ')) : messageFrom(stdio.stdin(stepping), stepping);
    const secure = securing?.(tell) ?? null;
    return send(session, endpoint, { ...plan, secure, message, output }, eventsFor(tell));
  });
}

/** @throws Failure where --step has the terminal, and the message can't come from there, too */
function messageFrom({ source, interactive }: Stdin, stepping: boolean): Source {
  if (!interactive || !stepping) return source;
  throw new Failure('give the message as TEXT, or on stdin from a pipe or file', EXIT.usage);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** `socklab connect` and `socklab send`. */
import { type ClientEvents, connect, send } from '../socket/plan/connect.ts';
import type { OnEof } from '../socket/plan/converse.ts';
import { Input } from '../socket/plan/input.ts';
import type { ConnectOptions } from '../socket/plan/open-connection.ts';
import type { Source } from '../socket/stream/stream.ts';
import type { Context } from './context.ts';
import { sourceEndpoint, tcpEndpoint } from './endpoints.ts';
import { EXIT, Failure } from './exit.ts';
import { type Running, type RunOptions, running } from './running.ts';
import type { Stdin } from './stdio.ts';

interface ClientOptions extends RunOptions {
  readonly timeout: number;
  readonly retry: number;
  readonly source?: string;
  readonly 4?: boolean;
  readonly 6?: boolean;
}

export interface ConnectCommandOptions extends ClientOptions {
  readonly onEof: OnEof;
}

export async function connectCommand(
  context: Context,
  where: string,
  options: ConnectCommandOptions,
): Promise<number> {
  const endpoint = tcpEndpoint(where);
  const plan = connectOptions(options, null);
  return running(context, options, ({ session, stdio, output, tell }) => {
    const { source, interactive } = stdio.stdin(options.step === true);
    const input = new Input(source, interactive);
    return connect(
      session,
      endpoint,
      { ...plan, input, output, onEof: options.onEof },
      eventsFor(tell),
    );
  });
}

export async function sendCommand(
  context: Context,
  where: string,
  words: readonly string[],
  options: ClientOptions,
): Promise<number> {
  const endpoint = tcpEndpoint(where);
  const stepping = options.step === true;
  const plan = connectOptions(options, options.timeout);
  return running(context, options, ({ session, stdio, output, tell }) => {
    const message =
      words.length > 0 ? utf8(words.join(' ')) : messageFrom(stdio.stdin(stepping), stepping);
    return send(session, endpoint, { ...plan, message, output }, eventsFor(tell));
  });
}

function connectOptions(options: ClientOptions, patienceMs: number | null): ConnectOptions {
  return {
    family: options[4] ? 4 : options[6] ? 6 : 0,
    timeoutMs: options.timeout,
    retryMs: options.retry,
    source: options.source === undefined ? null : sourceEndpoint(options.source),
    patienceMs,
  };
}

function eventsFor(tell: Running['tell']): ClientEvents {
  return {
    connected: ({ local, remote }) =>
      tell('connected', { local, remote }, `connected to ${remote} from ${local}`, 'news'),
    closed: ({ local, remote, bytesIn, bytesOut }) =>
      tell('closed', { local, remote, bytes_in: bytesIn, bytes_out: bytesOut }, 'closed', 'news'),
  };
}

/** @throws Failure where --step has the terminal, and the message can't come from there, too */
function messageFrom({ source, interactive }: Stdin, stepping: boolean): Source {
  if (!interactive || !stepping) return source;
  throw new Failure('give the message as TEXT, or on stdin from a pipe or file', EXIT.usage);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** `socklab connect`. */
import { connect } from '../socket/plan/connect.ts';
import type { OnEof } from '../socket/plan/converse.ts';
import { Input } from '../socket/plan/input.ts';
import { type ClientOptions, connectOptions, eventsFor } from './client.ts';
import type { Context } from './context.ts';
import { streamEndpoint } from './endpoints.ts';
import { running } from './running.ts';
import { clientTls } from './tls.ts';

export interface ConnectCommandOptions extends ClientOptions {
  readonly onEof: OnEof;
}

export async function connectCommand(
  context: Context,
  where: string,
  options: ConnectCommandOptions,
): Promise<number> {
  const endpoint = streamEndpoint(where);
  const plan = connectOptions(options, null);
  const securing = await clientTls(endpoint, options, options.timeout);
  return running(context, options, ({ session, stdio, output, tell }) => {
    const { source, interactive } = stdio.stdin(options.step === true);
    const input = new Input(source, interactive);
    return connect(
      session,
      endpoint,
      { ...plan, secure: securing?.(tell) ?? null, input, output, onEof: options.onEof },
      eventsFor(tell),
    );
  });
}

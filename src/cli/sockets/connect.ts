/** `socklab connect`. */
import { connect } from '../../socket/plan/connect.ts';
import type { OnEof } from '../../socket/plan/converse.ts';
import { Input } from '../../socket/plan/input.ts';
import { withEol } from '../../socket/stream/eol.ts';
import type { Eol } from '../../wire/eol.ts';
import type { Context } from '../context.ts';
import { datagramEndpoint, streamEndpoint } from '../endpoints.ts';
import { bytesLeft } from '../progress.ts';
import { running } from '../running.ts';
import { type ClientOptions, connectOptions, eventsFor } from './client.ts';
import { clientTls } from './tls.ts';
import { trafficOf } from './traffic.ts';

export interface ConnectCommandOptions extends ClientOptions {
  readonly onEof: OnEof;
  readonly idle?: number;
  readonly eol?: Eol;
  readonly hex?: boolean;
}

const STDIN = 0;

export async function connectCommand(
  context: Context,
  where: string,
  options: ConnectCommandOptions,
): Promise<number> {
  const datagrams = datagramEndpoint(where);
  if (datagrams !== null) {
    const { connectDatagramsCommand } = await import('./datagrams/connect.ts');
    return connectDatagramsCommand(context, datagrams, options);
  }
  const endpoint = streamEndpoint(where);
  const plan = connectOptions(options, null);
  const securing = await clientTls(endpoint, options);
  return running(context, options, (run) => {
    const { session, stdio, output, tell } = run;
    const { source, interactive } = stdio.stdin(options.step === true);
    const input = new Input(withEol(source, options.eol), interactive);
    const traffic = trafficOf(context, options, options.hex === true);
    const secure = securing?.(tell) ?? null;
    const around = { through: traffic.through, output: traffic.output(output) };
    return connect(
      session,
      endpoint,
      { ...plan, ...around, secure, input, onEof: options.onEof, idleMs: options.idle ?? null },
      eventsFor(run, () => bytesLeft(STDIN)),
    );
  });
}

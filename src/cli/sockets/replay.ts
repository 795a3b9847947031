/** `socklab replay`. */
import { readFileSync } from 'node:fs';
import { openConnection } from '../../socket/plan/open-connection.ts';
import { type Difference, type Recorded, recordedIn, replay } from '../../socket/plan/replay.ts';
import { renderDifference } from '../../view/difference.ts';
import { visibleText } from '../../view/visible.ts';
import { bytesJson } from '../../wire/json.ts';
import { type Entry, parseEntry, RecordProblem } from '../../wire/record.ts';
import { type Context, widthOf } from '../context.ts';
import { datagramEndpoint, streamEndpoint } from '../endpoints.ts';
import { EXIT, Failure } from '../exit.ts';
import { type Running, running } from '../running.ts';
import { themeFor } from '../theme.ts';
import { type ClientOptions, connectOptions } from './client.ts';
import { clientTls, type TlsClientArguments } from './tls.ts';

export interface ReplayCommandOptions extends ClientOptions, TlsClientArguments {
  readonly connection?: number;
  readonly timing?: boolean;
  readonly keepGoing?: boolean;
}

export async function replayCommand(
  context: Context,
  file: string,
  where: string,
  options: ReplayCommandOptions,
): Promise<number> {
  const { entries, datagrams } = entriesOf(file);
  const all = chosen(recordedIn(entries), file, options.connection);
  const page = {
    theme: themeFor(context.stderr, options, context.env),
    width: widthOf(context.stderr),
  };
  const again = await replayer(where, datagrams, options, file);
  return running(context, options, async (run) => {
    let differing = 0;
    for (const recorded of all) {
      const difference = await again(run, recorded);
      tellResult(run.tell, recorded, difference, page);
      if (difference !== null) differing++;
      if (difference !== null && !options.keepGoing) break;
    }
    if (differing === 0) return;
    throw new Failure(
      `${differing === 1 ? 'one connection was' : `${differing} connections were`} answered otherwise than in ${visibleText(file)}`,
      EXIT.unmet,
    );
  });
}

/** Sends one connection of the recording again. */
type Again = (run: Running, recorded: Recorded) => Promise<Difference | null>;

async function replayer(
  where: string,
  datagrams: boolean,
  options: ReplayCommandOptions,
  file: string,
): Promise<Again> {
  const timing = options.timing === true;
  const datagramsAt = datagramEndpoint(where);
  if ((datagramsAt !== null) !== datagrams) {
    const what = datagrams ? 'datagrams, which need udp:… or unixgram:…' : 'streams, not datagrams';
    throw new Failure(`${visibleText(file)} is a recording of ${what}`, EXIT.usage);
  }
  if (datagramsAt !== null) {
    const { datagramReplayer } = await import('./datagrams/replay.ts');
    return datagramReplayer(datagramsAt, options, timing);
  }
  const endpoint = streamEndpoint(where);
  const plan = connectOptions(options, options.timeout);
  const securing = await clientTls(endpoint, options);
  return async ({ session, tell }, recorded) => {
    const secure = securing?.(tell) ?? null;
    const connection = await openConnection(session, endpoint, { ...plan, secure });
    try {
      return await replay(session, connection, recorded, { timing });
    } finally {
      await connection.close();
    }
  };
}

function tellResult(
  tell: Running['tell'],
  { connection, turns }: Recorded,
  difference: Difference | null,
  page: Parameters<typeof renderDifference>[1],
): void {
  const bytes = (side: string) =>
    turns.reduce((sum, turn) => sum + (turn.from === side ? (turn.bytes?.length ?? 0) : 0), 0);
  const moved = { sent: bytes('client'), answered: bytes('server') };
  const fields = { connection, ...moved, same: difference === null };
  const said = `connection ${connection}: `;
  if (difference === null) {
    tell(
      'replayed',
      fields,
      `${said}${moved.sent} bytes sent, ${moved.answered} came back, the same as then`,
    );
  } else {
    const [head = '', ...rows] = renderDifference(difference, page);
    tell('replayed', { ...fields, ...json(difference) }, [`${said}${head}`, ...rows].join('\n'));
  }
}

function json(difference: Difference): Record<string, unknown> {
  const { kind, offset } = difference;
  return {
    difference: kind,
    offset,
    ...(kind === 'other' ? { expected: bytesJson(difference.expected) } : {}),
    ...(kind === 'short' ? { missing: difference.missing } : { came: bytesJson(difference.came) }),
  };
}

/** @throws Failure with the line that is no recording */
function entriesOf(file: string): { readonly entries: Entry[]; readonly datagrams: boolean } {
  const lines = contentOf(file).split('\n');
  const entries: Entry[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    try {
      const entry = parseEntry(line);
      if (entry !== null) entries.push(entry);
    } catch (error) {
      if (!(error instanceof RecordProblem)) throw error;
      throw new Failure(`${visibleText(file)}:${i + 1}: ${error.message}`, EXIT.usage);
    }
  }
  const [head] = entries;
  if (head?.type !== 'recording')
    throw new Failure(`${visibleText(file)}: no recording: it does not begin as one`, EXIT.usage);
  return { entries, datagrams: head.datagrams };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(`${visibleText(file)} can’t be read: ${visibleText(why)}`, EXIT.usage);
  }
}

function chosen(all: Recorded[], file: string, number: number | undefined): Recorded[] {
  const found = all.filter(({ connection }) => number === undefined || connection === number);
  if (found.length > 0) return found;
  const what = number === undefined ? 'no connection' : `no connection ${number}`;
  throw new Failure(`${visibleText(file)} has ${what} in it`, EXIT.usage);
}

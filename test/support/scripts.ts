/** Scripts checked and run on a session of their own, for tests. */
import { checkScript } from '../../src/script/check.ts';
import { type Result, type RunOptions, runScript, type Summary } from '../../src/script/run.ts';
import type { Value } from '../../src/socket/call.ts';
import { kindOfValue } from '../../src/socket/calls/kinds.ts';
import { TestSession } from './session.ts';

export interface Run {
  readonly results: readonly Result[];
  readonly summary: Summary;
  /** The session as the script left it; its sockets are closed. */
  readonly session: TestSession;
}

/**
 * @param known what names stand for before, as with `-D`
 * @throws Error where the script has mistakes
 */
export async function runText(
  text: string,
  options: Partial<RunOptions> = {},
  known: Readonly<Record<string, Value>> = {},
): Promise<Run> {
  const session = new TestSession();
  try {
    for (const [name, value] of Object.entries(known)) session.scope.give(name, value);
    const kinds = new Map([...session.values].map(([name, value]) => [name, kindOfValue(value)]));
    const { lines, mistakes } = checkScript(text, kinds, session.scope.structs);
    const [first] = mistakes;
    if (first !== undefined) throw new Error(`line ${first.line}: ${first.message}: ${first.text}`);
    const results: Result[] = [];
    const all = { timeoutMs: 5000, keepGoing: false, ...options };
    const summary = await runScript(session, lines, all, (result) => {
      results.push(result);
    });
    return { results, summary, session };
  } finally {
    session.close();
  }
}

/** The lines that failed, each with what was expected and what came. */
export function failures({ results }: Run): unknown[] {
  return results
    .filter(({ verdict }) => verdict !== 'met')
    .map(({ line, verdict, mismatch }) => ({ line: line.text, verdict, ...mismatch }));
}

/** A connection over loopback: `server` listens `where`, `client` and `conn` are its two ends. */
export const TCP = `server = socket(AF_INET, SOCK_STREAM, 0)
bind(server, 127.0.0.1:0)
listen(server, 5)
where = getsockname(server)
client = socket(AF_INET, SOCK_STREAM, 0)
connect(client, server)
conn = accept(server)
`;

/** Two sockets for datagrams: `server` has an address. */
export const UDP = `server = socket(AF_INET, SOCK_DGRAM, 0)
bind(server, 127.0.0.1:0)
client = socket(AF_INET, SOCK_DGRAM, 0)
`;

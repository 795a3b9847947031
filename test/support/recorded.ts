/** Sessions that were entered line by line and recorded, as the prompt does it. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Evaluator } from '../../src/script/evaluate.ts';
import { parseLine } from '../../src/script/parser.ts';
import { Recording } from '../../src/script/recording.ts';
import { settle } from '../../src/script/run.ts';
import { linesOf } from '../../src/script/source.ts';
import type { Step } from '../../src/socket/step.ts';
import { TestSession } from './session.ts';

export interface Recorded {
  readonly session: TestSession;
  readonly recording: Recording;
}

/** Carries the lines out; one that blocks and does not say `= blocked` is waited for. */
export async function recorded(text: string): Promise<Recorded> {
  const session = new TestSession();
  onTestFinished(() => session.close());
  const recording = new Recording(session);
  const evaluator = new Evaluator(session);
  for (const line of linesOf(text)) {
    const parsed = parseLine(line.text, session.scope.structs);
    if (parsed === null) continue;
    const note = recording.begin(parsed);
    const evaluation = await evaluator.run(parsed);
    note(evaluation);
    const stays = parsed.kind === 'call' && parsed.statement.expected?.kind === 'blocked';
    if (!stays) await evaluation.job?.step;
    await settle();
  }
  return { session, recording };
}

/** What the session’s reads gave, one after the other: `read(conn)` and its bytes. */
export function readsOf({ recording }: Recorded): { call: string; bytes: Uint8Array }[] {
  const steps = recording.all.flatMap((one) =>
    one.kind === 'line' && one.step !== null ? [one.step] : [],
  );
  return steps
    .sort((a, b) => a.n - b.n)
    .flatMap((step) => {
      const value = step.outcome.kind === 'value' ? step.outcome.value : null;
      if (!READS.has(step.call.name) || (value?.kind !== 'bytes' && value?.kind !== 'record'))
        return [];
      return [{ call: `${step.call.name}(${argument(step)})`, bytes: value.bytes }];
    });
}

const READS = new Set(['read', 'recv', 'recvfrom', 'recvuntil', 'recvline', 'recvn', 'recvall']);

function argument({ call }: Step): string {
  const [first] = call.args;
  return first?.kind === 'name' ? first.name : '';
}

/** A path for a Unix socket, which is not there, nor after the test. */
export function socketPath(): string {
  const path = join(tmpdir(), `socklab-${process.pid}-${++paths}.sock`);
  onTestFinished(() => rmSync(path, { force: true }));
  return path;
}

let paths = 0;

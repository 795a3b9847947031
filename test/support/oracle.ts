/** Runs scripts of calls by C's own functions on blocking sockets, to compare the answers. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Step } from '../../src/socket/step.ts';
import { TestSession } from './session.ts';
import { has } from './tools.ts';

/** `fd`, a number, an errno's name, an address with its port masked, bytes, or a structure. */
type Answer =
  | number
  | string
  | readonly number[]
  | { readonly bytes: string; readonly from?: string };

/** What is shown, and one answer in the script that must not be lost. */
interface Script {
  readonly shows: string;
  readonly statements: readonly string[];
  readonly notably: readonly [statement: string, answer: Answer];
}

const PROGRAM = fileURLToPath(new URL('oracle.py', import.meta.url));

/** Makes a test of each script: every answer is the one that C gives. */
export function answersAsInC(scripts: readonly Script[]): void {
  let session: TestSession;
  let fromC: Answer[][] = [];
  beforeAll(() => {
    if (has('python3')) fromC = askC(scripts.map((script) => script.statements));
  });
  beforeEach(() => {
    session = new TestSession();
  });
  afterEach(() => session.close());

  describe('the answers are those of C', () => {
    for (const [at, { shows, statements, notably }] of scripts.entries()) {
      it(shows, async (context) => {
        if (fromC.length === 0) context.skip('python3 is not installed');
        const ours = (await session.all(...statements)).map(answerOf);
        const told = (answers: readonly Answer[]) =>
          statements.map((statement, line) => [statement, answers[line]]);
        expect(told(ours)).toEqual(told(fromC[at] ?? []));
        expect(told(ours)).toContainEqual(notably);
      });
    }
  });
}

/** What each statement of each script answers in a C program. */
function askC(scripts: readonly (readonly string[])[]): Answer[][] {
  const child = spawnSync('python3', [PROGRAM], {
    input: JSON.stringify(scripts),
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (child.status !== 0) throw new Error(`the oracle failed: ${child.stderr}`);
  const answers: Answer[][] = JSON.parse(child.stdout);
  return answers.map((script) => script.map(masked));
}

/** What one of our own steps answered, in the same spelling. */
function answerOf(step: Step): Answer {
  const { outcome } = step;
  if (outcome.kind === 'error') return outcome.error.code;
  const { value } = outcome;
  switch (value.kind) {
    case 'socket':
    case 'pair':
      return 'fd';
    case 'integer':
      return value.value;
    case 'bytes':
      return { bytes: Buffer.from(value.bytes).toString('latin1'), ...sender(step) };
    case 'struct':
      return value.fields.map(Number);
    case 'address':
      return masked(value.address);
    default:
      throw new Error(`C has no answer like ${value.kind}`);
  }
}

/** Who sent the bytes, where the call asks for that. */
function sender({ call, details }: Step): { from?: string } {
  const from = details.find((detail) => detail.kind === 'from')?.address ?? 'nobody';
  return call.name === 'recvfrom' ? { from: masked(from) } : {};
}

/** Ports that the kernel picks differ from run to run. */
function masked(answer: string): string;
function masked(answer: Answer): Answer;
function masked(answer: Answer): Answer {
  if (typeof answer === 'object' && 'from' in answer) {
    return { ...answer, from: masked(answer.from ?? '') };
  }
  return typeof answer === 'string' ? answer.replace(/:[1-9]\d*$/, ':PORT') : answer;
}

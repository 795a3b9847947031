/** A prediction, held against what the kernel did. */
import { isMet } from '../../script/expected.ts';
import { printOutcome } from '../../script/print.ts';
import type { Value } from '../../socket/call.ts';
import type { Blocked } from '../../socket/session/job.ts';
import type { TcpState } from '../../socket/state.ts';
import type { Step } from '../../socket/step.ts';
import { whyBlocked } from '../why/blocking.ts';
import { type Evidence, socketNamed } from '../why/evidence.ts';
import { unreadAt } from '../why/history.ts';
import { whySurprising } from '../why/surprise.ts';
import type { Answer } from './answer.ts';
import { whyReturned, whyState } from './lesson.ts';
import type { Question } from './question.ts';

/** What became of the call: it has returned, or is blocked. */
export type Came =
  | { readonly kind: 'returned'; readonly step: Step }
  | { readonly kind: 'blocked'; readonly blocked: Blocked };

export interface Judgement {
  readonly kind: Question['kind'];
  readonly right: boolean;
  /** What came: `it returned 0`, `client is ESTABLISHED`. */
  readonly was: string;
  /** Why, in a sentence, where it was another than predicted; null where the step says it itself. */
  readonly why: string | null;
}

/** What a judgement may look at. */
export interface Aftermath extends Evidence {
  /** What names stand for: an answer can be one. */
  valueOf(name: string): Value | undefined;
}

/** Null where there is nothing to judge: it was skipped, or the kernel can’t be asked. */
export function judge(
  question: Question,
  answer: Answer,
  came: Came,
  after: Aftermath,
): Judgement | null {
  if (answer.kind === 'skipped') return null;
  if (question.kind === 'state')
    return answer.kind === 'state' ? stateJudged(question, answer.state, came, after) : null;
  const right = isRight(answer, came, after);
  if (came.kind === 'blocked') {
    const why = right ? null : whyBlocked(came.blocked, after);
    return { kind: 'result', right, was: 'it is blocked', why };
  }
  const { step } = came;
  const failed = step.outcome.kind === 'error';
  const why = right || failed ? null : (whySurprising(step, after) ?? whyReturned(step));
  const was = `it ${failed ? 'failed with' : 'returned'} ${printOutcome(step.outcome)}`;
  return { kind: 'result', right, was, why };
}

function isRight(answer: Answer, came: Came, after: Aftermath): boolean {
  if (answer.kind === 'blocked' || came.kind === 'blocked') return answer.kind === came.kind;
  const { outcome } = came.step;
  switch (answer.kind) {
    case 'failure':
      return outcome.kind === 'error';
    case 'success':
      return outcome.kind === 'value';
    case 'descriptor':
      return outcome.kind === 'value' && outcome.value.kind === 'socket';
    case 'text':
      return outcome.kind === 'value' && isText(outcome.value, answer.text);
    case 'expected': {
      const { expected } = answer;
      // getsockopt() gives its value; what C's function returns is as good an answer.
      const number =
        expected.kind === 'integer' &&
        outcome.kind === 'value' &&
        outcome.result === expected.value;
      return number || isMet(expected, outcome, (name) => after.valueOf(name));
    }
    default:
      return false;
  }
}

/** Without quotes nobody means to say how the line ends. */
function isText(value: Value, text: string): boolean {
  return 'bytes' in value && Buffer.from(value.bytes).toString().trim() === text;
}

function stateJudged(
  question: Extract<Question, { kind: 'state' }>,
  said: TcpState | null,
  came: Came,
  after: Aftermath,
): Judgement | null {
  const { socket: name, before, call } = question;
  const seen = came.kind === 'returned' ? came.step.sockets : [];
  const now = socketNamed(name, seen) ?? socketNamed(name, after.sockets);
  if (now?.state == null) return null;
  const reset = came.kind === 'returned' && unreadAt(came.step) > 0;
  const right = said === now.state || (!reset && passes(before, said, now.state));
  const was = `${name} is ${now.state}`;
  return {
    kind: 'state',
    right,
    was,
    why: right ? null : whyState(call, before, now.state, reset),
  };
}

/**
 * The peer's kernel acknowledges a FIN by itself, a moment sooner or later: whoever names the
 * state before that, or behind it, has understood as much.
 */
function passes(before: TcpState | null, said: TcpState | null, now: TcpState): boolean {
  const pair = [said, now].sort().join(' ');
  if (pair === 'FIN-WAIT-1 FIN-WAIT-2') return true;
  return pair === 'CLOSED LAST-ACK' && (before === 'CLOSE-WAIT' || before === 'LAST-ACK');
}

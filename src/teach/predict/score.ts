/** How many predictions were right. */
import type { Judgement } from './judge.ts';

export interface Tally {
  readonly asked: number;
  readonly right: number;
}

/** By what was asked. */
export type Score = Readonly<Record<Judgement['kind'], Tally>>;

const NONE: Tally = { asked: 0, right: 0 };

export const NO_SCORE: Score = { result: NONE, state: NONE };

export function scored(score: Score, { kind, right }: Judgement): Score {
  const before = score[kind];
  const tally = { asked: before.asked + 1, right: before.right + (right ? 1 : 0) };
  return { ...score, [kind]: tally };
}

/** `right 3 of 5: what returns 2 of 3, states 1 of 2`. */
export function scoreText({ result, state }: Score): string {
  const asked = result.asked + state.asked;
  if (asked === 0) return 'no prediction was made yet';
  return `right ${result.right + state.right} of ${asked}: what returns ${of(result)}, states ${of(state)}`;
}

function of({ right, asked }: Tally): string {
  return `${right} of ${asked}`;
}

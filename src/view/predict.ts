/** Questions before a call, and how the answers compare with what came. */
import type { Judgement } from '../teach/predict/judge.ts';
import type { Question } from '../teach/predict/question.ts';
import type { Page } from './page.ts';
import { renderNote } from './step.ts';

/** `  predict  What does listen(server, 2) return?  (0, an errno; Enter skips)` */
export function renderQuestion({ text, form }: Question, page: Page): string {
  return renderNote('predict', `${text}  (${form}; Enter skips)`, page);
}

/** @param said the answer as it was typed */
export function renderJudgement({ right, was, why }: Judgement, said: string, page: Page): string {
  const { theme } = page;
  if (right) return renderNote(theme.strong('right'), `${was}.`, page);
  const because = why === null ? '.' : `: ${why}`;
  return renderNote(theme.bad('wrong'), `you said ${said.trim()}, and ${was}${because}`, page);
}

/** A recorded session as JSON: its steps in the order in which they returned, and what changed by itself. */
import type { Recorded } from '../script/recording.ts';
import { changeJson, eventJson, stepJson } from './json.ts';

/** One object a line; the last one counts. `line` is where the step’s line stands among those entered. */
export function recordedJson(all: readonly Recorded[]): string {
  const events: { readonly at: number; readonly text: string }[] = [];
  let [last, expected, failed] = [0, 0, 0];
  for (const one of all) {
    if (one.kind === 'seen') {
      for (const change of one.changes) events.push({ at: last, text: changeJson(change) });
    } else if (one.step !== null) {
      const { step } = one;
      last = Math.max(last, step.n);
      events.push({ at: step.n, text: stepJson(step, one.number) });
      if (one.line.kind === 'call' && one.line.statement.expected !== null) expected++;
      if (!one.met) failed++;
    }
  }
  const steps = all.filter((one) => one.kind === 'line' && one.step !== null).length;
  const lines = events.sort((a, b) => a.at - b.at).map(({ text }) => text);
  return `${[...lines, eventJson('summary', { steps, expected, failed })].join('\n')}\n`;
}

/** A step as strace(1) writes it: `call(args) = result ERRNO (text) <seconds>`. */
import type { Step } from '../socket/step.ts';
import { inSigns } from './signs.ts';
import type { Theme } from './theme.ts';
import { visibleText } from './visible.ts';

export function renderTrace(
  { text, outcome, shown, durationUs, blockedUs }: Step,
  theme: Theme,
): string {
  const result =
    outcome.kind === 'value'
      ? visibleText(shown)
      : theme.bad(`-1 ${outcome.error.code} (${outcome.error.text})`);
  const seconds = ((durationUs + blockedUs) / 1e6).toFixed(6);
  return inSigns(`${visibleText(text)} = ${result} ${theme.dim(`<${seconds}>`)}`, theme);
}

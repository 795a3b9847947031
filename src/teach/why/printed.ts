/** Calls as they are written, in a sentence. */
import { printCall } from '../../script/print.ts';
import type { Call } from '../../socket/call.ts';
import type { Step } from '../../socket/step.ts';

/** Long data is no help in a sentence. */
const MOST = 48;

export function printed(call: Call): string {
  const text = printCall(call);
  return text.length <= MOST ? text : `${call.name}(…)`;
}

export function printedCall({ call }: Step): string {
  return printed(call);
}

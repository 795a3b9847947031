/** What `.why` says: each call again, and under it what it means here. */
import type { Now } from '../teach/why/now.ts';
import type { Page } from './page.ts';
import { renderBlocked, renderCall, renderWhy } from './step.ts';

export function renderNow({ reasons, more }: Now, page: Page): string {
  if (reasons.length === 0) return '  nothing to explain: no call has failed, and none is blocked';
  const told = reasons.map((reason) => {
    const call =
      reason.kind === 'step' ? renderCall(reason.step, page) : renderBlocked(reason.blocked, page);
    return `${call}\n${renderWhy(reason.why ?? 'nothing more is known of it here.', page)}`;
  });
  if (more > 0)
    told.push(
      `  ${more} more ${more === 1 ? 'call is' : 'calls are'} blocked: .jobs lists them, .why N explains one`,
    );
  return told.join('\n');
}

/** What `.why` says: each call again, and under it what it means here. */
import type { Reason } from '../teach/why/now.ts';
import type { Page } from './page.ts';
import { renderBlocked, renderCall, renderWhy } from './step.ts';

export function renderReasons(reasons: readonly Reason[], page: Page): string {
  if (reasons.length === 0) return '  nothing to explain: no call has failed, and none is blocked';
  return reasons
    .map((reason) => {
      const call =
        reason.kind === 'step'
          ? renderCall(reason.step, page)
          : renderBlocked(reason.blocked, page);
      return `${call}\n${renderWhy(reason.why ?? 'nothing more is known of it here.', page)}`;
    })
    .join('\n');
}

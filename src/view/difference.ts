/** Where a replayed connection was answered otherwise than then. */
import type { Difference } from '../socket/plan/replay.ts';
import { hexRows } from './hexdump.ts';
import type { Page } from './page.ts';

export function renderDifference(difference: Difference, page: Page): string[] {
  const { offset } = difference;
  const { theme } = page;
  switch (difference.kind) {
    case 'other':
      return [
        `the answer differs from byte ${offset} on`,
        `  ${theme.dim('then')}`,
        ...hexRows(difference.expected, offset, page),
        `  ${theme.bad('now')}`,
        ...hexRows(difference.came, offset, page),
      ];
    case 'short':
      return [`the answer ended after ${offset} bytes; then, ${difference.missing} more came`];
    case 'more':
      return [
        `the answer did not end after ${offset} bytes, as it did then; more came`,
        ...hexRows(difference.came, offset, page),
      ];
  }
}

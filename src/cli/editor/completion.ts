/** What a Tab does with what could stand there. */
import { inColumns } from '../../view/columns.ts';
import type { Page } from '../../view/page.ts';

export interface Completed {
  /** What is certain: it goes into the line. */
  readonly insert: string;
  /** All that is possible, in columns, for the second Tab. */
  readonly list: string;
}

/**
 * @param word what stands before the cursor, and is a beginning of all matches
 * @param rows how many rows the list may have
 */
export function completed(
  matches: readonly string[],
  word: string,
  page: Page,
  rows: number,
): Completed {
  const distinct = [...new Set(matches)];
  const [first = '', ...others] = distinct;
  let common = first;
  for (const other of others) {
    let same = 0;
    while (same < common.length && common[same] === other[same]) same++;
    common = common.slice(0, same);
  }
  // What was typed stays as it was typed.
  const insert = common.startsWith(word) ? common.slice(word.length) : '';
  return { insert, list: distinct.length < 2 ? '' : inColumns(distinct, page, rows) };
}

/** The connection was in order, but the reply was not what was asked for. */
import { type Expectation, meets } from '../../wire/expectation.ts';
import type { Reply } from '../../wire/reply.ts';

/** A reply that is compared has at most so many bytes. */
export const MOST_COMPARED = 16 * 1024 * 1024;

export type Shortcoming =
  /** The peer ended it in order before it was complete, after so many bytes. */
  | { readonly kind: 'short'; readonly reply: Reply; readonly came: number }
  | { readonly kind: 'different'; readonly expected: Expectation; readonly came: Uint8Array }
  /** It is longer than what is kept to be compared. */
  | { readonly kind: 'long' };

export class UnmetReply extends Error {
  override readonly name = 'UnmetReply';
  readonly shortcoming: Shortcoming;

  constructor(shortcoming: Shortcoming) {
    super(`the reply is ${shortcoming.kind}`);
    this.shortcoming = shortcoming;
  }
}

/**
 * @param came the whole reply; null where it was longer than MOST_COMPARED
 * @throws UnmetReply where it is not what was expected
 */
export function compare(expected: Expectation, came: Uint8Array | null, reply: Reply): void {
  if (came === null) throw new UnmetReply({ kind: 'long' });
  if (!meets(expected, came, reply)) throw new UnmetReply({ kind: 'different', expected, came });
}

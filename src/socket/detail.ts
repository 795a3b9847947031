/** What else there is to see of a step, besides its result and the changes. Plain data. */

import type { Layout } from '../wire/struct/layout.ts';

export type Detail =
  /** A system call that a library call made inside. */
  | { readonly kind: 'made'; readonly text: string }
  /**
   * Bytes in a buffer of the program's own: the kernel has them no longer (unread), or not yet
   * (unsent).
   */
  | {
      readonly kind: 'kept';
      /** The socket or FILE whose buffer it is. */
      readonly owner: string;
      readonly direction: 'unread' | 'unsent';
      readonly count: number;
      /** The first of them. */
      readonly bytes: Uint8Array;
    }
  /** Bytes that were in a FILE’s buffer when a flush failed: the library forgets them. */
  | { readonly kind: 'lost'; readonly owner: string; readonly count: number }
  /** The kernel sent a signal with the error; a C program that does not catch it ends. */
  | { readonly kind: 'signal'; readonly name: 'SIGPIPE' }
  /** A structure, as it lies in memory. */
  | { readonly kind: 'record'; readonly layout: Layout; readonly bytes: Uint8Array }
  /** Who sent the datagram: as text, and as the kernel wrote it. A Unix socket’s name need not be text. */
  | { readonly kind: 'from'; readonly address: string; readonly bytes: Uint8Array }
  /** A datagram that was longer than the room for it: the rest is lost. */
  | { readonly kind: 'cut'; readonly length: number }
  /** A number in both byte orders: as it lies in memory here, and on the network. */
  | {
      readonly kind: 'order';
      readonly value: number;
      readonly bytes: 2 | 4;
      readonly swapped: number;
    }
  /** What was found, one line each. */
  | { readonly kind: 'found'; readonly lines: readonly string[] }
  /** A value that a name was given. */
  | { readonly kind: 'given'; readonly name: string; readonly text: string };

/** The details of several as one list; most calls have none. */
export function together(...parts: (readonly Detail[] | undefined)[]): readonly Detail[] {
  let all: readonly Detail[] = [];
  for (const part of parts) {
    if (part !== undefined && part.length > 0) all = all.length === 0 ? part : [...all, ...part];
  }
  return all;
}

/** A sink for what nobody wants. */
import type { Sink } from './stream.ts';

export const nowhere: Sink = { busy: null, discards: true, write: () => null };

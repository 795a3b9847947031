/**
 * What recvline() and its kin read ahead. A program of ours reads no byte too many; so where the
 * session then asked the kernel itself, which had those bytes no longer, they are read and dropped.
 */
import type { Step } from '../../socket/step.ts';
import type { Act, Sock } from './story.ts';

export type Ahead = Pick<Act, 'ahead' | 'discarded'>;

export const NOTHING_AHEAD: Ahead = { ahead: 0, discarded: 0 };

const KEEPS: ReadonlySet<string> = new Set(['recvuntil', 'recvline', 'recvn', 'recvall']);
const ASKS: ReadonlySet<string> = new Set([
  ...['read', 'recv', 'recvfrom', 'poll', 'ioctl', 'fgets', 'fscanf'],
]);

export class ReadAhead {
  /** Bytes that are kept for each socket, and how many of them were dropped already. */
  private readonly sockets = new Map<Sock, { kept: number; dropped: number }>();

  take(name: string, sock: Sock, { outcome, details }: Step): Ahead {
    const state = this.sockets.get(sock) ?? { kept: 0, dropped: 0 };
    this.sockets.set(sock, state);
    if (ASKS.has(name)) {
      const ahead = state.kept - state.dropped;
      state.dropped = state.kept;
      return { ahead, discarded: 0 };
    }
    if (!KEEPS.has(name)) return NOTHING_AHEAD;
    const gave = outcome.kind === 'value' ? outcome.result : 0;
    const discarded = Math.min(gave, state.dropped);
    state.dropped -= discarded;
    const kept = details.find((one) => one.kind === 'kept' && one.direction === 'unread');
    state.kept = kept?.kind === 'kept' ? kept.count : 0;
    return { ahead: 0, discarded };
  }
}

/** Whose turn it is: while the peer waits for us, its silence is no fault of its own. */
import { errnoNumber } from '../../sys/platform.ts';
import { SocketError } from '../errors.ts';
import { isOwnLimit } from '../stream/idle.ts';
import type { Source } from '../stream/stream.ts';

const EAGAIN = -errnoNumber('EAGAIN');

/** Whether we are the ones who are waited for: in a pause, or while stdin gives nothing. */
export class OwnTurn {
  private waits = 0;

  /** It is ours until `waiting` is over. */
  async during(waiting: Promise<unknown>): Promise<void> {
    this.waits++;
    try {
      await waiting;
    } finally {
      this.waits--;
    }
  }

  /** The same source; while nothing comes from it, it is our turn. */
  waitingFor(source: Source): Source {
    return {
      dryWhenShort: source.dryWhenShort === true,
      plain: source.plain,
      read: (into) => source.read(into),
      readable: () => this.during(source.readable()),
    };
  }

  /** The peer's bytes: that none come is no timeout as long as it is our turn. */
  patientWith(source: Source): Source {
    const forgiven = (answer: ReturnType<Source['read']>) =>
      typeof answer === 'number' ? answer : answer.catch((error) => this.forgive(error));
    const { discard } = source;
    return {
      dryWhenShort: source.dryWhenShort === true,
      read: (into) => forgiven(source.read(into)),
      plain: source.plain,
      passed: (count) => source.passed?.(count),
      ...(discard && { discard: (into: Uint8Array) => forgiven(discard.call(source, into)) }),
      readable: () => source.readable().catch((error) => void this.forgive(error)),
    };
  }

  private forgive(error: unknown): number {
    if (error instanceof SocketError && isOwnLimit(error) && this.waits > 0) return EAGAIN;
    throw error;
  }
}

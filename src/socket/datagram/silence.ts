/** Silence: the only end that datagrams have. */
import { durationText } from '../../wire/duration.ts';
import { SocketError, type Where } from '../errors.ts';

/** Calls back once, when nothing has happened for a while. */
export class Silence {
  private readonly over: () => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(over: () => void) {
    this.over = over;
  }

  /** Something has happened: it may be silent for so long from now on, in milliseconds. */
  within(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.over, ms);
  }

  /** No silence is too long now. */
  stop(): void {
    clearTimeout(this.timer);
  }
}

/** Nothing came back, which proves nothing: there are no acknowledgements, and not all refusals come. */
export function noEvidence(ms: number, where: Where): SocketError {
  const text = `no evidence: nothing came back within ${durationText(ms)}`;
  return new SocketError({ call: 'recv', code: 'ETIMEDOUT', text }, where);
}

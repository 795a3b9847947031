/** The peers that were heard from lately: UDP has no connections to tell who is still there. */
import { keyOf, type Peer } from './datagram.ts';

export interface PeersOptions {
  /** At most so many: the one that was silent for longest makes way for the next. */
  readonly most: number;
  /** A peer that was silent for so long is forgotten, in milliseconds. */
  readonly forgetMs: number;
  /** Milliseconds since some fixed moment. */
  readonly clock?: () => number;
}

export class Peers {
  /** By address; those heard from last stand at the end. */
  private readonly known = new Map<string, { readonly peer: Peer; readonly at: number }>();
  private readonly options: PeersOptions;
  private readonly clock: () => number;
  private came: () => void = () => {};

  constructor(options: PeersOptions) {
    this.options = options;
    this.clock = options.clock ?? (() => performance.now());
  }

  heardFrom(peer: Peer): void {
    const key = keyOf(peer);
    this.known.delete(key);
    this.known.set(key, { peer, at: this.clock() });
    const [eldest] = this.known.keys();
    if (this.known.size > this.options.most && eldest !== undefined) this.known.delete(eldest);
    this.came();
  }

  forget(peer: Peer): void {
    this.known.delete(keyOf(peer));
  }

  /** Those that are known now, the one heard from last at the end. */
  all(): Peer[] {
    const since = this.clock() - this.options.forgetMs;
    for (const [key, { at }] of this.known) {
      if (at >= since) break;
      this.known.delete(key);
    }
    return [...this.known.values()].map(({ peer }) => peer);
  }

  /** Resolves when there is at least one. */
  async some(): Promise<void> {
    while (this.all().length === 0) {
      await new Promise<void>((resolve) => {
        this.came = resolve;
      });
    }
  }
}

/** What a service gets from outside. */
import type { Door } from '../door.ts';

export interface World {
  readonly door: Door;
  /** The time of day, in milliseconds since 1970. */
  now(): number;
  /** A number from 0 up to, and without, 1. */
  random(): number;
  /** --file and --dir, as they were written; null where they were not given. */
  readonly file: string | null;
  readonly dir: string | null;
  /** Tells whoever runs the server. */
  tell(news: News): void;
}

/** What a service has to say about itself. Text in it may have come from a peer. */
export interface News {
  /** As in --json. */
  readonly type: string;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
  readonly sentence: string;
  /** Of interest only to a person who watches. */
  readonly minor: boolean;
}

/** What the plans of a client have in common. */
import type { Connection } from '../stream/connection.ts';

/** What a client tells while it runs. */
export interface ClientEvents {
  connected(connection: Connection): void;
  closed(connection: Connection): void;
}

/** What a server does with a connection. To add a service is to add a file and a line in the table. */
import type { Connection } from '../stream/connection.ts';
import { discard } from './discard.ts';
import { echo } from './echo.ts';

export interface Service {
  /** Serves one connection until it is over; the caller closes it. @throws SocketError where it is lost */
  connection(connection: Connection): Promise<void>;
  /**
   * The answer to one datagram, null for none. Absent where the service makes no sense without a
   * connection.
   * @param from the sender, as an endpoint is written; null where it has no address
   */
  datagram?(bytes: Uint8Array, from: string | null): Uint8Array | null;
}

/** Makes a service for one run of a server. */
export type ServiceMaker = () => Service;

export const services: ReadonlyMap<string, ServiceMaker> = new Map([
  ['echo', () => echo],
  ['discard', () => discard],
]);

/** What a server does with a connection. To add a service is to add a file and a line in the table. */
import type { Connection } from '../stream/connection.ts';
import { discard } from './discard.ts';
import { echo } from './echo.ts';

/** Serves one connection until it is over; the caller closes it. @throws SocketError where it is lost */
export type Service = (connection: Connection) => Promise<void>;

export const services: ReadonlyMap<string, Service> = new Map([
  ['echo', echo],
  ['discard', discard],
]);

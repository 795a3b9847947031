/** What a server does with a connection. To add a service is to add a file and a line in the table. */
import type { Connection } from '../stream/connection.ts';
import type { Sink } from '../stream/stream.ts';
import { chargen } from './chargen.ts';
import { chat } from './chat/chat.ts';
import { daytime } from './daytime.ts';
import { discard } from './discard.ts';
import { echo } from './echo.ts';
import { file } from './file.ts';
import { http } from './http/http.ts';
import { printer } from './printer/printer.ts';
import { time } from './time.ts';
import type { World } from './world.ts';

export interface Service {
  /**
   * Serves one connection until it is over; the caller closes it.
   * @param givenUp resolves where the caller has closed it early; absent where that can't be. Who
   *   waits for somebody else then learns of it.
   * @throws SocketError where it is lost
   */
  connection(connection: Connection, givenUp?: Promise<void>): Promise<void>;
  /**
   * Where the peer's bytes go, where that is all that connection() does: whoever has ten thousand such
   * connections can do it himself, without a promise for each.
   */
  readonly into?: (connection: Connection) => Sink;
  /**
   * The answer to one datagram, null for none. Absent where the service makes no sense without a
   * connection.
   * @param from the sender, as an endpoint is written; null where it has no address
   */
  datagram?(bytes: Uint8Array, from: string | null): Uint8Array | null;
}

/** How to get a service, and what it must be given. */
export interface ServiceMaker {
  /** Whether it takes a file or a folder. Where it needs one, `make` gets one. */
  readonly file?: 'needed';
  readonly dir?: 'needed' | 'optional';
  /** Makes it for one run of a server. @throws Unsuitable where the file or folder is not what it takes */
  make(world: World): Service;
}

export const services: ReadonlyMap<string, ServiceMaker> = new Map<string, ServiceMaker>([
  ['echo', { make: () => echo }],
  ['discard', { make: () => discard }],
  ['chargen', { make: chargen }],
  ['daytime', { make: daytime }],
  ['time', { make: time }],
  ['chat', { make: chat }],
  ['http', { make: http, dir: 'optional' }],
  ['file', { make: file, file: 'needed' }],
  ['printer', { make: printer, dir: 'needed' }],
]);

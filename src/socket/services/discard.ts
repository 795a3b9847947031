/** Discard (RFC 863): "throws away any data it receives. No response is sent." */
import { pump } from '../stream/pump.ts';
import type { Sink } from '../stream/stream.ts';
import type { Service } from './service.ts';

const nowhere: Sink = { busy: null, write: () => null };

export const discard: Service = {
  connection: (connection) => pump(connection.source, nowhere, connection.buffer),
  datagram: () => null,
};

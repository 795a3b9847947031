/** Discard (RFC 863): "throws away any data it receives. No response is sent." */

import { nowhere } from '../stream/nowhere.ts';
import { pump } from '../stream/pump.ts';
import type { Service } from './service.ts';

export const discard: Service = {
  connection: (connection) => pump(connection.source, nowhere, connection.buffer),
  datagram: () => null,
};

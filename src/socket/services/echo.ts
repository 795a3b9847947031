/** Echo (RFC 862): "any data received is sent back". */
import { pump } from '../stream/pump.ts';
import type { Service } from './service.ts';

export const echo: Service = {
  async connection(connection) {
    await pump(connection.source, connection.sink, connection.buffer);
    while (connection.sink.busy !== null) await connection.sink.busy;
  },
  datagram: (bytes) => bytes,
};

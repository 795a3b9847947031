/** Echo (RFC 862): "any data received is sent back". */
import type { Connection } from '../stream/connection.ts';
import { pump } from '../stream/pump.ts';
import type { Service } from './service.ts';

const into = ({ sink }: Connection) => sink;

export const echo: Service = {
  connection: (connection) => pump(connection.source, into(connection), connection.buffer),
  into,
  datagram: (bytes) => bytes,
};

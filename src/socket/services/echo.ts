/** Echo (RFC 862): "any data received is sent back". */
import { pump } from '../stream/pump.ts';
import type { Service } from './service.ts';

export const echo: Service = {
  connection: ({ source, sink, buffer }) => pump(source, sink, buffer),
  datagram: (bytes) => bytes,
};

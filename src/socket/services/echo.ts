/** Echo (RFC 862): "any data received is sent back". */
import { pump, pumpTo } from '../stream/pump.ts';
import type { Service } from './service.ts';

export const echo: Service = {
  connection: ({ source, sink, buffer }) => pump(source, sink, buffer),
  attend: ({ source, sink, buffer }, end) => pumpTo(end, source, sink, buffer),
  datagram: (bytes) => bytes,
};

/** Discard (RFC 863): "throws away any data it receives. No response is sent." */

import { nowhere } from '../stream/nowhere.ts';
import { pump, pumpTo } from '../stream/pump.ts';
import type { Service } from './service.ts';

export const discard: Service = {
  connection: ({ source, buffer }) => pump(source, nowhere, buffer),
  attend: ({ source, buffer }, end) => pumpTo(end, source, nowhere, buffer),
  datagram: () => null,
};

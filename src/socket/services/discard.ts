/** Discard (RFC 863): "throws away any data it receives. No response is sent." */

import { nowhere } from '../stream/nowhere.ts';
import { pump } from '../stream/pump.ts';
import type { Service } from './service.ts';

export const discard: Service = {
  connection: ({ source, buffer }) => pump(source, nowhere, buffer),
  into: () => nowhere,
  datagram: () => null,
};

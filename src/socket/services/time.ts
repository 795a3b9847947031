/** Time (RFC 868): "sends the time as a 32 bit binary number", the seconds since 1900. */
import { farewell } from '../stream/farewell.ts';
import type { Service } from './service.ts';
import type { World } from './world.ts';

/** RFC 868: "the time 2,208,988,800 corresponds to 00:00 1 Jan 1970 GMT". */
const SECONDS_TO_1970 = 2_208_988_800;

export function time({ door, now }: World): Service {
  const answer = () => {
    const bytes = new Uint8Array(4);
    // After 06:28:15 UTC on 7 February 2036 the number begins anew at 0, as NTP's does: only the
    // lower 32 bits are kept.
    new DataView(bytes.buffer).setUint32(0, Math.floor(now() / 1000) + SECONDS_TO_1970);
    return bytes;
  };
  return {
    async connection(connection) {
      await connection.sink.write(answer());
      await farewell(door, connection);
    },
    datagram: answer,
  };
}

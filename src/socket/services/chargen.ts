/** Character generator (RFC 864): "simply sends data without regard to the input". */
import { SocketError } from '../errors.ts';
import { pump, READS_A_TURN } from '../stream/pump.ts';
import type { Sink } from '../stream/stream.ts';
import type { Service } from './service.ts';
import type { World } from './world.ts';

const FIRST = 0x20;
const PRINTABLE = 95;
const LINE = 72;
const LINE_BYTES = LINE + 2;
/** The longest answer in a datagram: "a random number (between 0 and 512) of characters". */
const MOST_IN_DATAGRAM = 512;
/** The pattern begins anew after 95 lines; so many rounds are handed over at once. */
const ROUNDS = 9;

const nowhere: Sink = { busy: null, write: () => null };

export function chargen({ random }: World): Service {
  const lines = pattern(ROUNDS * PRINTABLE);
  let next = 0;
  return {
    async connection(connection) {
      // What the peer sends is thrown away. Its FIN does not end it: it may still want to read.
      pump(connection.source, nowhere, connection.buffer).catch(() => {});
      try {
        for (let writes = 1; ; writes++) {
          await connection.sink.write(lines);
          if (writes % READS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
        }
      } catch (error) {
        if (!(error instanceof SocketError) || !GONE.includes(error.code)) throw error;
      }
    },
    datagram() {
      const start = LINE_BYTES * next++;
      if (next === PRINTABLE) next = 0;
      return lines.slice(start, start + Math.floor(random() * (MOST_IN_DATAGRAM + 1)));
    },
  };
}

/** "This continues until the calling user terminates the connection": its usual end. */
const GONE = ['EPIPE', 'ECONNRESET'];

/** 72 of the 95 printable characters a line, each line beginning one further on. */
function pattern(lines: number): Uint8Array {
  const bytes = new Uint8Array(lines * LINE_BYTES);
  for (let line = 0; line < lines; line++) {
    const start = line * LINE_BYTES;
    for (let at = 0; at < LINE; at++) bytes[start + at] = FIRST + ((line + at) % PRINTABLE);
    bytes.set([0x0d, 0x0a], start + LINE);
  }
  return bytes;
}

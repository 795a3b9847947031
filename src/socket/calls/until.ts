/**
 * Reading until something comes: several read(2) calls, and a buffer that keeps what came too
 * much. The bytes that are kept are no longer the kernel's, so read() does not see them.
 */
import type { Result, Sys } from '../../sys/sys.ts';
import type { ByteQueue } from '../../wire/byte-queue.ts';
import { quoted, quotedShort } from '../../wire/bytes.ts';
import type { Detail } from '../detail.ts';
import { BadCall } from '../errors.ts';
import { type Arguments, MOST_BYTES } from './arguments.ts';
import { queueDetail } from './kept.ts';
import { orPending } from './pending.ts';
import { structOf } from './room.ts';
import {
  BYTES_SHOWN,
  COUNT,
  type Made,
  type Param,
  type Prepared,
  type Row,
  SOCKET,
} from './row.ts';

const EMPTY = { on: 'readable', because: 'nothing has arrived yet' } as const;
const PATTERN: Param = { name: 'until', kind: 'bytes' };
/** One read(2) asks for so many bytes at most. */
const CHUNK = 64 * 1024;
/** So many of the reads inside are shown. */
const READS_SHOWN = 8;

export const untilCalls: readonly Row[] = [
  {
    name: 'recvuntil',
    kind: 'library',
    params: [SOCKET, PATTERN],
    signature: 'recvuntil(socket, "\\r\\n")',
    does: 'Reads until these bytes have come, and gives all up to and with them. What came behind them is kept for the next one.',
    example: 'recvuntil(conn, "\\r\\n\\r\\n")',
    source: 'read(2)',
    blocks: EMPTY,
    gives: 'bytes',
    uses: ['read'],
    prepare: (args) => {
      args.socket(0);
      const pattern = args.bytes(1);
      if (pattern.length === 0) throw new BadCall('what to read until is at least one byte', 1);
      return reading(args, untilPattern(pattern), quotedShort(pattern, BYTES_SHOWN), false);
    },
  },
  {
    name: 'recvline',
    kind: 'library',
    params: [SOCKET],
    signature: 'recvline(socket)',
    does: 'Reads one line, to its "\\n", which belongs to it. What came behind it is kept for the next one.',
    example: 'recvline(conn)',
    source: 'read(2)',
    blocks: EMPTY,
    gives: 'bytes',
    uses: ['read'],
    prepare: (args) => {
      args.socket(0);
      return reading(args, untilPattern(Uint8Array.of(0x0a)), null, false);
    },
  },
  {
    name: 'recvn',
    kind: 'library',
    params: [SOCKET, { ...COUNT, kind: 'room' }],
    signature: 'recvn(socket, 100)',
    does: 'Reads exactly so many bytes, in as many reads as it takes: one write() is not one read().',
    example: 'recvn(conn, 100)',
    source: 'read(2)',
    blocks: EMPTY,
    gives: 'bytes',
    uses: ['read'],
    prepare: (args) => {
      args.socket(0);
      const layout = structOf(args);
      const count = layout?.size ?? args.size(1);
      const enough = (kept: ByteQueue) => (kept.length >= count ? count : -1);
      const read = reading(args, enough, String(count), false);
      if (layout === null) return read;
      return {
        ...read,
        attempt: (sys, done) => {
          const made = read.attempt(sys, done);
          if (made.value?.kind !== 'bytes') return made;
          const record = { kind: 'record', layout, bytes: made.value.bytes } as const;
          return { ...made, value: record, details: [record, ...(made.details ?? [])] };
        },
      };
    },
  },
  {
    name: 'recvall',
    kind: 'library',
    params: [SOCKET],
    signature: 'recvall(socket)',
    does: 'Reads everything up to the end of file: until the peer has sent FIN.',
    example: 'recvall(conn)',
    source: 'read(2)',
    blocks: EMPTY,
    gives: 'bytes',
    uses: ['read'],
    prepare: (args) => {
      args.socket(0);
      return reading(args, () => -1, null, true);
    },
  },
];

/** How many bytes of the buffer are the answer; −1 where it is not there yet. */
type Enough = (kept: ByteQueue) => number;

/** Looks at each byte once, however often it is asked. */
function untilPattern(pattern: Uint8Array): Enough {
  // Counted from the stream's beginning: another call may take bytes while this one waits.
  let seen = 0;
  return (kept) => {
    const at = kept.indexOf(pattern, Math.max(0, seen - kept.taken));
    seen = kept.taken + Math.max(0, kept.length - pattern.length + 1);
    return at === -1 ? -1 : at + pattern.length;
  };
}

function reading(
  args: Arguments,
  enough: Enough,
  word: string | null,
  toTheEnd: boolean,
): Prepared {
  const socket = args.socket(0);
  const { kept, fd, name } = socket;
  const text = `${args.call.name}(${[fd, ...(word === null ? [] : [word])].join(', ')})`;
  const reads: string[] = [];
  let count = 0;
  const details = (): Detail[] => [
    ...reads.map((made): Detail => ({ kind: 'made', text: made })),
    ...(count > READS_SHOWN
      ? [{ kind: 'made', text: `… ${count - READS_SHOWN} more reads` } as const]
      : []),
    ...queueDetail(name, 'unread', kept),
  ];
  const give = (length: number): Made => {
    const bytes = kept.take(length);
    return {
      result: length,
      value: { kind: 'bytes', bytes },
      shown: quotedShort(bytes, BYTES_SHOWN),
      details: details(),
    };
  };
  const take = (sys: Sys): Result => {
    const result = orPending(socket, () => readMore(sys, fd, kept));
    if (result >= 0 && ++count <= READS_SHOWN) reads.push(lastRead(fd, kept, result));
    return result;
  };
  return {
    text,
    ...(kept.length === 0
      ? {}
      : { because: `only ${quotedShort(kept.peek(33), 32)} is there yet` }),
    attempt: (sys): Made => {
      for (;;) {
        const length = enough(kept);
        if (length !== -1) return give(length);
        if (kept.length > MOST_BYTES) return { ...tooMuch(text), details: details() };
        const result = take(sys);
        if (result < 0) return { result, details: details() };
        if (result > 0) continue;
        // End of file. With nothing before it, it reads as read() has it: no bytes.
        if (toTheEnd || kept.length === 0) return give(kept.length);
        return { ...endedEarly(word), details: details() };
      }
    },
  };
}

const chunk = new Uint8Array(CHUNK);

/** One read(2) into the buffer. */
export function readMore(sys: Sys, fd: number, into: ByteQueue, most = CHUNK): Result {
  const room = most < CHUNK ? chunk.subarray(0, most) : chunk;
  const result = sys.read(fd, room);
  if (result > 0) into.push(room.subarray(0, result));
  return result;
}

function lastRead(fd: number, kept: ByteQueue, result: number): string {
  const came = kept.peek(kept.length).subarray(kept.length - result);
  return `read(${fd}, ${quotedShort(came, BYTES_SHOWN)}, ${CHUNK}) = ${result}`;
}

/** Neither data nor an end of file: what came before the end is kept, and stays so. */
function endedEarly(word: string | null): Made {
  const until = word ?? quoted(Uint8Array.of(0x0a));
  const missing = /^\d+$/.test(until) ? `before ${until} bytes had come` : `before ${until}`;
  return { result: -1, failure: { code: 'EOF', text: `end of file ${missing}` } };
}

function tooMuch(text: string): Made {
  const why = `more than ${MOST_BYTES} bytes came, and ${text} had not found its end`;
  return { result: -1, failure: { code: 'ENOBUFS', text: why } };
}

/** The calls that move bytes. */
import { errnoNumber } from '../../sys/platform.ts';
import { quotedShort } from '../../wire/bytes.ts';
import type { Arguments } from './arguments.ts';
import { BYTES_SHOWN, type Prepared, type Row, SOCKET } from './row.ts';

export const transferCalls: readonly Row[] = [
  {
    name: 'read',
    params: [SOCKET, { name: 'count', kind: 'size' }],
    signature: 'ssize_t read(int fd, void *buf, size_t count);',
    does: 'Takes up to count bytes that have arrived. 0 bytes mean end of file: the peer sent FIN.',
    example: 'read(conn, 64)',
    source: 'read(2)',
    blocks: { on: 'readable', because: 'nothing has arrived yet' },
    prepare: (args) => {
      const { fd } = args.socket(0);
      const buffer = new Uint8Array(args.size(1));
      const text = (shown: string) => `read(${fd}, ${shown}, ${buffer.length})`;
      return {
        text: text('…'),
        attempt: (sys) => {
          const result = sys.read(fd, buffer);
          if (result < 0) return { result };
          // A copy: the room that was made for more is not kept with the step.
          const bytes = buffer.slice(0, result);
          return {
            result,
            value: { kind: 'bytes', bytes },
            text: text(quotedShort(bytes, BYTES_SHOWN)),
          };
        },
      };
    },
  },
  {
    name: 'write',
    params: [SOCKET, { name: 'bytes', kind: 'bytes' }],
    signature: 'ssize_t write(int fd, const void *buf, size_t count);',
    does: 'Hands bytes to the kernel, which sends them. It may take fewer than it was given.',
    example: 'write(client, "hello\\n")',
    source: 'write(2)',
    blocks: { on: 'writable', because: 'the send buffer is full: the peer does not read' },
    prepare: write,
  },
];

/** write(2): where some bytes went out before an error, the call returns their count. */
function write(args: Arguments): Prepared {
  const { fd } = args.socket(0);
  const bytes = args.bytes(1);
  return {
    text: `write(${fd}, ${quotedShort(bytes, BYTES_SHOWN)}, ${bytes.length})`,
    attempt: (sys, done) => {
      const now = sys.write(fd, bytes.subarray(done));
      if (now < 0 && done === 0) return { result: now };
      const result = done + Math.max(now, 0);
      const failed = now < 0 && now !== -errnoNumber('EAGAIN');
      return { result, rest: failed ? 0 : bytes.length - result };
    },
  };
}

/** The calls that send bytes, and their way through a full send buffer. */
import { constant, constants, errnoNumber } from '../../sys/platform.ts';
import { addressFields, decodeAddress, formatAddress } from '../../sys/sockaddr.ts';
import type { Result, Sys } from '../../sys/sys.ts';
import { quotedShort } from '../../wire/bytes.ts';
import type { Detail } from '../detail.ts';
import { BadCall } from '../errors.ts';
import type { SocketRecord } from '../socket-table.ts';
import { addressArgument } from './address-argument.ts';
import type { Arguments } from './arguments.ts';
import { flagsOf, MSG } from './flags.ts';
import { orPending } from './pending.ts';
import {
  ADDRESS,
  BYTES_SHOWN,
  COUNT,
  LENGTH,
  type Made,
  type Param,
  type Prepared,
  type Row,
  SOCKET,
} from './row.ts';
import { shownAddress } from './socket-address.ts';

const AF_UNIX = constant('AF_UNIX');
const BYTES: Param = { name: 'bytes', kind: 'bytes' };
const FULL = {
  on: 'writable',
  because: 'the send buffer is full: the peer does not read',
} as const;

export const sendingCalls: readonly Row[] = [
  {
    name: 'write',
    kind: 'system',
    params: [SOCKET, BYTES],
    alsoAs: [[SOCKET, BYTES, COUNT]],
    signature: 'ssize_t write(int fd, const void *buf, size_t count);',
    does: 'Hands bytes to the kernel, which sends them. It may take fewer than it was given.',
    example: 'write(client, "hello\\n")',
    source: 'write(2)',
    blocks: FULL,
    gives: 'integer',
    prepare: (args) => {
      const socket = args.socket(0);
      const bytes = counted(args);
      return sending(args, {
        text: `write(${socket.fd}, ${quotedShort(bytes, BYTES_SHOWN)}, ${bytes.length})`,
        bytes,
        socket,
        flags: 0,
        send: (sys, rest) => sys.write(socket.fd, rest),
      });
    },
  },
  {
    name: 'send',
    kind: 'system',
    params: [SOCKET, BYTES, { ...MSG, optional: true }],
    alsoAs: [
      [SOCKET, BYTES, COUNT],
      [SOCKET, BYTES, COUNT, MSG],
    ],
    signature: 'ssize_t send(int sockfd, const void *buf, size_t len, int flags);',
    does: 'As write(), with flags: MSG_OOB sends urgent data, MSG_DONTWAIT does not wait, MSG_NOSIGNAL spares the SIGPIPE.',
    example: 'send(client, "!", MSG_OOB)',
    source: 'send(2)',
    blocks: FULL,
    gives: 'integer',
    prepare: (args) => {
      const socket = args.socket(0);
      const bytes = counted(args);
      const { flags, shown } = flagsOf(args);
      return sending(args, {
        text: `send(${socket.fd}, ${quotedShort(bytes, BYTES_SHOWN)}, ${bytes.length}, ${shown})`,
        bytes,
        socket,
        flags,
        send: (sys, rest) => sys.send(socket.fd, rest, flags),
      });
    },
  },
  {
    name: 'sendto',
    kind: 'system',
    params: [SOCKET, BYTES, ADDRESS],
    alsoAs: [
      [SOCKET, BYTES, MSG, ADDRESS],
      [SOCKET, BYTES, COUNT, MSG, ADDRESS, LENGTH],
    ],
    signature:
      'ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr, socklen_t addrlen);',
    does: 'Sends a datagram to an address, without a connection.',
    example: 'sendto(client, "hello", 127.0.0.1:8888)',
    source: 'sendto(2)',
    blocks: FULL,
    gives: 'integer',
    uses: ['sendto', 'send'],
    prepare: sendto,
  },
];

function sendto(args: Arguments): Prepared {
  const socket = args.socket(0);
  const bytes = counted(args);
  const { flags, shown } = flagsOf(args);
  const at = args.where('address');
  const start = `sendto(${socket.fd}, ${quotedShort(bytes, BYTES_SHOWN)}, ${bytes.length}, ${shown}`;
  // A connected socket needs none: sendto(…, NULL, 0) is send().
  if (args.at(at).kind === 'null') {
    const send = (sys: Sys, rest: Uint8Array) => sys.send(socket.fd, rest, flags);
    return sending(args, { text: `${start}, NULL, 0)`, bytes, socket, flags, send });
  }
  const address = addressArgument(args, at, socket.domain);
  const to = decodeAddress(address);
  return {
    ...sending(args, {
      text: `${start}, ${shownAddress(to)}, ${address.length})`,
      bytes,
      socket,
      flags,
      send: (sys, rest) => sys.sendto(socket.fd, rest, flags, address),
    }),
    layout: addressFields(address),
    address: formatAddress(to),
    // The receiver's queue can be full, and poll(2) looks at that only where the two are connected.
    untold: socket.domain === AF_UNIX,
  };
}

/** The bytes to send; C says how many of them. */
function counted(args: Arguments): Uint8Array {
  const bytes = args.bytes(1);
  const at = args.where('count');
  if (at === -1) return bytes;
  const count = args.size(at);
  if (count > bytes.length) {
    throw new BadCall(
      `there are ${bytes.length} bytes, not ${count}; C would send what lies behind them in memory`,
      at,
    );
  }
  return bytes.subarray(0, count);
}

interface Sending {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly socket: SocketRecord;
  readonly flags: number;
  send(sys: Sys, bytes: Uint8Array): Result;
}

/** write(2): where some bytes went out before an error, the call returns their count. */
function sending(args: Arguments, { text, bytes, socket, flags, send }: Sending): Prepared {
  const value = args.value(1);
  return {
    text,
    details: value?.kind === 'record' ? [{ ...value, bytes }] : [],
    dontWait: (flags & (constants.get('MSG_DONTWAIT') ?? 0)) !== 0,
    attempt: (sys, done): Made => {
      const now =
        done === 0 ? orPending(socket, () => send(sys, bytes)) : send(sys, bytes.subarray(done));
      if (now < 0 && done === 0) return { result: now, details: signalWith(now, socket, flags) };
      const result = done + Math.max(now, 0);
      const failed = now < 0 && now !== -errnoNumber('EAGAIN');
      // EPIPE is no error of the socket's: it comes again by itself.
      if (failed && now !== -errnoNumber('EPIPE')) socket.pendingErrno = -now;
      return { result, rest: failed ? 0 : bytes.length - result };
    },
  };
}

/**
 * send(2): EPIPE on a stream socket comes with SIGPIPE, unless MSG_NOSIGNAL was given. Node
 * ignores the signal, so that socklab goes on; a C program that does not ends there.
 */
export function signalWith(
  result: Result,
  { type }: SocketRecord,
  flags: number,
): readonly Detail[] {
  if (result !== -errnoNumber('EPIPE') || type !== constant('SOCK_STREAM')) return [];
  const spared = (flags & (constants.get('MSG_NOSIGNAL') ?? 0)) !== 0;
  return spared ? [] : [{ kind: 'signal', name: 'SIGPIPE' }];
}

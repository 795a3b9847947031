/** The calls that take bytes out of the kernel's receive queue. */
import { scratch, zeroed } from '../../sys/memory.ts';
import { constant, constants, errnoNumber } from '../../sys/platform.ts';
import { ADDRESS_STORAGE, decodeAddress, formatAddress } from '../../sys/sockaddr.ts';
import { type OutBuffer, outBuffer, type Result, type Sys, written } from '../../sys/sys.ts';
import { quotedShort } from '../../wire/bytes.ts';
import type { Value } from '../call.ts';
import type { Detail } from '../detail.ts';
import type { Scope } from '../scope.ts';
import type { SocketRecord } from '../socket-table.ts';
import type { Arguments } from './arguments.ts';
import { flagsOf, MSG } from './flags.ts';
import { keptDetail } from './kept.ts';
import { orPending } from './pending.ts';
import { type Room, roomOf } from './room.ts';
import {
  BUFFER,
  BYTES_SHOWN,
  COUNT,
  type Made,
  type Param,
  type Prepared,
  type Row,
  SOCKET,
} from './row.ts';
import { shownAddress } from './socket-address.ts';

const ROOM: Param = { name: 'count', kind: 'room' };
const INTO: Param = { ...BUFFER, counted: true };
const FROM: Param = { name: 'from', kind: 'out' };
const EMPTY = { on: 'readable', because: 'nothing has arrived yet' } as const;

export const receivingCalls: readonly Row[] = [
  {
    name: 'read',
    kind: 'system',
    params: [SOCKET, ROOM],
    alsoAs: [[SOCKET, INTO, COUNT]],
    signature: 'ssize_t read(int fd, void *buf, size_t count);',
    does: 'Takes up to count bytes that have arrived. 0 bytes mean end of file: the peer sent FIN.',
    example: 'read(conn, 64)',
    source: 'read(2)',
    blocks: EMPTY,
    gives: 'bytes',
    prepare: (args) => {
      const socket = args.socket(0);
      const room = roomOf(args);
      return receiving(args, {
        socket,
        room,
        flags: 0,
        text: (shown) => `read(${socket.fd}, ${shown}, ${room.size})`,
        take: (sys, into) => sys.read(socket.fd, into),
      });
    },
  },
  {
    name: 'recv',
    kind: 'system',
    params: [SOCKET, ROOM, { ...MSG, optional: true }],
    alsoAs: [
      [SOCKET, INTO, COUNT],
      [SOCKET, INTO, COUNT, MSG],
    ],
    signature: 'ssize_t recv(int sockfd, void *buf, size_t len, int flags);',
    does: 'As read(), with flags: MSG_PEEK leaves the bytes there, MSG_WAITALL waits for all of them, MSG_OOB takes urgent data.',
    example: 'recv(conn, 64, MSG_PEEK)',
    source: 'recv(2)',
    blocks: EMPTY,
    gives: 'bytes',
    prepare: (args) => {
      const socket = args.socket(0);
      const room = roomOf(args);
      const { flags, shown: word } = flagsOf(args);
      return receiving(args, {
        socket,
        room,
        flags,
        text: (shown) => `recv(${socket.fd}, ${shown}, ${room.size}, ${word})`,
        take: (sys, into) => sys.recv(socket.fd, into, flags),
      });
    },
  },
  {
    name: 'recvfrom',
    kind: 'system',
    params: [SOCKET, ROOM, { ...MSG, optional: true }],
    alsoAs: [
      [SOCKET, ROOM, FROM],
      [SOCKET, ROOM, MSG, FROM],
      [SOCKET, INTO, COUNT, MSG],
      [SOCKET, INTO, COUNT, MSG, FROM, { name: 'length', kind: 'out' }],
    ],
    signature:
      'ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src_addr, socklen_t *addrlen);',
    does: 'Takes one datagram, and tells who sent it.',
    example: 'recvfrom(server, 512, &peer)',
    source: 'recvfrom(2)',
    blocks: EMPTY,
    gives: 'bytes',
    prepare: recvfrom,
  },
];

function recvfrom(args: Arguments): Prepared {
  const socket = args.socket(0);
  const room = roomOf(args);
  const { flags, shown: word } = flagsOf(args);
  const sender = outBuffer(ADDRESS_STORAGE);
  const [from, length] = [args.out(args.where('from')), args.out(args.where('length'))];
  const start = (shown: string) => `recvfrom(${socket.fd}, ${shown}, ${room.size}, ${word}`;
  return receiving(args, {
    socket,
    room,
    flags,
    text: (shown) => `${start(shown)}${senderText(sender)})`,
    take: (sys, into) => sys.recvfrom(socket.fd, into, flags, sender),
    from: () => {
      const bytes = written(sender);
      if (bytes.length === 0) return { gives: [], details: [] };
      const address = formatAddress(decodeAddress(bytes));
      const gives: [string, Value][] = [];
      if (from !== null) gives.push([from, { kind: 'address', address }]);
      if (length !== null) gives.push([length, { kind: 'integer', value: bytes.length }]);
      return { gives, details: [{ kind: 'from', address, bytes: bytes.slice() }] };
    },
  });
}

function senderText(sender: OutBuffer): string {
  const bytes = written(sender);
  // Before the call the buffer says how much room there is.
  if (bytes.length === ADDRESS_STORAGE) return ', …';
  return bytes.length === 0
    ? ', NULL, [0]'
    : `, ${shownAddress(decodeAddress(bytes))}, [${bytes.length}]`;
}

interface Receiving {
  readonly socket: SocketRecord;
  readonly room: Room;
  readonly flags: number;
  text(shown: string): string;
  take(sys: Sys, into: Uint8Array): Result;
  /** What recvfrom() adds of the sender. */
  from?(): { gives: readonly [string, Value][]; details: readonly Detail[] };
}

function receiving(args: Arguments, call: Receiving): Prepared {
  const { socket, room, flags } = call;
  const has = (flag: string) => (flags & (constants.get(flag) ?? 0)) !== 0;
  // tcp(7) and tcp_recv_urg(): for urgent data "this call should never block".
  const dontWait = has('MSG_DONTWAIT') || has('MSG_OOB');
  // MSG_WAITALL means nothing to a non-blocking descriptor: the waiting is done here.
  const stream = socket.type === constant('SOCK_STREAM');
  const all = has('MSG_WAITALL') && stream && !dontWait && !socket.nonBlocking && !has('MSG_PEEK');
  // What comes in several pieces needs a place of its own until the last has come.
  const buffer = all ? zeroed(room.size) : scratch(room.size);
  let filled = 0;
  const answer = (result: number): Made => {
    // A copy: the room that was made for more is not kept with the step.
    const bytes = buffer.slice(0, result);
    const sender = call.from?.() ?? null;
    const given = room.gives(bytes);
    const cut: Detail[] = result > bytes.length ? [{ kind: 'cut', length: result }] : [];
    const kept = keptDetail(args.scope, socket);
    return {
      result,
      value: room.value(bytes),
      text: call.text(quotedShort(bytes, BYTES_SHOWN)),
      gives: sender === null ? given : [...given, ...sender.gives],
      details: [...room.details(bytes), ...(sender?.details ?? []), ...cut, ...kept],
    };
  };
  const because = keptReason(args.scope, socket);
  return {
    text: call.text('…'),
    dontWait,
    ...(because === null ? {} : { because }),
    attempt: (sys): Made => {
      const now = orPending(socket, () =>
        call.take(sys, filled === 0 ? buffer : buffer.subarray(filled)),
      );
      // It may have come since the last look, and be gone before the next.
      if (now >= 0 && has('MSG_OOB')) socket.hadUrgent = true;
      if (now < 0 && (filled === 0 || now === -errnoNumber('EAGAIN'))) return { result: now };
      filled += Math.max(now, 0);
      if (all && now > 0 && filled < buffer.length) return { result: -errnoNumber('EAGAIN') };
      return answer(all ? filled : now);
    },
    // recv(2): "The call may still return less data than requested if a signal is caught".
    partly: () => (all && filled > 0 ? answer(filled) : null),
  };
}

/** Whoever reads ahead keeps what read(2), which asks the kernel, does not see. */
function keptReason(scope: Scope, socket: SocketRecord): string | null {
  const kept = keptDetail(scope, socket)[0];
  if (kept === undefined) return null;
  const many = kept.count === 1 ? '1 byte is' : `${kept.count} bytes are`;
  const where =
    kept.owner === socket.name
      ? `kept for recvn(${kept.owner}, …)`
      : `in the buffer of ${kept.owner}`;
  return `nothing has arrived yet; ${many} ${where}`;
}

/** Why bytes can't be sent or received, or a direction can't be ended. */
import type { Snapshot } from '../../socket/state.ts';
import type { Circumstances, Explanations } from './circumstances.ts';
import { endingOf, hasFlag, isSet, partnerOf, resetsOnClose, unreadAt } from './history.ts';
import { printedCall } from './printed.ts';
import { bytes, bytesAre, hostOf, isStream, nameOf, portOf, stateOf, whichIs } from './words.ts';

/** What is left of 65535 behind the headers of IP and UDP (RFC 791 §3.1, RFC 768). */
const MOST_IN_IPV4 = 65535 - 20 - 8;
/** In IPv6 the length does not count its own header (RFC 8200 §3). */
const MOST_IN_IPV6 = 65535 - 8;

export const moving: Explanations = {
  'shutdown ENOTCONN': ({ socket }) =>
    `${nameOf(socket)} has no connection (it is ${stateOf(socket)}), so there is no direction to end.`,
  'shutdown EINVAL': () => 'how is SHUT_RD (0), SHUT_WR (1) or SHUT_RDWR (2).',
  'getpeername ENOTCONN': ({ socket }) => noConnection(socket),
  'read EINVAL': ({ socket }) => noConnection(socket),
  'recv EINVAL': noUrgentByte,
  'recv EOPNOTSUPP': urgentIsTcps,
  'send EOPNOTSUPP': urgentIsTcps,
  'sendto EOPNOTSUPP': (about) =>
    hasFlag(about.step?.call ?? null, 'MSG_OOB')
      ? urgentIsTcps(about)
      : `a stream socket sends to its peer only, whatever address is given, and ${nameOf(about.socket)} has no peer yet: connect() first.`,
  'sendto EISCONN': ({ socket }) =>
    `${nameOf(socket)} is connected, and its bytes go to its peer alone: send() takes no address.`,
  'sendto EINVAL': ({ socket, address }) => {
    if (portOf(address) === 0) return 'nobody can be reached at port 0.';
    const local = hostOf(socket?.local ?? null);
    return /^127\.|^\[::1/.test(local)
      ? `${nameOf(socket)} is bound to ${local}, which never leaves this machine, and ${hostOf(address)} is outside.`
      : null;
  },
  'sendto EAFNOSUPPORT': ({ socket, address }) =>
    `${address} is not an address for ${whichIs(socket)}.`,
  'waited ETIMEDOUT': () =>
    'the other side neither sent anything nor ended: --timeout or --idle says how long that is waited for.',
  'recv ETIMEDOUT': (about) => (about.step === null ? silence(about) : gaveUp(about)),
  'recv ECONNREFUSED': (about) => (about.step === null ? refused(about) : refusedEarlier(about)),
  'send ECONNREFUSED': (about) => (about.step === null ? refused(about) : refusedEarlier(about)),
  EDESTADDRREQ: needsDestination,
  EMSGSIZE: tooLong,
  ECONNREFUSED: refusedEarlier,
  ENOTCONN: (about) =>
    about.socket !== null && !isStream(about.socket) && isSending(about)
      ? needsDestination(about)
      : noConnection(about.socket),
  EPIPE: (about) =>
    hasFlag(about.step?.call ?? null, 'MSG_NOSIGNAL') || !isStreamOrUnknown(about.socket)
      ? cannotSend(about)
      : `${cannotSend(about)} A C program would also get SIGPIPE.`,
  ECONNRESET: wasReset,
  ETIMEDOUT: gaveUp,
  EAGAIN: mustNotWait,
  EOF: endedEarly,
};

function isStreamOrUnknown(socket: Snapshot | null): boolean {
  return socket === null || isStream(socket);
}

function isSending({ step }: Circumstances): boolean {
  return ['write', 'send', 'sendto', 'fprintf', 'fflush'].includes(step?.call.name ?? '');
}

function needsDestination({ socket }: Circumstances): string {
  const name = nameOf(socket);
  const where = socket?.kind.startsWith('Unix') ? 'unix:@name' : '127.0.0.1:8888';
  return `${name} has no peer: say where to, as in sendto(${name}, "hello", ${where}), or connect() it first.`;
}

function tooLong({ socket, step }: Circumstances): string | null {
  if (socket === null || isStream(socket)) return null;
  const given = step?.call.args.find((arg) => arg.kind === 'bytes')?.bytes.length;
  const were = given === undefined ? '' : `, and ${given} were given`;
  if (!socket.kind.startsWith('UDP'))
    return `one message must fit into the send buffer (SO_SNDBUF)${were}.`;
  const most = socket.kind.endsWith('IPv6') ? MOST_IN_IPV6 : MOST_IN_IPV4;
  return `one datagram carries at most ${most} bytes${were}. UDP does not split a message over several.`;
}

/** udp(7): ICMP errors come back later, and the next call is told. */
function refusedEarlier({ socket, address }: Circumstances): string | null {
  if (socket === null || isStream(socket)) return null;
  if (socket.kind.startsWith('UDP')) {
    return `an earlier datagram of ${socket.socket} came back as an ICMP message, port unreachable: no socket has ${socket.peer ?? 'that port'}. A connected UDP socket is told at its next call, and that call does nothing else.`;
  }
  return socket.peer === null && address !== null
    ? `no socket has the name ${address}.`
    : `the socket that ${socket.socket} was connected to is closed.`;
}

/** What `connect` and `send` tell of a datagram that went out and was not taken: only they have no step. */
function refused({ address }: Circumstances): string {
  return address?.startsWith('unix:')
    ? `the socket at ${address} is closed.`
    : `an ICMP message came back, port unreachable: no socket is bound to ${address ?? 'that port'}.`;
}

/** The same of one after which nothing came. */
function silence({ address }: Circumstances): string {
  return address?.startsWith('unix:')
    ? `the datagram is in the queue of ${address}. Whether it was read, nobody tells.`
    : `UDP has no acknowledgements: the datagram or its answer may be lost, a firewall may drop them, or whoever is at ${address ?? 'that address'} has nothing to say.`;
}

function gaveUp({ socket }: Circumstances): string {
  return `the peer of ${nameOf(socket)} has not answered for so long that the kernel gave the connection up (retransmissions, SO_KEEPALIVE or TCP_USER_TIMEOUT).`;
}

/** Before its connection a TCP socket is CLOSED; after its own FIN it is past CLOSE-WAIT. */
function cannotSend({ socket, all, steps }: Circumstances): string {
  const name = nameOf(socket);
  if (socket?.state === 'LISTEN')
    return `${name} listens: only the sockets that accept() returns carry data.`;
  const own = socket === null ? null : endingOf(socket.socket, steps);
  const partner = socket === null ? null : partnerOf(socket, all, steps);
  const theirs = partner === null ? null : endingOf(partner, steps);
  const why =
    own !== null
      ? `${printedCall(own)} ended its sending`
      : socket?.state === 'CLOSED' && !socket.ended && partner === null
        ? 'it has no connection'
        : theirs !== null
          ? `its peer is gone since ${printedCall(theirs)}`
          : 'it was shut down for writing, or the peer is gone';
  return `${name} can’t send any more (it is ${stateOf(socket)}): ${why}.`;
}

function noConnection(socket: Snapshot | null): string {
  if (socket?.state === 'LISTEN')
    return `${nameOf(socket)} has no connection: it listens. The sockets that accept() returns have one.`;
  const before = socket?.lingers
    ? '; its connection is in TIME-WAIT, and the descriptor has lost it'
    : '';
  return `${nameOf(socket)} has no connection: it is ${stateOf(socket)}${before}.`;
}

/** recv(2): EINVAL where no urgent byte is there to be taken. */
function noUrgentByte({ socket, step, steps }: Circumstances): string | null {
  if (!hasFlag(step?.call ?? null, 'MSG_OOB')) return noConnection(socket);
  const name = nameOf(socket);
  if (socket !== null && socket.peer === null && socket.kind.startsWith('TCP'))
    return noConnection(socket);
  return socket !== null && isSet(socket.socket, 'SO_OOBINLINE', steps)
    ? `with SO_OOBINLINE the urgent byte of ${name} stands in line with the others: read() takes it, and ioctl(${name}, SIOCATMARK) tells when it is next.`
    : `no urgent byte waits for ${name}: its peer has sent none, or it was taken already.`;
}

function urgentIsTcps({ socket, step }: Circumstances): string {
  return hasFlag(step?.call ?? null, 'MSG_OOB')
    ? `urgent data (MSG_OOB) belongs to streams, and ${nameOf(socket)} is ${socket?.kind}.`
    : `a socket of this kind${socket === null ? '' : ` (${socket.kind})`} has no such call.`;
}

function wasReset({ socket, all, steps }: Circumstances): string {
  const name = nameOf(socket);
  const start = `the peer of ${name} sent a reset (RST) instead of FIN`;
  const partner = socket === null ? null : partnerOf(socket, all, steps);
  const ending = partner === null ? null : endingOf(partner, steps);
  if (partner !== null && ending !== null) {
    const lost = unreadAt(ending);
    if (lost > 0)
      return `${start}: ${printedCall(ending)} closed ${partner} with unread data, ${bytes(lost)} of it (RFC 2525 §2.17).`;
    if (resetsOnClose(partner, steps))
      return `${start}: ${printedCall(ending)} closed ${partner} with SO_LINGER {1, 0}, which asks for that.`;
  }
  return `${start}: it closed with unread data, or with SO_LINGER {1, 0}, or our data came after it had closed.`;
}

function mustNotWait({ socket, step }: Circumstances): string {
  const name = nameOf(socket);
  if (hasFlag(step?.call ?? null, 'MSG_DONTWAIT'))
    return `the call would have to wait, and must not: MSG_DONTWAIT was given.`;
  if (step !== null && step.blockedUs > 0)
    return `the call waited as long as it may: the time of ${isSending({ socket, step, all: [], address: null, steps: [] }) ? 'SO_SNDTIMEO' : 'SO_RCVTIMEO'} is over.`;
  return `the call would have to wait, and ${name} must not: O_NONBLOCK is set, or its SO_RCVTIMEO or SO_SNDTIMEO is over.`;
}

/** recvline() and its kin keep what came before the end. */
function endedEarly({ socket, step }: Circumstances): string {
  const kept = step?.details.find((detail) => detail.kind === 'kept');
  const end = `the peer of ${nameOf(socket)} has sent FIN, so nothing more will come`;
  if (kept?.kind !== 'kept') return `${end}.`;
  const how =
    kept.owner === socket?.socket ? `recvall(${kept.owner}) gives them` : 'they stay there';
  return `${end}. ${bytesAre(kept.count)} in the buffer of ${kept.owner}: ${how}.`;
}

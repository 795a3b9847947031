/** What a call's errno means here: not the manual page's sentence, but the evidence at hand. */
import type { SocketError } from '../socket/errors.ts';
import { holderOfPort } from '../socket/evidence.ts';
import type { Snapshot } from '../socket/state.ts';
import type { Step } from '../socket/step.ts';
import { withoutHtons } from '../socket/swapped-port.ts';

/** What an explanation may look at. */
export interface Circumstances {
  /** The socket that the call was about, as it is now; null where there was none. */
  readonly socket: Snapshot | null;
  /** All sockets of the session. */
  readonly all: readonly Snapshot[];
  /** The address that the call was given, as an endpoint is written. */
  readonly address: string | null;
}

type Explanation = (about: Circumstances) => string | null;

/** One sentence or two about why the step failed; null where it did not, or where nothing is known. */
export function whyFailed(step: Step, all: readonly Snapshot[]): string | null {
  if (step.outcome.kind === 'value') return null;
  const [first] = step.call.args;
  const name = first?.kind === 'name' ? first.name : null;
  const socket = all.find((one) => one.socket === name) ?? step.sockets[0] ?? null;
  return whyError(step.outcome.error, socket, all);
}

/** The same for an error alone. */
export function whyError(
  error: SocketError,
  socket: Snapshot | null,
  all: readonly Snapshot[],
): string | null {
  const { call, code, local, remote } = error;
  const address = call === 'bind' ? local : remote;
  const explain = BY_CALL[`${call} ${code}`] ?? ALWAYS[code];
  return explain?.({ socket, all, address }) ?? null;
}

const BY_CALL: Readonly<Record<string, Explanation>> = {
  'bind EINVAL': ({ socket, address }) => {
    if (socket?.local == null) return wrongFamily(socket, address);
    const giver = socket.accepted
      ? 'its connection'
      : socket.peer === null
        ? 'bind() or listen()'
        : 'connect()';
    return `${nameOf(socket)} already has an address: ${giver} gave it ${socket.local}. A socket is bound once.`;
  },
  'bind EADDRINUSE': ({ socket, address, all }) => inUse(socket, address, all),
  'listen EADDRINUSE': ({ socket, all }) => inUse(socket, socket?.local ?? null, all),
  'bind EACCES': ({ address }) =>
    `port ${portOf(address)} is below 1024, and those are reserved to root (or to a program with CAP_NET_BIND_SERVICE).`,
  'bind EADDRNOTAVAIL': ({ address }) =>
    `no network interface of this machine has the address ${hostOf(address)}.`,
  'bind EAFNOSUPPORT': ({ socket, address }) => wrongFamily(socket, address),
  'accept EINVAL': ({ socket }) =>
    `${nameOf(socket)} does not listen (it is ${stateOf(socket)}); call listen() first.`,
  'connect ECONNREFUSED': ({ address, all }) => {
    if (portOf(address) === null) return `nobody listens at ${address}.`;
    const bound = all.find(
      (one) => one.fd !== null && one.local === address && one.state === 'CLOSED',
    );
    const hint =
      bound === undefined
        ? swappedPort(address)
        : ` ${bound.socket} is bound there, and has not called listen().`;
    return `nobody listens at ${address}: the kernel there answered the SYN with a reset (RST).${hint}`;
  },
  'connect EISCONN': ({ socket }) => {
    if (socket?.state === 'LISTEN')
      return `${nameOf(socket)} listens: a listener can’t connect, which takes a socket of its own.`;
    const to =
      socket?.peer == null ? 'was connected before' : `is connected already, to ${socket.peer}`;
    return `${nameOf(socket)} ${to}; a new connection needs a new socket.`;
  },
  'connect EALREADY': ({ socket }) =>
    `the earlier connect() of ${nameOf(socket)} is still on its way.`,
  'connect EINPROGRESS': ({ socket }) =>
    `${nameOf(socket)} is non-blocking (O_NONBLOCK): the SYN is out, and connect() doesn’t wait for the answer. When the socket is writable, getsockopt(…, SO_ERROR) tells how it went.`,
  'connect EINVAL': ({ socket, address }) =>
    suits(socket, address)
      ? `${nameOf(socket)} is ${stateOf(socket)}: the kernel takes no connect() from it any more; make a new socket.`
      : wrongFamily(socket, address),
  'connect ETIMEDOUT': ({ address }) =>
    `nothing came back from ${address}: no SYN-ACK and no refusal. A firewall that drops packets, or a host that is off, looks like this.`,
  'connect ENETUNREACH': ({ address }) => `this machine has no route to ${address}.`,
  'connect EHOSTUNREACH': ({ address }) =>
    `a router, or this machine, says that ${address} can’t be reached.`,
  'connect EADDRNOTAVAIL': ({ address }) =>
    `no local port is left for a connection to ${address}, or the address can’t be connected to.`,
  'connect EAFNOSUPPORT': ({ socket, address }) => wrongFamily(socket, address),
  'listen EINVAL': ({ socket }) =>
    socket?.kind === 'Unix stream' && socket.local === null
      ? `${nameOf(socket)} has no path yet: bind() it first. Only TCP is given a port by listen().`
      : `${nameOf(socket)} is ${stateOf(socket)}: only a socket that is not connected can listen.`,
  'shutdown ENOTCONN': ({ socket }) =>
    `${nameOf(socket)} has no connection (it is ${stateOf(socket)}), so there is no direction to end.`,
  'socket EAFNOSUPPORT': () => 'this kernel has no such address family, or may not use it.',
  'socket EPROTONOSUPPORT': () =>
    'this protocol does not go with this type. For SOCK_STREAM and SOCK_DGRAM, 0 picks the usual one; SOCK_RAW has none.',
  'socket ESOCKTNOSUPPORT': () => 'this address family has no socket of this type.',
  'getpeername ENOTCONN': ({ socket }) => noConnection(socket),
  'setsockopt ENOPROTOOPT': () =>
    'the option does not exist at this level: SO_… goes with SOL_SOCKET, TCP_… with IPPROTO_TCP.',
  'getsockopt ENOPROTOOPT': () =>
    'the option does not exist at this level: SO_… goes with SOL_SOCKET, TCP_… with IPPROTO_TCP.',
};

const ALWAYS: Readonly<Record<string, Explanation>> = {
  EAGAIN: ({ socket }) =>
    `the call would have to wait, and ${nameOf(socket)} must not: O_NONBLOCK is set, or its SO_RCVTIMEO or SO_SNDTIMEO is over.`,
  ENOTCONN: ({ socket }) => noConnection(socket),
  EPIPE: ({ socket }) => `${cannotSend(socket)} A C program would also get SIGPIPE.`,
  ECONNRESET: ({ socket }) =>
    `the peer of ${nameOf(socket)} sent a reset (RST) instead of FIN: it closed with unread data, or with SO_LINGER {1, 0}, or our data came after it had closed.`,
  EINTR: () => 'the call was given up before it was done, as a signal would have ended it.',
  EBADF: () =>
    'the socket was closed while the call was blocked on it, so the call was given up. (In C, another thread’s call would stay blocked.)',
  EMFILE: () => 'this process has no descriptor left: its limit is what `ulimit -n` says.',
  EOPNOTSUPP: ({ socket }) => `a socket of this kind (${socket?.kind}) has no such call.`,
  EACCES: () => 'permission is missing.',
  EPERM: () => 'only root, or a program with the right capability, may do this.',
};

function nameOf(socket: Snapshot | null): string {
  return socket?.socket ?? 'the socket';
}

/** Before its connection a TCP socket is CLOSED; after its own FIN it is past CLOSE-WAIT. */
function cannotSend(socket: Snapshot | null): string {
  const name = nameOf(socket);
  if (socket?.state === 'LISTEN')
    return `${name} listens: only the sockets that accept() returns carry data.`;
  const why =
    socket?.state === 'CLOSED'
      ? socket.ended
        ? 'its connection is over, or was reset'
        : 'it was never connected'
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

/** In words: only TCP has states. */
function stateOf(socket: Snapshot | null): string {
  return socket?.state ?? (socket?.peer == null ? 'not connected' : 'connected');
}

/** Whether the address is of the socket's family, and complete. */
function suits(socket: Snapshot | null, address: string | null): boolean {
  if (address?.startsWith('unix:')) return socket?.kind.startsWith('Unix') === true;
  if (!address?.startsWith('[')) return socket?.kind.endsWith('IPv4') === true;
  return socket?.kind.endsWith('IPv6') === true && !isLinkLocalAlone(address);
}

function isLinkLocalAlone(address: string): boolean {
  return address.startsWith('[fe80') && !address.includes('%');
}

function wrongFamily(socket: Snapshot | null, address: string | null): string {
  if (address !== null && isLinkLocalAlone(address) && socket?.kind.endsWith('IPv6')) {
    return `${address} is on every link: say which one, as in [fe80::1%eth0]:80.`;
  }
  return `${address} is not an address for ${nameOf(socket)}, which is ${socket?.kind}.`;
}

/** An address in use: by one of our own sockets, another process, or a connection in TIME-WAIT. */
function inUse(
  socket: Snapshot | null,
  address: string | null,
  all: readonly Snapshot[],
): string | null {
  const port = portOf(address);
  if (port === null)
    return `${address} is there already. A socket’s path stays when the socket is closed, until it is removed.`;
  // TCP and UDP have ports of their own.
  const rivals = all.filter(
    (one) =>
      one.fd !== null &&
      one.socket !== socket?.socket &&
      portOf(one.local) === port &&
      sameProtocol(one, socket),
  );
  const ours = rivals.find((one) => one.state === 'LISTEN') ?? rivals[0];
  if (ours !== undefined)
    return `${ours.socket} has ${ours.local} already (${stateOf(ours)}). ${rule(ours)}`;
  if (socket !== null && !socket.kind.startsWith('TCP'))
    return `another socket has ${address} already.`;
  return heldElsewhere(port);
}

function rule({ state, accepted }: Snapshot): string {
  if (accepted)
    return 'It is a connection of an earlier listener. With SO_REUSEADDR set on both, bind() would succeed.';
  return state === 'LISTEN' ? 'One address, one listener.' : 'An address can be bound once.';
}

function sameProtocol(one: Snapshot, other: Snapshot | null): boolean {
  return other === null || one.kind.split(' ')[0] === other.kind.split(' ')[0];
}

function heldElsewhere(port: number): string {
  const holder = holderOfPort(port);
  if (holder?.process != null) {
    const { pid, name } = holder.process;
    return `process ${pid} (${name}) holds port ${port}${holder.state === 'LISTEN' ? ' and listens there' : ''}.`;
  }
  if (holder?.state === 'TIME-WAIT') {
    return `a connection of port ${port} is in TIME-WAIT for up to a minute more. With SO_REUSEADDR set on both, the old and the new listener, bind() would succeed.`;
  }
  if (holder !== null)
    return `port ${port} is held by a process that we may not look into (another user’s).`;
  return `somebody holds port ${port}; nothing in /proc tells who.`;
}

/** 5001 without htons() arrives as 35091: a port that makes more sense the other way round. */
function swappedPort(address: string | null): string {
  const port = portOf(address);
  const meant = port === null ? null : withoutHtons(port);
  return meant === null
    ? ''
    : ` Was htons() forgotten? ${port} is ${meant} with its two bytes swapped.`;
}

function hostOf(address: string | null): string {
  return address?.replace(/:\d+$/, '') ?? 'that address';
}

function portOf(address: string | null): number | null {
  const port = /:(\d+)$/.exec(address ?? '')?.[1];
  return port === undefined ? null : Number(port);
}

/** Why a socket can't be made, given an address, made passive, or connected. */
import type { Snapshot } from '../../socket/state.ts';
import type { Circumstances, Explanations } from './circumstances.ts';
import { inUse, otherProtocol, swappedPort } from './port.ts';
import { hostOf, isUnix, nameOf, portOf, stateOf, whichIs } from './words.ts';

export const opening: Explanations = {
  'bind EINVAL': ({ socket, address }) => {
    if (socket?.local == null) return wrongFamily(socket, address);
    const giver = socket.accepted
      ? 'its connection'
      : socket.peer === null
        ? 'bind() or listen()'
        : 'connect()';
    return `${nameOf(socket)} already has an address: ${giver} gave it ${socket.local}. A socket is bound once.`;
  },
  'bind EADDRINUSE': (about) => inUse(about, about.address),
  'listen EADDRINUSE': (about) => inUse(about, about.socket?.local ?? null),
  'bind EACCES': ({ address }) =>
    portOf(address) === null
      ? `there is no permission to make ${address} in its folder.`
      : `port ${portOf(address)} is below 1024, and those are reserved to root (or to a program with CAP_NET_BIND_SERVICE).`,
  'bind EADDRNOTAVAIL': ({ address }) =>
    `no network interface of this machine has the address ${hostOf(address)}.`,
  'bind EAFNOSUPPORT': ({ socket, address }) => wrongFamily(socket, address),
  'bind ENOENT': ({ address }) => `the folder of ${address} does not exist.`,
  'bind ENOTDIR': ({ address }) => `a part of ${address} that must be a folder is something else.`,
  'accept EINVAL': ({ socket }) =>
    `${nameOf(socket)} does not listen (it is ${stateOf(socket)}); call listen() first.`,
  'connect ECONNREFUSED': refused,
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
  'connect EAGAIN': ({ address }) =>
    `the queue of the listener at ${address} is full. A Unix socket that must not wait is told so at once.`,
  'connect EINVAL': ({ socket, address }) =>
    suits(socket, address)
      ? `${nameOf(socket)} is ${stateOf(socket)}: the kernel takes no connect() from it any more; make a new socket.`
      : wrongFamily(socket, address),
  'connect ETIMEDOUT': ({ address }) =>
    `nothing came back from ${address}: no SYN-ACK and no refusal. A firewall that drops packets, or a host that is off, looks like this.`,
  'connect EADDRNOTAVAIL': ({ address }) =>
    `no local port is left for a connection to ${address}, or the address can’t be connected to.`,
  'connect EAFNOSUPPORT': ({ socket, address }) => wrongFamily(socket, address),
  'connect ENOENT': ({ address }) =>
    `there is no socket at ${address}: nobody has bound one there.`,
  'connect ENOTDIR': ({ address }) =>
    `a part of ${address} that must be a folder is something else.`,
  'connect EPROTOTYPE': ({ socket, address }) =>
    `the socket at ${address} is of another type than ${whichIs(socket)}.`,
  'connect EACCES': (about) =>
    isUnix(about.socket)
      ? `there is no permission to write to ${about.address}, and connecting takes that.`
      : broadcast(about),
  'sendto EACCES': (about) => broadcast(about),
  'listen EINVAL': ({ socket }) =>
    socket?.kind === 'Unix stream' && socket.local === null
      ? `${nameOf(socket)} has no path yet: bind() it first. Only TCP is given a port by listen().`
      : `${nameOf(socket)} is ${stateOf(socket)}: only a socket that is not connected can listen.`,
  'socket EAFNOSUPPORT': () => 'this kernel has no such address family, or may not use it.',
  'socket EPROTONOSUPPORT': () =>
    'this protocol does not go with this type. For SOCK_STREAM and SOCK_DGRAM, 0 picks the usual one; SOCK_RAW has none.',
  'socket ESOCKTNOSUPPORT': () => 'this address family has no socket of this type.',
  'socketpair EOPNOTSUPP': () =>
    'only Unix sockets (AF_UNIX) come in pairs. For the Internet families a pair is made with a listener: listen(), connect(), accept().',
  'socketpair EPROTONOSUPPORT': () => 'a pair of Unix sockets takes the protocol 0.',
  ENETUNREACH: ({ socket, address }) =>
    isMulticast(address) && socket?.kind.startsWith('TCP')
      ? `${hostOf(address)} is a group of hosts or all of them, and a TCP connection has one peer.`
      : `this machine has no route to ${address ?? 'the peer'}.`,
  EHOSTUNREACH: ({ address }) =>
    `a router, or this machine, says that ${address ?? 'the peer'} can’t be reached.`,
};

/** The hint where the address is of another family, or incomplete. */
function wrongFamily(socket: Snapshot | null, address: string | null): string {
  if (address !== null && isLinkLocalAlone(address) && socket?.kind.endsWith('IPv6') !== false) {
    return `${address} is on every link: say which one, as in [fe80::1%eth0]:80.`;
  }
  return `${address} is not an address for ${whichIs(socket)}.`;
}

function refused({ address, all }: Circumstances): string {
  if (portOf(address) === null) return `nobody listens at ${address}.`;
  const bound = all.find(
    (one) => one.fd !== null && one.local === address && one.state === 'CLOSED',
  );
  const hint =
    bound === undefined
      ? `${listensElsewhere(address, all)}${swappedPort(address)}` || otherProtocol(address)
      : ` ${bound.socket} is bound there, and has not called listen().`;
  return `nobody listens at ${address}: the kernel there answered the SYN with a reset (RST).${hint}`;
}

/** A listener of ours on the same port, bound to another address. */
function listensElsewhere(address: string | null, all: readonly Snapshot[]): string {
  const near = all.find(
    ({ state, local }) => state === 'LISTEN' && portOf(local) === portOf(address),
  );
  return near === undefined ? '' : ` ${near.socket} listens on that port, but at ${near.local}.`;
}

/** Whether the address is of the socket's family, and complete. */
function suits(socket: Snapshot | null, address: string | null): boolean {
  if (address?.startsWith('unix:')) return isUnix(socket);
  if (!address?.startsWith('[')) return socket?.kind.endsWith('IPv4') === true;
  return socket?.kind.endsWith('IPv6') === true && !isLinkLocalAlone(address);
}

function isLinkLocalAlone(address: string): boolean {
  return address.startsWith('[fe80') && !address.includes('%');
}

/** ip(7): datagrams to a broadcast address are refused without SO_BROADCAST. */
function broadcast({ socket, address }: Circumstances): string {
  const name = nameOf(socket);
  return `${hostOf(address)} is a broadcast address: everybody on the network would get it. ${name} may do that once setsockopt(${name}, SOL_SOCKET, SO_BROADCAST, 1) says that it is meant.`;
}

/** 224.0.0.0/4 (RFC 5771), ff00::/8 (RFC 4291 §2.7), and 255.255.255.255. */
function isMulticast(address: string | null): boolean {
  return /^(22[4-9]|23\d)\.|^255\.255\.255\.255:|^\[ff/i.test(address ?? '');
}

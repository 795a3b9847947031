/**
 * Asks the kernel for a TCP connection by its two addresses: sock_diag(7). It finds what no
 * descriptor leads to any more, such as TIME-WAIT, at the same cost however many sockets exist.
 */

import { parseIPv4, parseIPv6 } from './inet.ts';
import { viewOf, zeroed } from './memory.ts';
import { outOfTheWay } from './out-of-the-way.ts';
import { constant, errnoNumber, type TcpState, tcpStateOf } from './platform.ts';
import type { SocketAddress } from './sockaddr.ts';
import type { Sys } from './sys.ts';

const AF_NETLINK = 16;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLMSG_ERROR = 2;
const NLM_F_REQUEST = 1;

/** The number of the loopback interface in every network namespace. */
const LOOPBACK = 1;

/** struct nlmsghdr: length, type, flags, sequence, port. */
const TYPE = 4;
const FLAGS = 6;
const HEADER = 16;
/** struct inet_diag_req_v2, behind the header. */
const REQUEST = { family: 16, protocol: 17, states: 20, id: 24, size: 72 };
/** struct inet_diag_msg, behind the header: its second byte is the state, its id is at 4. */
const ANSWER = { state: 17, id: 20 };
/** struct inet_diag_sockid: ports, addresses of 16 bytes, interface, cookie. */
const ID = {
  sourcePort: 0,
  peerPort: 2,
  source: 4,
  peer: 20,
  interface: 36,
  cookie: 40,
  bytes: 48,
};

type Internet = Extract<SocketAddress, { port: number }>;

/** Looks connections up, over one netlink socket that it opens when first asked. */
export class ConnectionLookup {
  private readonly sys: Sys;
  private fd: number | null = null;
  private readonly answer = new Uint8Array(1024);

  constructor(sys: Sys) {
    this.sys = sys;
  }

  /**
   * @returns the state of the connection local → peer; 'CLOSED' where the kernel has none;
   *   null where it can't be asked (macOS, or a kernel without sock_diag)
   */
  stateOf(local: Internet, peer: Internet): TcpState | null {
    const state = this.ask(local, peer, scopeOf(local) || scopeOf(peer));
    // A socket that is bound to an interface (SO_BINDTODEVICE) is found by that interface only.
    // Over loopback it can be no other than the first.
    return state === 'CLOSED' && isLoopback(peer) ? this.ask(local, peer, LOOPBACK) : state;
  }

  private ask(local: Internet, peer: Internet, device: number): TcpState | null {
    const fd = this.open();
    if (fd === null) return null;
    const request = encodeRequest(local, peer, device);
    if (this.sys.write(fd, request) < 0) return null;
    const length = this.sys.read(fd, this.answer);
    if (length < HEADER) return null;
    const view = new DataView(this.answer.buffer, 0, length);
    if (view.getUint16(TYPE, true) === NLMSG_ERROR) {
      // ENOENT: the kernel knows no such connection. Any other: it may not, or can't, be asked.
      const known = length < HEADER + 4 ? 0 : view.getInt32(HEADER, true);
      return known === -errnoNumber('ENOENT') ? 'CLOSED' : null;
    }
    if (view.getUint16(TYPE, true) !== SOCK_DIAG_BY_FAMILY) return null;
    // Where no connection matches, the kernel answers with the listener on that port.
    const peerPort = view.getUint16(ANSWER.id + ID.peerPort);
    if (peerPort !== peer.port) return 'CLOSED';
    return tcpStateOf(view.getUint8(ANSWER.state)) ?? null;
  }

  close(): void {
    if (this.fd !== null) this.sys.close(this.fd);
    this.fd = null;
  }

  private open(): number | null {
    if (this.fd !== null) return this.fd;
    if (process.platform !== 'linux') return null;
    // The kernel answers a netlink request before write() returns: there is nothing to wait for.
    const type = constant('SOCK_DGRAM') | constant('O_CLOEXEC') | constant('O_NONBLOCK');
    const fd = this.sys.socket(AF_NETLINK, type, NETLINK_SOCK_DIAG);
    this.fd = fd < 0 ? null : outOfTheWay(this.sys, fd);
    return this.fd;
  }
}

function encodeRequest(local: Internet, peer: Internet, device: number): Uint8Array {
  const bytes = zeroed(REQUEST.size);
  const view = viewOf(bytes);
  view.setUint32(0, REQUEST.size, true);
  view.setUint16(TYPE, SOCK_DIAG_BY_FAMILY, true);
  view.setUint16(FLAGS, NLM_F_REQUEST, true);
  bytes[REQUEST.family] = constant(local.family === 'inet' ? 'AF_INET' : 'AF_INET6');
  bytes[REQUEST.protocol] = constant('IPPROTO_TCP');
  view.setUint32(REQUEST.states, 0xffffffff, true);
  const id = REQUEST.id;
  view.setUint16(id + ID.sourcePort, local.port); // ports and addresses in network order
  view.setUint16(id + ID.peerPort, peer.port);
  bytes.set(hostBytes(local), id + ID.source);
  bytes.set(hostBytes(peer), id + ID.peer);
  view.setUint32(id + ID.interface, device, true);
  bytes.fill(0xff, id + ID.cookie, id + ID.bytes); // INET_DIAG_NOCOOKIE
  return bytes;
}

function scopeOf(address: Internet): number {
  return address.family === 'inet6' ? address.scope : 0;
}

function isLoopback({ host }: Internet): boolean {
  return host === '::1' || /^(::ffff:)?127\./.test(host);
}

function hostBytes(address: Internet): Uint8Array {
  const bytes = address.family === 'inet' ? parseIPv4(address.host) : parseIPv6(address.host);
  return bytes ?? new Uint8Array(0);
}

/** What struct tcp_info tells (tcp(7), <linux/tcp.h>): the state, and a listener's queue. */
import { viewOf } from './memory.ts';
import { constant, type TcpState, tcpStateOf } from './platform.ts';
import { type OutBuffer, outBuffer, type Sys } from './sys.ts';

const STATE = 0;
/** tcpi_retransmits: how often the oldest segment was sent again, one after the other. */
const RETRANSMITS = 2;
/** tcpi_unacked and tcpi_sacked: on a listener, connections that wait, and the backlog's limit. */
const UNACKED = 24;
const SACKED = 28;
const SIZE = 104;

export interface TcpInfo {
  readonly state: TcpState | null;
  /** Only for a listener, and only on Linux: macOS has other fields there. */
  readonly queue: { readonly used: number; readonly limit: number } | null;
}

const buffer: OutBuffer = outBuffer(SIZE);
const view = viewOf(buffer.bytes);

/** Null where the socket has no such thing (it is not TCP). */
export function readTcpInfo(sys: Sys, fd: number): TcpInfo | null {
  const result = sys.getsockopt(fd, constant('IPPROTO_TCP'), constant('TCP_INFO'), buffer);
  if (result < 0) return null;
  const state = tcpStateOf(buffer.bytes[STATE] ?? 0) ?? null;
  if (state !== 'LISTEN' || process.platform !== 'linux') return { state, queue: null };
  return {
    state,
    queue: { used: view.getUint32(UNACKED, true), limit: view.getUint32(SACKED, true) },
  };
}

/** How often the kernel has sent the oldest segment, such as a SYN, again; null where unknown. */
export function readRetransmissions(sys: Sys, fd: number): number | null {
  if (process.platform !== 'linux') return null;
  const result = sys.getsockopt(fd, constant('IPPROTO_TCP'), constant('TCP_INFO'), buffer);
  return result < 0 ? null : (buffer.bytes[RETRANSMITS] ?? null);
}

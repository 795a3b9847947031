/** What struct tcp_info tells (tcp(7), <linux/tcp.h>): the state, a listener's queue, counters. */
import { viewOf } from './memory.ts';
import { constant, type TcpState, tcpStateOf } from './platform.ts';
import { type OutBuffer, outBuffer, type Sys } from './sys.ts';

const STATE = 0;
/** tcpi_retransmits: how often the oldest segment was sent again, one after the other. */
const RETRANSMITS = 2;
/** tcpi_unacked and tcpi_sacked: on a listener, connections that wait, and the backlog's limit. */
const UNACKED = 24;
const SACKED = 28;
/** tcpi_bytes_received, 64 bits: "RFC4898 tcpEStatsAppHCThruOctetsReceived". */
const BYTES_RECEIVED = 128;
const SEGMENTS_IN = 140;
const NOT_SENT = 144;
/** To the end of tcpi_notsent_bytes, the newest field that is read: Linux 4.6. */
const SIZE = 148;

const isLinux = process.platform === 'linux';
const [IPPROTO_TCP, TCP_INFO] = [constant('IPPROTO_TCP'), constant('TCP_INFO')];

/** How much came in on a connection: where a count stands still, nothing of its kind came. */
export interface TcpCounts {
  /** Segments, whatever was in them. */
  readonly segmentsIn: number;
  /** Bytes that came in order, a FIN among them. */
  readonly bytesReceived: number;
  /** True where the peer has acknowledged all that was written, and FIN: SIOCOUTQ is then 0. */
  readonly allAcknowledged: boolean;
}

export interface TcpInfo {
  readonly state: TcpState | null;
  /** Only for a listener, and only on Linux: macOS has other fields there. */
  readonly queue: { readonly used: number; readonly limit: number } | null;
  /** Null for a listener, and where the kernel does not tell: before Linux 4.6, and on macOS. */
  readonly counts: TcpCounts | null;
}

const buffer: OutBuffer = outBuffer(SIZE);
const view = viewOf(buffer.bytes);

/** Null where the socket has no such thing (it is not TCP). */
export function readTcpInfo(sys: Sys, fd: number): TcpInfo | null {
  const result = sys.getsockopt(fd, IPPROTO_TCP, TCP_INFO, buffer);
  if (result < 0) return null;
  const state = tcpStateOf(buffer.bytes[STATE] ?? 0) ?? null;
  if (!isLinux) return { state, queue: null, counts: null };
  if (state !== 'LISTEN') return { state, queue: null, counts: readCounts() };
  return { state, queue: { used: uint32(UNACKED), limit: uint32(SACKED) }, counts: null };
}

function readCounts(): TcpCounts | null {
  if ((buffer.length[0] ?? 0) < SIZE) return null;
  return {
    segmentsIn: uint32(SEGMENTS_IN),
    bytesReceived: uint32(BYTES_RECEIVED + 4) * 2 ** 32 + uint32(BYTES_RECEIVED),
    // Segments in flight, and the bytes behind them: together write_seq - snd_una, as SIOCOUTQ is.
    allAcknowledged: uint32(UNACKED) === 0 && uint32(NOT_SENT) === 0,
  };
}

function uint32(at: number): number {
  return view.getUint32(at, true);
}

/** How often the kernel has sent the oldest segment, such as a SYN, again; null where unknown. */
export function readRetransmissions(sys: Sys, fd: number): number | null {
  if (!isLinux) return null;
  const result = sys.getsockopt(fd, IPPROTO_TCP, TCP_INFO, buffer);
  return result < 0 ? null : (buffer.bytes[RETRANSMITS] ?? null);
}

/** The kernel's lists of TCP and UDP sockets, and whose they are: proc(5), /proc/net/tcp, /proc/net/udp and /proc/PID/fd. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Columns of /proc/net/tcp and /proc/net/udp, after splitting at blanks. */
const LOCAL = 1;
const PEER = 2;
const STATE = 3;
const QUEUES = 4;
const INODE = 9;

/** The number of the state. */
export const LISTEN = 10;

/** Each protocol has ports of its own. */
export type Protocol = 'tcp' | 'udp';

export interface PortLine {
  readonly local: PortEnd;
  readonly peer: PortEnd;
  /** The number of the state, as <linux/tcp_states.h> has it; a UDP socket's is CLOSE or ESTABLISHED. */
  readonly state: number;
  /** Bytes that wait to be read; of a listener, connections that wait to be accepted. */
  readonly unread: number;
  /** `0` where no descriptor leads to it. */
  readonly inode: string;
}

export interface PortEnd {
  /** The address as the kernel prints it: words of 32 bits, in this machine's byte order. */
  readonly host: string;
  readonly port: number;
}

export interface ProcessId {
  readonly pid: number;
  /** The name of its command. */
  readonly name: string;
}

/** All of them, IPv4 first; none where there is no /proc. */
export function linesOf(protocol: Protocol): PortLine[] {
  const path = `/proc/net/${protocol}`;
  return [...tableOf(path), ...tableOf(`${path}6`)].map((columns) => ({
    local: endOf(columns[LOCAL]),
    peer: endOf(columns[PEER]),
    state: hex(columns[STATE]),
    unread: hex(columns[QUEUES]?.split(':')[1]),
    inode: columns[INODE] ?? '0',
  }));
}

/** The process that has the socket; null where none has, or where we may not look into it. */
export function ownerOf(inode: string): ProcessId | null {
  if (inode === '0') return null;
  const link = `socket:[${inode}]`;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = list(`/proc/${pid}/fd`).some((fd) => target(`/proc/${pid}/fd/${fd}`) === link);
    if (holds) return { pid: Number(pid), name: text(`/proc/${pid}/comm`).trim() };
  }
  return null;
}

function endOf(column = ''): PortEnd {
  const [host = '', port] = column.split(':');
  return { host, port: hex(port) };
}

function hex(text: string | undefined): number {
  return Number.parseInt(text ?? '', 16);
}

function tableOf(path: string): string[][] {
  const [, ...rows] = text(path).split('\n');
  return rows.filter((row) => row !== '').map((row) => row.trim().split(/\s+/));
}

// Processes come and go, and other users' are closed to us: what can't be read is not there.
function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function target(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

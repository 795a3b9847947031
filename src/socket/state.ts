/** What a socket can be seen as, and a read-only picture of it. */
import type { TcpState } from '../sys/platform.ts';

export type { TcpState } from '../sys/platform.ts';

/** All eleven, in the order of RFC 9293 §3.3.2. */
export const TCP_STATES: readonly TcpState[] = [
  'LISTEN',
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
  'CLOSED',
];

/** A state by its name; C and the kernel’s tools write `_` for `-`. */
export function stateNamed(name: string): TcpState | null {
  const spelled = name.replaceAll('_', '-');
  return TCP_STATES.find((state) => state === spelled) ?? null;
}

/** One socket at one moment, as the kernel tells it. Plain data. */
export interface Snapshot {
  /** The name that the user gave. */
  readonly socket: string;
  /** The descriptor; null once it is closed. */
  readonly fd: number | null;
  /** For example `TCP over IPv4`. */
  readonly kind: string;
  /** Null where there are no states (UDP), or where the kernel can't be asked. */
  readonly state: TcpState | null;
  /** As an endpoint is written; null while the socket has none. */
  readonly local: string | null;
  readonly peer: string | null;
  /** Bytes that arrived and wait to be read (FIONREAD); null where there is no such queue. */
  readonly receiveQueue: number | null;
  /** Bytes that the peer has not acknowledged (SIOCOUTQ). */
  readonly sendQueue: number | null;
  /** True where a byte of urgent data has come and was not taken yet (RFC 9293 §3.8.5). */
  readonly urgent: boolean;
  /** A listener's connections that wait for accept(), and the backlog's limit. */
  readonly queue: { readonly used: number; readonly limit: number } | null;
  /** True where the kernel keeps the connection though no descriptor leads to it (TIME-WAIT). */
  readonly lingers: boolean;
  /** True where accept() made the socket. */
  readonly accepted: boolean;
  /** Whether it has a peer, also one without an address, as in socketpair(2). */
  readonly connected: boolean;
  /** True where it had a connection that is over: it can't be used for another. */
  readonly ended: boolean;
}

export type ChangeField =
  | 'state'
  | 'local'
  | 'peer'
  | 'receive_queue'
  | 'send_queue'
  | 'urgent'
  | 'queue'
  | 'backlog';

/** One difference between two snapshots of a socket. */
export interface Change {
  readonly socket: string;
  readonly field: ChangeField;
  readonly from: string | number | null;
  readonly to: string | number | null;
}

/** The differences, in the order in which a reader wants them. `before` is null for a new socket. */
export function changesBetween(before: Snapshot | null, after: Snapshot): Change[] {
  const changes: Change[] = [];
  for (const { field, read } of FIELDS) {
    const from = before === null ? null : read(before);
    const to = read(after);
    if (from === to) continue;
    // A new socket's empty queues are no news, nor is what a close takes away besides the state.
    if (to === 0 && from === null && field !== 'queue') continue;
    const unread = field === 'receive_queue' && after.fd === null && from !== 0;
    if (to === null && !unread && (after.fd === null || field.endsWith('queue'))) continue;
    changes.push({ socket: after.socket, field, from, to });
  }
  return changes;
}

const FIELDS: readonly {
  readonly field: ChangeField;
  read(snapshot: Snapshot): string | number | null;
}[] = [
  { field: 'state', read: (s) => s.state },
  { field: 'local', read: (s) => s.local },
  { field: 'peer', read: (s) => s.peer },
  { field: 'queue', read: (s) => s.queue?.used ?? null },
  { field: 'backlog', read: (s) => s.queue?.limit ?? null },
  { field: 'receive_queue', read: (s) => s.receiveQueue },
  { field: 'send_queue', read: (s) => s.sendQueue },
  // 1 where there is some: changes are numbers and texts.
  { field: 'urgent', read: (s) => (s.fd === null ? null : Number(s.urgent)) },
];

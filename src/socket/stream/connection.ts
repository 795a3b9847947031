/** Two directions between us and one peer, over any transport that has connections. */
import type { Sys } from '../../sys/sys.ts';
import type { Descriptor, Sink, Source } from './stream.ts';

/** What somebody needs who reads and writes a socket in our place. */
export interface Loan {
  readonly fd: number;
  readonly sys: Sys;
  /** After how long without progress a wait ends with ETIMEDOUT; null waits for ever. */
  readonly patienceMs: number | null;
}

/** What plans and services are written against: TCP, Unix and TLS look the same from there. */
export interface Connection {
  /** The socket's name in the session. */
  readonly name: string;
  /** Its two ends as endpoints are written; null where the kernel knows none. */
  readonly local: string | null;
  readonly remote: string | null;
  /** The peer's bytes. */
  readonly source: Source;
  /** Bytes for the peer. */
  readonly sink: Sink;
  /** A buffer for pump(): the shared one (undefined) only where nothing happens between a read and its write. */
  readonly buffer: Uint8Array | undefined;
  readonly bytesIn: number;
  /** Bytes that the kernel has taken. */
  readonly bytesOut: number;
  /**
   * Its descriptor, where bytes may go around `source` and `sink` (sendfile(2)): nothing encrypts,
   * watches or shows them. Null otherwise.
   */
  readonly plain: Descriptor | null;
  /**
   * For somebody with a descriptor of their own for the same socket (dup(2)), who leaves `source` and
   * `sink` no more to do. Absent, or null, where that can't be, as for `plain`.
   * @param closed told when the connection is closed: both have to be, before the kernel closes it
   */
  lend?(closed: () => void): Loan | null;
  /** Counts bytes that went around `sink`. */
  sent(bytes: number): void;
  /** Tells the peer that no more will come; the other direction goes on. */
  halfClose(): Promise<void>;
  close(): Promise<void>;
  /** Ends it at once and tells the peer so: RST, where the transport has one. */
  reset(): Promise<void>;
  /** The same promise, but it fails with ETIMEDOUT after a time in which no byte moved. */
  patient(work: Promise<void>): Promise<void>;
}

/** Two directions between us and one peer, over any transport that has connections. */
import type { Descriptor, Sink, Source } from './stream.ts';

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

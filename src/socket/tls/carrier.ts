/** What TLS stands on: the bytes of a connection, as node:tls reads its records and writes them. */
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/** Takes the first `count` bytes, which are gone afterwards. Told as two: each record comes this way. */
export type Take = (bytes: Uint8Array, count: number) => void;

/**
 * It never fails as a stream, for node:tls would drop what it has deciphered already: a failure is
 * told beside it, once all that came before it was passed on.
 */
export interface Carrier {
  /** What node:tls is given. */
  readonly stream: Duplex;
  /** Resolves when nothing more comes: null where that is told otherwise, or is TCP's end of file. */
  readonly over: Promise<unknown>;
  /** Whether node:tls was told of TCP's end of file, and not of a close_notify. */
  readonly atEnd: boolean;
  /** What a write failed with; nothing is written after it. */
  readonly writeFailure: unknown;
  /** Of records, as the kernel has given and taken them. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** How long nothing may move; null where whoever reads the connection below sees to that. */
  readonly patienceMs: number | null;
  /** Called once, before anything has come: who gets what `socket` deciphers. */
  deliver(socket: TLSSocket, take: Take): void;
  /** Reads no more until release(): what is deciphered waits for its reader. */
  hold(): void;
  release(): void;
  /** An error of node:tls, where it is the kernel's, as the kernel's. */
  cause(error: unknown): unknown;
}

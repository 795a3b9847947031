/** Bytes in and out, without blocking: what the pump and the services are built on. */
import { errnoNumber } from '../../sys/platform.ts';
import type { Waiting } from '../../sys/readiness.ts';
import type { DescriptorKind, Result } from '../../sys/sys.ts';
import type { Where } from '../errors.ts';

/** A descriptor to read or write, as long as it is ours. */
export interface Descriptor {
  readonly fd: number;
  /** Whether it is open still. A closed one's number may be another's: it is never used again. */
  isOpen(): boolean;
  /** Where the bytes come from or go, for messages. */
  readonly where?: Where;
  /** What it is, where the bytes may take another way for it. */
  readonly kind?: DescriptorKind;
}

/** Where bytes come from. */
export interface Source {
  /**
   * Whether a read that fills only a part of the room has taken all. True of a socket. Not of a
   * FIFO whose writers had gone before it was opened: poll(2) then never tells of its end.
   */
  readonly dryWhenShort?: boolean;
  /**
   * Reads what is there: bytes read, 0 at the end, −EAGAIN where nothing has come yet.
   * A promise where each read is a step that somebody watches.
   * @throws SocketError on any other failure, such as a reset
   */
  read(into: Uint8Array): Result | Promise<Result>;
  /**
   * As read(), but nobody wants the bytes, nor those that come before the next read(): what `into`
   * then holds means nothing. Absent where that is no cheaper.
   */
  discard?(into: Uint8Array): Result | Promise<Result>;
  /** Where the bytes come from, where a sink may take them itself: {@link Sink.writeFrom}. */
  readonly plain?: Descriptor | undefined;
  /** Counts bytes that a sink has taken itself. */
  passed?(count: number): void;
  /** Resolves when read() is worth calling again. */
  readable(): Promise<void>;
  /** As readable(), without a promise: an idle connection is to hold as little as possible. */
  whenReadable?(waiting: Waiting): void;
}

/** Where bytes go. */
export interface Sink {
  /** An earlier write that still waits: nothing more may be read for this sink until it is done. */
  readonly busy: Promise<void> | null;
  /** Whether it throws everything away: write() need not be called. */
  readonly discards?: boolean;
  /** Whether large writes are much cheaper for each byte. */
  readonly likesLarge?: boolean;
  /**
   * Takes all of the bytes. Where it can't hand them over at once it keeps a copy of the rest and
   * returns a promise; the caller may use its buffer again either way.
   * @throws SocketError on failure, also by the promise
   */
  write(bytes: Uint8Array): Promise<void> | null;
  /**
   * Takes bytes where they come from, as read() would, and none of them passes through here:
   * sendfile(2), splice(2). Absent where it can't.
   * @returns how many; −EAGAIN where nothing has come yet, or, by the promise, where it had to wait
   *   for room; null where they have to be read, which also tells of their end
   * @throws SocketError as write(), or, of a socket that is read, as read()
   */
  writeFrom?(source: Descriptor): Result | null | Promise<Result>;
}

/** A source from which nothing comes, and which does not end. */
export const noBytes: Source = {
  read: () => -errnoNumber('EAGAIN'),
  readable: () => new Promise(() => {}),
};

/** Bytes in and out, without blocking: what the pump and the services are built on. */
import { errnoNumber } from '../../sys/platform.ts';
import type { Result } from '../../sys/sys.ts';

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
  /** Resolves when read() is worth calling again. */
  readable(): Promise<void>;
}

/** Where bytes go. */
export interface Sink {
  /** An earlier write that still waits: nothing more may be read for this sink until it is done. */
  readonly busy: Promise<void> | null;
  /**
   * Takes all of the bytes. Where it can't hand them over at once it keeps a copy of the rest and
   * returns a promise; the caller may use its buffer again either way.
   * @throws SocketError on failure, also by the promise
   */
  write(bytes: Uint8Array): Promise<void> | null;
}

/** A source from which nothing comes, and which does not end. */
export const noBytes: Source = {
  read: () => -errnoNumber('EAGAIN'),
  readable: () => new Promise(() => {}),
};

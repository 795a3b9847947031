/** A bare descriptor as a source and a sink: plain reads and writes, no steps. */
import { constants, errnoNumber } from '../../sys/platform.ts';
import type { Waiting } from '../../sys/readiness.ts';
import type { Result } from '../../sys/sys.ts';
import type { Door } from '../door.ts';
import { socketError } from '../errors.ts';
import type { Descriptor, Sink, Source } from './stream.ts';

const EAGAIN = -errnoNumber('EAGAIN');
const EINTR = -errnoNumber('EINTR');
const EBADF = -errnoNumber('EBADF');
const EPIPE = -errnoNumber('EPIPE');

/**
 * A pipe that was full is enlarged, once: with the 64 KiB that it has from pipe(7) the two processes
 * wait for each other all the time. It may be shared with others, and they notice nothing but that it
 * holds more. Where it is refused (EPERM: the user has
 * many pages in pipes already, or F_SETPIPE_SZ is more than pipe-max-size), it stays as it is.
 */
const LARGE_PIPE = 1024 * 1024;
/** What a pipe has from the beginning: a read of so much found it full. */
const FULL_PIPE = 64 * 1024;

/**
 * sendfile(2): "Applications may wish to fall back to read(2)/write(2)"; EPERM from a filter of system
 * calls. EIO is the file's own trouble, which read(2) tells better.
 */
const TO_BE_READ = (['EINVAL', 'ENOSYS', 'EPERM', 'EOPNOTSUPP', 'EIO'] as const).map(
  (name) => -errnoNumber(name),
);
/** One call moves at most so much: a file that is not in memory is waited for, and with it all others. */
export const FILE_BYTES_AT_ONCE = 256 * 1024;

/** Two struct pollfd, of eight bytes: `fd`, and `events` and `revents` with 16 bits each (poll(2)). */
const asked = new DataView(new ArrayBuffer(16));
const POLLIN = 1;
const POLLOUT = 4;

/** tcp(7): MSG_TRUNC "causes the received bytes of data to be discarded". Linux only. */
const MSG_TRUNC = process.platform === 'linux' ? (constants.get('MSG_TRUNC') ?? 0) : 0;

/** As Source.read() of a descriptor. */
export function readFrom(door: Door, from: Descriptor, into: Uint8Array): Result {
  const result = from.isOpen() ? door.sys.read(from.fd, into) : EBADF;
  return result >= 0 || result === EAGAIN ? result : notRead(door, from, result);
}

/**
 * As Source.discard() of a socket. The kernel still counts, acknowledges and checks the bytes; it does
 * not copy them.
 */
export function discardFrom(door: Door, from: Descriptor, into: Uint8Array): Result {
  if (MSG_TRUNC === 0) return readFrom(door, from, into);
  const result = from.isOpen() ? door.sys.recv(from.fd, into, MSG_TRUNC) : EBADF;
  return result >= 0 || result === EAGAIN ? result : notRead(door, from, result);
}

/** @throws SocketError unless it only has to be called again */
function notRead({ sys }: Door, { where }: Descriptor, result: Result): Result {
  if (result === EINTR) return EAGAIN;
  throw socketError(sys, 'read', result, where);
}

/** As Source.whenReadable() of a descriptor. */
export function whenReadable(door: Door, from: Descriptor, waiting: Waiting): void {
  if (from.isOpen()) door.readiness.when(from.fd, 'readable', waiting);
  else queueMicrotask(() => waiting.ready());
}

export class DescriptorSource implements Source {
  readonly dryWhenShort: boolean;
  readonly plain: Descriptor | undefined;
  protected readonly door: Door;
  protected readonly from: Descriptor;
  private small: boolean;

  constructor(door: Door, from: Descriptor, dryWhenShort = false) {
    this.door = door;
    this.from = from;
    this.dryWhenShort = dryWhenShort;
    this.plain = from.kind === 'file' ? from : undefined;
    this.small = from.kind === 'pipe';
  }

  read(into: Uint8Array): Result {
    const result = readFrom(this.door, this.from, into);
    if (this.small && result >= FULL_PIPE) {
      this.small = false;
      this.door.sys.enlargePipe(this.from.fd, LARGE_PIPE);
    }
    return result;
  }

  readable(): Promise<void> {
    if (!this.from.isOpen()) return Promise.resolve();
    return this.door.readiness.wait(this.from.fd, 'readable');
  }

  whenReadable(waiting: Waiting): void {
    whenReadable(this.door, this.from, waiting);
  }
}

/** What is written to a descriptor: the one that is named, or one's own. */
export abstract class PlainSink implements Sink {
  busy: Promise<void> | null = null;
  /** Bytes that the kernel has taken. */
  taken = 0;
  protected abstract readonly door: Door;
  protected abstract readonly to: Descriptor;
  /** Whether it is a pipe of the usual size. */
  protected small = false;

  write(bytes: Uint8Array): Promise<void> | null {
    if (this.busy !== null) {
      const copy = copied(bytes);
      return this.hold(this.busy.then(() => this.flush(copy.subarray(this.writeSome(copy)))));
    }
    const taken = this.writeSome(bytes);
    if (taken === bytes.length) return null;
    return this.hold(this.flush(copied(bytes.subarray(taken))));
  }

  /** From a regular file into a socket, and from a socket into a pipe that was full once. */
  writeFrom(source: Descriptor): Result | null | Promise<Result> {
    const { sys } = this.door;
    const fromFile = source.kind === 'file' && this.to.kind === 'socket';
    const intoPipe = source.kind === 'socket' && this.to.kind === 'pipe' && !this.small;
    if (!fromFile && !intoPipe) return null;
    if (!this.to.isOpen() || !source.isOpen()) return null;
    const result = fromFile
      ? sys.sendfile(this.to.fd, source.fd, null, FILE_BYTES_AT_ONCE)
      : sys.splice(source.fd, this.to.fd, LARGE_PIPE);
    if (result === EINTR) return EAGAIN;
    if (result === EAGAIN) return intoPipe ? this.unspliced(source) : this.room();
    // What a socket says of its loss it says once: it must be told here. A pipe says it again.
    if (result === 0 || TO_BE_READ.includes(result) || (intoPipe && result === EPIPE)) return null;
    const [call, where] = fromFile
      ? (['write', this.to.where] as const)
      : (['read', source.where] as const);
    if (result < 0) throw socketError(sys, call, result, where);
    this.taken += result;
    return result;
  }

  /**
   * splice(2) says EAGAIN for either side: poll(2) tells which. Where neither is to blame, urgent data
   * is next (MSG_OOB): Linux never splices past its mark, and read(2) does.
   */
  private unspliced(source: Descriptor): Result | null | Promise<Result> {
    asked.setInt32(0, source.fd, true);
    asked.setInt16(4, POLLIN, true);
    asked.setInt32(8, this.to.fd, true);
    asked.setInt16(12, POLLOUT, true);
    this.door.sys.poll(new Uint8Array(asked.buffer));
    if (asked.getInt16(6, true) === 0) return EAGAIN;
    return asked.getInt16(14, true) === 0 ? this.room() : null;
  }

  private room(): Promise<Result> {
    return this.door.readiness.wait(this.to.fd, 'writable').then(() => EAGAIN);
  }

  /** Marks the sink busy until `writing` is done: whoever awaits it finds the sink free again. */
  private hold(writing: Promise<void>): Promise<void> {
    const free = () => {
      if (this.busy === held) this.busy = null;
    };
    const held: Promise<void> = writing.then(free, (error) => {
      free();
      throw error;
    });
    this.busy = held;
    return held;
  }

  private async flush(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.to.isOpen()) await this.door.readiness.wait(this.to.fd, 'writable');
      rest = rest.subarray(this.writeSome(rest));
    }
  }

  /** Writes until the kernel takes no more; counts what it took. */
  private writeSome(bytes: Uint8Array): number {
    let taken = 0;
    while (taken < bytes.length) {
      const rest = taken === 0 ? bytes : bytes.subarray(taken);
      const result = this.to.isOpen() ? this.door.sys.write(this.to.fd, rest) : EBADF;
      if (result === EAGAIN && this.enlarged()) continue;
      if (result === EAGAIN || result === EINTR) break;
      if (result < 0) throw socketError(this.door.sys, 'write', result, this.to.where);
      taken += result;
      this.taken += result;
    }
    return taken;
  }

  /** @returns whether it was a pipe of the usual size, and has room now */
  private enlarged(): boolean {
    if (!this.small) return false;
    this.small = false;
    return this.door.sys.enlargePipe(this.to.fd, LARGE_PIPE) >= 0;
  }
}

export class DescriptorSink extends PlainSink {
  protected readonly door: Door;
  protected readonly to: Descriptor;

  constructor(door: Door, to: Descriptor) {
    super();
    this.door = door;
    this.to = to;
    this.small = to.kind === 'pipe';
  }
}

/** Not slice(): a Buffer's gives a view of the same memory. */
export function copied(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

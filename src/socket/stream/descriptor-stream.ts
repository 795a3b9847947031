/** A bare descriptor as a source and a sink: plain reads and writes, no steps. */
import { errnoNumber } from '../../sys/platform.ts';
import type { Result } from '../../sys/sys.ts';
import type { Door } from '../door.ts';
import { socketError, type Where } from '../errors.ts';
import type { Sink, Source } from './stream.ts';

const EAGAIN = -errnoNumber('EAGAIN');
const EINTR = -errnoNumber('EINTR');
const EBADF = -errnoNumber('EBADF');

/** A descriptor to read or write, as long as it is ours. */
export interface Descriptor {
  readonly fd: number;
  /** Whether it is open still. A closed one's number may be another's: it is never used again. */
  isOpen(): boolean;
  /** Where the bytes come from or go, for messages. */
  readonly where?: Where;
}

export class DescriptorSource implements Source {
  readonly dryWhenShort: boolean;
  private readonly door: Door;
  private readonly from: Descriptor;

  constructor(door: Door, from: Descriptor, dryWhenShort = false) {
    this.door = door;
    this.from = from;
    this.dryWhenShort = dryWhenShort;
  }

  read(into: Uint8Array): Result {
    const result = this.from.isOpen() ? this.door.sys.read(this.from.fd, into) : EBADF;
    if (result >= 0 || result === EAGAIN) return result;
    if (result === EINTR) return EAGAIN;
    throw socketError(this.door.sys, 'read', result, this.from.where);
  }

  readable(): Promise<void> {
    if (!this.from.isOpen()) return Promise.resolve();
    return this.door.readiness.wait(this.from.fd, 'readable');
  }
}

export class DescriptorSink implements Sink {
  busy: Promise<void> | null = null;
  /** Bytes that the kernel has taken. */
  taken = 0;
  private readonly door: Door;
  private readonly to: Descriptor;

  constructor(door: Door, to: Descriptor) {
    this.door = door;
    this.to = to;
  }

  write(bytes: Uint8Array): Promise<void> | null {
    if (this.busy !== null) {
      const copy = copied(bytes);
      return this.hold(this.busy.then(() => this.flush(copy.subarray(this.writeSome(copy)))));
    }
    const taken = this.writeSome(bytes);
    if (taken === bytes.length) return null;
    return this.hold(this.flush(copied(bytes.subarray(taken))));
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
      if (result === EAGAIN || result === EINTR) break;
      if (result < 0) throw socketError(this.door.sys, 'write', result, this.to.where);
      taken += result;
      this.taken += result;
    }
    return taken;
  }
}

/** Not slice(): a Buffer's gives a view of the same memory. */
export function copied(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

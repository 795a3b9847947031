/** A bare descriptor as a source and a sink: plain reads and writes, no steps. */
import { errnoNumber } from '../sys/platform.ts';
import type { Result } from '../sys/sys.ts';
import { socketError } from './errors.ts';
import type { Sink, Source } from './stream.ts';
import type { Door } from './waiting.ts';

const EAGAIN = -errnoNumber('EAGAIN');
const EINTR = -errnoNumber('EINTR');

/** Where the bytes come from or go, for messages. */
export interface Where {
  readonly local?: string | null;
  readonly remote?: string | null;
}

export class DescriptorSource implements Source {
  private readonly door: Door;
  private readonly fd: number;
  private readonly where: Where;

  constructor(door: Door, fd: number, where: Where = {}) {
    this.door = door;
    this.fd = fd;
    this.where = where;
  }

  read(into: Uint8Array): Result {
    const result = this.door.sys.read(this.fd, into);
    if (result >= 0 || result === EAGAIN) return result;
    if (result === EINTR) return EAGAIN;
    throw socketError(this.door.sys, 'read', result, this.where);
  }

  readable(): Promise<void> {
    return this.door.readiness.wait(this.fd, 'readable');
  }
}

export class DescriptorSink implements Sink {
  busy: Promise<void> | null = null;
  private readonly door: Door;
  private readonly fd: number;
  private readonly where: Where;

  constructor(door: Door, fd: number, where: Where = {}) {
    this.door = door;
    this.fd = fd;
    this.where = where;
  }

  write(bytes: Uint8Array): Promise<void> | null {
    if (this.busy !== null) {
      const copy = bytes.slice();
      return this.hold(this.busy.then(() => this.flush(copy)));
    }
    const taken = this.writeSome(bytes);
    if (taken === bytes.length) return null;
    return this.hold(this.flush(bytes.slice(taken)));
  }

  /** Marks the sink busy until `writing` is done. */
  private hold(writing: Promise<void>): Promise<void> {
    const held = writing.finally(() => {
      if (this.busy === held) this.busy = null;
    });
    this.busy = held;
    return held;
  }

  private async flush(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      await this.door.readiness.wait(this.fd, 'writable');
      rest = rest.subarray(this.writeSome(rest));
    }
  }

  /** Writes until the kernel takes no more; counts what it took. */
  private writeSome(bytes: Uint8Array): number {
    let taken = 0;
    while (taken < bytes.length) {
      const result = this.door.sys.write(this.fd, taken === 0 ? bytes : bytes.subarray(taken));
      if (result === EAGAIN || result === EINTR) break;
      if (result < 0) throw socketError(this.door.sys, 'write', result, this.where);
      taken += result;
    }
    return taken;
  }
}

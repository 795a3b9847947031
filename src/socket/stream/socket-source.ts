/** A connected socket's bytes by plain reads, and how many there were. */
import type { Result } from '../../sys/sys.ts';
import type { Door } from '../door.ts';
import { DescriptorSource, discardFrom } from './descriptor-stream.ts';
import type { Descriptor } from './stream.ts';

export class SocketSource extends DescriptorSource {
  override readonly plain: Descriptor;
  /** Bytes that have come. */
  taken = 0;

  constructor(door: Door, from: Descriptor) {
    super(door, from, true);
    this.plain = from;
  }

  override read(into: Uint8Array): Result {
    return this.counted(super.read(into));
  }

  discard(into: Uint8Array): Result {
    return this.counted(discardFrom(this.door, this.from, into));
  }

  passed(count: number): void {
    this.taken += count;
  }

  private counted(count: Result): Result {
    if (count > 0) this.taken += count;
    return count;
  }
}

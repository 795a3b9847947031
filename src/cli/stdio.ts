/** Our own stdin and stdout as a source and a sink: the only place where their bytes pass. */

import type { Door } from '../socket/door.ts';
import { SocketError } from '../socket/errors.ts';
import { DescriptorSink, DescriptorSource } from '../socket/stream/descriptor-stream.ts';
import { nowhere } from '../socket/stream/nowhere.ts';
import { type Descriptor, noBytes, type Sink, type Source } from '../socket/stream/stream.ts';
import { VisibleText } from '../view/visible.ts';

const STDIN = 0;
const STDOUT = 1;

/** stdin as a source, and whether a person sits there. */
export interface Stdin {
  readonly source: Source;
  readonly interactive: boolean;
}

/** Our own stdin and stdout while a plan runs. */
export class Stdio {
  private readonly door: Door;
  /** The descriptors that are waited for: they would keep the event loop alive. */
  private readonly used: { readonly fd: number; readonly ours: boolean }[] = [];
  private closed = false;
  private inner: DescriptorSink | null = null;
  private viewer: VisibleText | null = null;

  constructor(door: Door) {
    this.door = door;
  }

  /** @param stepping a terminal's Enter then belongs to the pauses, and nothing is read from it */
  stdin(stepping: boolean): Stdin {
    const interactive = this.door.sys.kindOf(STDIN) === 'terminal';
    if (interactive && stepping) return { source: noBytes, interactive };
    return { source: new DescriptorSource(this.door, this.open(STDIN, 'read')), interactive };
  }

  /**
   * Raw into a pipe or file; onto a terminal as visible text, unless `raw`.
   * @param closed told when its reader has gone; the sink then takes nothing more, and never returns
   */
  stdout(raw: boolean, closed: () => void): Sink {
    const kind = this.door.sys.kindOf(STDOUT);
    // What /dev/null is given is gone: the kernel need not copy it out to us first.
    if (kind === 'null') return nowhere;
    const safe = !raw && kind === 'terminal';
    this.viewer = safe ? new VisibleText() : null;
    this.inner = new DescriptorSink(this.door, this.open(STDOUT, 'write'));
    return guarded(this.inner, this.viewer, closed);
  }

  /** A descriptor that somebody else has opened: it is closed with the others. */
  keep(fd: number): Descriptor {
    this.used.push({ fd, ours: true });
    return { fd, kind: this.door.sys.kindOf(fd), isOpen: () => !this.closed };
  }

  /** Lets go of all of them. */
  close(): void {
    if (this.viewer !== null) this.inner?.write(new TextEncoder().encode(this.viewer.end()));
    this.closed = true;
    for (const { fd, ours } of this.used) {
      this.door.readiness.release(fd);
      if (ours) this.door.sys.close(fd);
    }
  }

  private open(fd: number, mode: 'read' | 'write'): Descriptor {
    const opened = this.door.sys.reopen(fd, mode);
    this.used.push({ fd: opened, ours: opened !== fd });
    // To be waited for makes it non-blocking: a read of a shared terminal would stop the program.
    void this.door.readiness.wait(opened, mode === 'read' ? 'readable' : 'writable');
    const name = mode === 'read' ? 'stdin' : 'stdout';
    const kind = this.door.sys.kindOf(opened);
    return { fd: opened, kind, where: { local: name }, isOpen: () => !this.closed };
  }
}

function guarded(inner: DescriptorSink, viewer: VisibleText | null, closed: () => void): Sink {
  const guard = (error: unknown): Promise<void> => {
    if (!(error instanceof SocketError) || error.code !== 'EPIPE') throw error;
    closed();
    return new Promise(() => {});
  };
  return {
    get busy() {
      return inner.busy?.catch(guard) ?? null;
    },
    ...(viewer === null && { writeFrom: (source: Descriptor) => inner.writeFrom(source) }),
    write(bytes) {
      try {
        const shown = viewer === null ? bytes : new TextEncoder().encode(viewer.push(bytes));
        return inner.write(shown)?.catch(guard) ?? null;
      } catch (error) {
        return guard(error);
      }
    },
  };
}

/** Our own stdin and stdout as a source and a sink: the only place where their bytes pass. */
import { DescriptorSink, DescriptorSource } from '../socket/descriptor-stream.ts';
import { SocketError } from '../socket/errors.ts';
import type { Sink, Source } from '../socket/stream.ts';
import type { Door } from '../socket/waiting.ts';
import { errnoNumber } from '../sys/platform.ts';
import { VisibleText } from '../view/visible.ts';

const STDIN = 0;
const STDOUT = 1;

/** stdin as a source, and whether a person sits there. */
export interface Stdin {
  readonly source: Source;
  readonly interactive: boolean;
}

/** @param stepping a terminal's Enter then belongs to the pauses, and nothing is read from it */
export function openStdin(door: Door, stepping: boolean): Stdin {
  const interactive = door.sys.kindOf(STDIN) === 'terminal';
  if (interactive && stepping) return { source: silent, interactive };
  return { source: new DescriptorSource(door, door.sys.reopen(STDIN, 'read')), interactive };
}

/** A source from which nothing comes, and which does not end. */
const silent: Source = {
  read: () => -errnoNumber('EAGAIN'),
  readable: () => new Promise(() => {}),
};

/**
 * stdout as a sink: raw into a pipe or file; onto a terminal as visible text, unless `raw`.
 * @param closed told when its reader has gone; the sink then takes nothing more, and never returns
 */
export function openStdout(door: Door, raw: boolean, closed: () => void): Sink {
  const inner = new DescriptorSink(door, door.sys.reopen(STDOUT, 'write'));
  const safe = !raw && door.sys.kindOf(STDOUT) === 'terminal';
  const viewer = new VisibleText();
  const guard = (error: unknown): Promise<void> => {
    if (!(error instanceof SocketError) || error.code !== 'EPIPE') throw error;
    closed();
    return new Promise(() => {});
  };
  return {
    get busy() {
      return inner.busy?.catch(guard) ?? null;
    },
    write(bytes) {
      try {
        const shown = safe ? new TextEncoder().encode(viewer.push(bytes)) : bytes;
        return inner.write(shown)?.catch(guard) ?? null;
      } catch (error) {
        return guard(error);
      }
    },
  };
}

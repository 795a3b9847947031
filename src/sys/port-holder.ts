/** Who holds a port, where /proc tells: proc(5), /proc/net/tcp, /proc/net/udp and /proc/PID/fd. */
import {
  LISTEN,
  linesOf,
  ownerOf,
  type PortLine,
  type ProcessId,
  type Protocol,
} from './proc-net.ts';

export interface PortHolder {
  /** As in `/proc/net/tcp`; `other` over UDP. A port can be held with no process behind it. */
  readonly state: 'LISTEN' | 'TIME-WAIT' | 'other';
  /** Null where no process has it, or where we may not look into the one that has. */
  readonly process: ProcessId | null;
}

const TIME_WAIT = 6;

/** The socket that is the likeliest to be in the way of a bind to `port`; null where none is seen. */
export function findPortHolder(port: number, protocol: Protocol = 'tcp'): PortHolder | null {
  const lines = linesOf(protocol).filter(({ local }) => local.port === port);
  const line =
    lines.find(({ state }) => state === LISTEN) ??
    lines.find(({ inode }) => inode !== '0') ??
    lines[0];
  if (line === undefined) return null;
  return { state: stateOf(line), process: ownerOf(line.inode) };
}

function stateOf({ state }: PortLine): PortHolder['state'] {
  return state === LISTEN ? 'LISTEN' : state === TIME_WAIT ? 'TIME-WAIT' : 'other';
}

/** The kernel's own list of TCP sockets, proc(5): /proc/net/tcp and /proc/net/tcp6. */
import { readFileSync } from 'node:fs';

/** A line of the list. All numbers are as the kernel prints them, in hexadecimal. */
interface TcpRow {
  readonly localPort: number;
  readonly peerPort: number;
  /** The number of a state, for example 10 for a listener. */
  readonly state: number;
  /** For a listener: how many connections wait to be accepted. */
  readonly receiveQueue: number;
  /** 0 where no descriptor leads to it any more. */
  readonly inode: number;
}

/** Looks a TCP socket up by its ports, which are one connection's alone on this machine. */
export function tcpRow(localPort: number, peerPort: number): TcpRow | undefined {
  return tcpRows().find((row) => row.localPort === localPort && row.peerPort === peerPort);
}

function tcpRows(): TcpRow[] {
  const lines = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/net/${name}`, 'latin1').trimEnd().split('\n').slice(1),
  );
  return lines.map((line) => {
    const [, local, peer, state, queues, , , , , inode] = line.trim().split(/\s+/);
    const hex = (text: string | undefined) => Number.parseInt(text ?? '', 16);
    return {
      localPort: hex(local?.split(':')[1]),
      peerPort: hex(peer?.split(':')[1]),
      state: hex(state),
      receiveQueue: hex(queues?.split(':')[1]),
      inode: Number(inode),
    };
  });
}

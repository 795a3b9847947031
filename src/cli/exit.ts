/** Exit codes that tell causes apart. They are part of the public surface: docs/exit-codes.md. */
import { SocketError } from '../socket/errors.ts';
import { isUnloadable } from './start/unloadable.ts';

export const EXIT = {
  done: 0,
  unmet: 1,
  usage: 2,
  refused: 3,
  unresolved: 4,
  timeout: 5,
  reset: 6,
  cannotBind: 7,
  tls: 8,
  unsupported: 69,
  defect: 70,
  interrupted: 130,
  pipeClosed: 141,
  terminated: 143,
} as const;

/** A failure that is no defect: its message is shown as it is, and the process ends with `code`. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

const BY_ERRNO: Readonly<Record<string, number>> = {
  ECONNREFUSED: EXIT.refused,
  ENETUNREACH: EXIT.refused,
  EHOSTUNREACH: EXIT.refused,
  EHOSTDOWN: EXIT.refused,
  ENETDOWN: EXIT.refused,
  ENOENT: EXIT.refused,
  ETIMEDOUT: EXIT.timeout,
  ECONNRESET: EXIT.reset,
  ECONNABORTED: EXIT.reset,
  EPIPE: EXIT.reset,
  // TLS without close_notify at its end: the stream may have been cut off.
  UNEXPECTED_EOF: EXIT.reset,
  EAFNOSUPPORT: EXIT.unsupported,
};

/** What only files can answer, and no socket. */
const OUR_FILES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);
/** The calls that pass datagrams. Streams are read and written, which are other calls. */
const DATAGRAM_CALLS: ReadonlySet<string> = new Set(['send', 'sendto', 'recv', 'recvfrom']);

/** The exit code for a call that the kernel refused. */
export function codeOf(error: SocketError): number {
  // A full disk behind stdout, or a folder as stdin: it is ours, and not the peer's doing.
  if (error.local === 'stdin' || error.local === 'stdout') return EXIT.unsupported;
  // So is a file of a service's.
  if (OUR_FILES.has(error.code) || error.call === 'open' || error.call === 'link')
    return EXIT.unsupported;
  if (error.call === 'getaddrinfo')
    return error.code === 'ETIMEDOUT' ? EXIT.timeout : EXIT.unresolved;
  // Out of descriptors, no such protocol, a sandbox: the system can't give a socket.
  if (error.call === 'socket') return EXIT.unsupported;
  if (error.call === 'bind' || error.call === 'listen') return EXIT.cannotBind;
  // A message that is too long for one is the user's.
  if (error.code === 'EMSGSIZE') return EXIT.usage;
  // There is no connection that could be lost: an ICMP message tells of a refusal only now.
  const isDatagram = DATAGRAM_CALLS.has(error.call);
  // A connection that is refused, unreachable or timed out while it stands is lost.
  const code = BY_ERRNO[error.code];
  if (error.call === 'connect' || isDatagram) return code ?? EXIT.refused;
  if (error.call === 'tls') return code ?? EXIT.tls;
  return code === undefined || code === EXIT.refused ? EXIT.reset : code;
}

/** The exit code for anything that was thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Failure) return error.code;
  if (error instanceof SocketError) return codeOf(error);
  if (isUnloadable(error)) return EXIT.unsupported;
  return EXIT.defect;
}

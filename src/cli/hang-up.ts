/** The end of a program whose terminal has gone: closed, or its connection lost. */
import { isatty } from 'node:tty';

/** Whether the stream’s terminal still answers: of one that has hung up, tcgetattr(3) gives EIO. */
export function isThere(stream: NodeJS.WriteStream): boolean {
  return 'fd' in stream && typeof stream.fd === 'number' && isatty(stream.fd);
}

/**
 * Ends the process as the hang-up itself would have: by SIGHUP, which shells count as 129. At a
 * normal end Node sets the modes of its terminal back, and aborts where there is none any more.
 */
export function endByHangUp(): never {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
  process.exit(129);
}

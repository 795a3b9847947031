/** What the kernel still has of what was written. */
import { constants } from '../../sys/platform.ts';
import type { Door } from '../door.ts';
import type { Connection } from './connection.ts';

/**
 * Bytes that the peer has not acknowledged, or on this machine not read (tcp(7), unix(7): SIOCOUTQ).
 * 0 also where that can't be asked.
 */
export function unsent(door: Door, { plain }: Connection): number {
  const request = constants.get('SIOCOUTQ');
  if (request === undefined || plain === null || !plain.isOpen()) return 0;
  const value = new Int32Array(1);
  return door.sys.ioctl(plain.fd, request, value) < 0 ? 0 : (value[0] ?? 0);
}

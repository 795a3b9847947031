/** Families and types of sockets by what they are, not by their numbers. */
import { constantValue } from '../../socket/names.ts';
import type { Sock } from './story.ts';

export type Domain = 'inet' | 'inet6' | 'unix' | 'other';

export function domainOf({ domain }: Pick<Sock, 'domain'>): Domain {
  if (domain === constantValue('AF_INET')) return 'inet';
  if (domain === constantValue('AF_INET6')) return 'inet6';
  return domain === constantValue('AF_UNIX') ? 'unix' : 'other';
}

/** Bytes in order, without borders between messages. */
export function isStream({ type }: Pick<Sock, 'type'>): boolean {
  return type === constantValue('SOCK_STREAM');
}

export function isTcp(sock: Sock): boolean {
  return isStream(sock) && (domainOf(sock) === 'inet' || domainOf(sock) === 'inet6');
}

/** Addresses → names: getnameinfo(3), through Node, and with its threads. */
import { lookupService } from 'node:dns/promises';
import { bind } from './ffi.ts';

/**
 * The name that the resolver has for an address, from /etc/hosts or from DNS; null where it has
 * none, or can't say. It may take as long as name servers are waited for: ten seconds and more.
 *
 * @param address a literal, with its zone where it has one: `fe80::1%lo`
 */
export async function nameOf(address: string): Promise<string | null> {
  try {
    return (await lookupService(address, 0)).hostname;
  } catch {
    // Most addresses have no name; the codes do not tell that from a name server's silence.
    return null;
  }
}

const exit = bind('void _exit(int)');

/**
 * Ends the process at once: _exit(2). A lookup runs in a thread that nobody can stop, and
 * exit(3), so process.exit(), waits for all such threads. Whatever is to be written must be
 * written before.
 */
export function exitNow(code: number): never {
  exit(code);
  throw new Error('_exit(2) does not return');
}

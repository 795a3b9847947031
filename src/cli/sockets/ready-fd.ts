/** --ready-fd: the address on a descriptor, for whoever started us. */
import { closeSync, fstatSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
import { EXIT, Failure } from '../exit.ts';

/** A mistake is told before anything is bound. @throws Failure where nothing was handed over there */
export function checkReady(fd: number | undefined): void {
  if (fd === undefined) return;
  try {
    fstatSync(fd);
  } catch (error) {
    throw unusable(fd, error);
  }
}

/**
 * Writes the address, and closes the descriptor: its reader needs neither sleep nor parsing.
 * @throws Failure where it can't be written there
 */
export function sayReady(fd: number, local: string): void {
  try {
    if (isOurOwn(fd)) throw new Error('it was not handed to socklab');
    writeSync(fd, `${local}\n`);
    if (fd > 2) closeSync(fd);
  } catch (error) {
    throw unusable(fd, error);
  }
}

function unusable(fd: number, error: unknown): Failure {
  const why = error instanceof Error ? error.message : String(error);
  return new Failure(`--ready-fd ${fd}: ${why}`, EXIT.usage);
}

/**
 * Whether the descriptor is one of Node's: its event loop's (an anonymous inode, or a pipe with
 * both ends here). To write to those, or close them, would end the process.
 */
function isOurOwn(fd: number): boolean {
  const target = linkOf(String(fd));
  if (target === null || fd <= 2) return false;
  if (target.startsWith('anon_inode:')) return true;
  const same = readdirSync('/proc/self/fd').filter((other) => linkOf(other) === target);
  return target.startsWith('pipe:') && same.length > 1;
}

/** What a descriptor leads to: proc(5); null where it is closed, or there is no /proc. */
function linkOf(fd: string): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return null;
  }
}

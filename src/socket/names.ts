/** The names that the call language knows from C: constants and errnos of this platform. */
import { constants, errnoNumbers } from '../sys/platform.ts';

export function isConstant(name: string): boolean {
  return constants.has(name);
}

export function isErrno(name: string): boolean {
  return errnoNumbers.has(name);
}

export function errnoNames(): string[] {
  return [...errnoNumbers.keys()];
}

/** The names that the call language knows from C: constants and errnos of this platform. */
import { constants, errnoName, errnoNumbers } from '../sys/platform.ts';

export function isConstant(name: string): boolean {
  return constants.has(name);
}

export function isErrno(name: string): boolean {
  return errnoNumbers.has(name);
}

/** `111` → `ECONNREFUSED`, as this platform counts them; null where no errno has the number. */
export function errnoOfNumber(number: number): string | null {
  const name = errnoName(number);
  return isErrno(name) ? name : null;
}

export function errnoNames(): string[] {
  return [...errnoNumbers.keys()];
}

/** The names that the call language knows from C: constants and errnos of this platform. */
import { constants, errnoName, errnoNumbers } from '../sys/platform.ts';

export { canonicalErrno } from '../sys/platform.ts';
// teach may not import wire.
export { nearest } from '../wire/nearest.ts';

export function isConstant(name: string): boolean {
  return constants.has(name);
}

export function isErrno(name: string): boolean {
  return errnoNumbers().has(name);
}

/** `111` → `ECONNREFUSED`, as this platform counts them; null where no errno has the number. */
export function errnoOfNumber(number: number): string | null {
  const name = errnoName(number);
  return isErrno(name) ? name : null;
}

export function errnoNames(): string[] {
  return [...errnoNumbers().keys()];
}

/** The errors of getaddrinfo(3), and the end of file, which is none. */
const OTHER_ANSWERS: ReadonlySet<string> = new Set([
  'EAI_NONAME',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_FAMILY',
  'EAI_SERVICE',
  'EAI_SOCKTYPE',
  'EAI_ADDRFAMILY',
  'EAI_NODATA',
  'EAI_SYSTEM',
]);

/** Whether a call can fail with this. */
export function isAnswer(name: string): boolean {
  return isErrno(name) || OTHER_ANSWERS.has(name);
}

/** The number of a constant; 0 where there is no such one. */
export function constantValue(part: string | number): number {
  return typeof part === 'number' ? part : (constants.get(part) ?? 0);
}

export function errnoValue(name: string): number | undefined {
  return errnoNumbers().get(name);
}

export function constantNames(): string[] {
  return [...constants.keys()];
}

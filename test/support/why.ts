/** Sessions whose calls are explained. */
import { expect } from 'vitest';
import { type Reason, whyNow } from '../../src/teach/why/now.ts';
import type { TestSession } from './session.ts';

export const made = (name: string, domain = 'AF_INET', type = 'SOCK_STREAM') =>
  `${name} = socket(${domain}, ${type}, 0)`;
export const LISTENER = [made('server'), 'bind(server, 127.0.0.1:0)', 'listen(server, 4)'];
export const CLIENT = [made('client'), 'connect(client, server)'];
export const CONNECTION = [...LISTENER, ...CLIENT, 'conn = accept(server)'];
export const UDP = made('u', 'AF_INET', 'SOCK_DGRAM');
/** Makes the calls up to the last one, and begins that, which must block. */
export async function blockedBy(session: TestSession, ...statements: string[]): Promise<string> {
  await session.all(...statements.slice(0, -1));
  const job = session.begin(statements.at(-1) ?? '');
  await job.settled;
  expect(job.blocked).not.toBeNull();
  return whyOfJob(session, job.blocked?.job ?? 0);
}

export function whyOfJob(session: TestSession, job: number): string {
  const { reasons } = whyNow(session, job);
  expect(reasons).toHaveLength(1);
  return told(reasons[0]);
}

/** What `.why` says first. */
export function whyFirst(session: TestSession): string {
  return told(whyNow(session).reasons[0]);
}

function told(reason: Reason | undefined): string {
  const why = reason?.why ?? 'silence';
  // What is not known must not be told as if it were.
  expect(why).not.toMatch(/\b(null|undefined|NaN)\b/);
  return why;
}

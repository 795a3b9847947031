/** Scripts in which the n-th call fails: nothing may leak, hang, or come up that is no error of a call. */
import { expect } from 'vitest';
import { BadCall, SocketError } from '../../src/socket/errors.ts';
import type { Job } from '../../src/socket/session/job.ts';
import type { ErrnoName } from '../../src/sys/platform.ts';
import { openDescriptors } from './bare.ts';
import { FaultySys, SYS_CALLS, type SysCall } from './faulty-sys.ts';
import { callOf, TestSession } from './session.ts';

export interface Ending {
  /** What was thrown and should not have been. */
  readonly odd: unknown[];
  /** The calls that were blocked at the end of the script, and after the session's close(). */
  readonly blocked: string[];
  readonly stuck: string[];
}

/** Makes the calls of a script, also where one before failed or is blocked, and ends the session. */
export async function run(session: TestSession, script: readonly string[]): Promise<Ending> {
  const jobs: Job[] = [];
  const odd: unknown[] = [];
  for (const statement of script) {
    const job = session.start(callOf(statement));
    jobs.push(job);
    job.step.then(
      ({ outcome }) => {
        if (outcome.kind === 'error' && !(outcome.error instanceof SocketError)) odd.push(outcome);
      },
      (error) => {
        if (!(error instanceof BadCall || error instanceof SocketError)) odd.push(error);
      },
    );
    await job.settled;
    // A few turns of the event loop: what can go on goes on.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    session.look();
  }
  const blocked = session.jobs().map(({ call }) => call.name);
  session.close();
  const stuck: string[] = [];
  for (const { call, step } of jobs) {
    const timely = step.then(
      () => true,
      () => true,
    );
    // No pause: the step ends the wait. The time only bounds it, so that a stuck call has its name told.
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, 1000, false).unref());
    if (!(await Promise.race([timely, late]))) stuck.push(call.name);
  }
  return { odd, stuck, blocked };
}

/** How often the script makes each call when nothing fails. */
async function counts(script: readonly string[]): Promise<Map<SysCall, number>> {
  const sys = new FaultySys();
  const ending = await run(new TestSession({ sys }), script);
  expect(ending).toEqual({ odd: [], stuck: [], blocked: [] });
  return new Map(SYS_CALLS.map((call) => [call, sys.count(call)]));
}

/** Each call that the script makes fails, at each of its turns, with each errno. */
export async function failEach(
  script: readonly string[],
  call: SysCall,
  errnos: readonly ErrnoName[],
): Promise<void> {
  const times = (await counts(script)).get(call) ?? 0;
  expect(times).toBeGreaterThan(0);
  for (const errno of errnos) {
    for (let nth = 1; nth <= times; nth++) {
      const what = `${errno} in ${call}() number ${nth} of ${times}`;
      const before = openDescriptors();
      const sys = new FaultySys().fail(call, errno, { nth });
      const ending = await run(new TestSession({ sys }), script);
      expect([what, ending]).toMatchObject([what, { odd: [], stuck: [] }]);
      expect([what, openDescriptors()]).toEqual([what, before]);
      expect([what, sys.closed]).toEqual([what, sys.opened]);
      expect([what, sys.misuses]).toEqual([what, []]);
    }
  }
}

import { afterEach, beforeEach, expect, it } from 'vitest';
import { whyNow } from '../../../src/teach/why/now.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { TestSession } from '../../support/session.ts';
import { CONNECTION, LISTENER, made } from '../../support/why.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

/** What is explained: the calls' names, and how many more are blocked. */
function explained(job?: number) {
  const { reasons, more } = whyNow(session, job);
  const names = reasons.map((reason) =>
    reason.kind === 'step' ? reason.step.call.name : `[${reason.blocked.job}]`,
  );
  return [names.join(' '), more];
}

it('explains nothing where all is well', async () => {
  expect(explained()).toEqual(['', 0]);
  await session.all(...CONNECTION);
  expect(explained()).toEqual(['', 0]);
});

it('explains the last call, where it failed or surprised', async () => {
  await session.all(...CONNECTION, 'bind(client, server)');
  expect(explained()).toEqual(['bind', 0]);
  await session.all('close(client)', 'read(conn, 1)');
  expect(explained()).toEqual(['read', 0]);
});

it('looks back to the last failure, where nothing else is to be explained', async () => {
  await session.all(...CONNECTION, 'bind(client, server)', 'getsockname(client)');
  expect(explained()).toEqual(['bind', 0]);
});

it('explains what is blocked, or one of it, behind a call that failed', async () => {
  await session.all(...LISTENER, made('other'), 'listen(other, 1)');
  for (const name of ['server', 'other']) await session.begin(`accept(${name})`).settled;
  expect(explained()).toEqual(['[1] [2]', 0]);
  await session.do('bind(server, 127.0.0.1:0)');
  expect(explained()).toEqual(['bind [1] [2]', 0]);
  expect(explained(1)).toEqual(['[1]', 0]);
  expect(explained(7)).toEqual(['', 0]);
});

it('explains the newest of many blocked calls', async () => {
  await session.all(...LISTENER);
  for (let n = 0; n < 6; n++) await session.begin('accept(server)').settled;
  expect(explained()).toEqual(['[3] [4] [5] [6]', 2]);
});

it('a failure of which nothing is known is told all the same', async () => {
  session.close();
  session = new TestSession({ sys: new FaultySys().fail('listen', 'EIO') });
  await session.all(made('s'), 'listen(s, 1)');
  const [reason] = whyNow(session).reasons;
  expect(reason).toMatchObject({ kind: 'step', step: { call: { name: 'listen' } }, why: null });
});

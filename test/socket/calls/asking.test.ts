/** The questions that a C program has no calls for. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../src/socket/session/job.ts';
import type { Step } from '../../../src/socket/step.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { answer, TestSession } from '../../support/session.ts';

const SERVER = [
  'server = socket(AF_INET, SOCK_STREAM, 0)',
  'bind(server, 127.0.0.1:0)',
  'listen(server, 2)',
];
const CLIENT = ['client = socket(AF_INET, SOCK_STREAM, 0)', 'connect(client, server)'];

let sys: FaultySys;
let session: TestSession;
beforeEach(() => {
  sys = new FaultySys();
  session = new TestSession({ sys });
});
afterEach(() => {
  session.close();
  expect(sys.misuses).toEqual([]);
});

async function blocked(statement: string): Promise<Job> {
  const job = session.begin(statement);
  await job.settled;
  expect(job.blocked, statement).not.toBeNull();
  return job;
}

function state({ outcome }: Step): unknown {
  if (outcome.kind === 'error') return outcome.error.code;
  return outcome.value.kind === 'state' ? outcome.value.state : outcome.value.kind;
}

describe('state() and wait()', () => {
  it('follow a connection to its end, also where no descriptor has it', async () => {
    await session.all(...SERVER, ...CLIENT, 'conn = accept(server)');
    expect(state(await session.do('state(server)'))).toBe('LISTEN');
    await session.do('shutdown(client, SHUT_WR)');
    expect(state(await session.do('wait(client, FIN-WAIT-2, 2s)'))).toBe('FIN-WAIT-2');
    expect(state(await session.do('state(conn)'))).toBe('CLOSE-WAIT');
    const gone = await blocked('wait(client, TIME-WAIT)');
    expect(gone.blocked?.because).toBe('client is FIN-WAIT-2');
    await session.do('close(conn)');
    expect((await gone.step).shown).toBe('TIME-WAIT');
    await session.do('close(client)');
    expect(state(await session.do('state(client)'))).toBe('TIME-WAIT');
  });

  it('are not ended by the close() that they wait for', async () => {
    await session.all(...SERVER, ...CLIENT, 'conn = accept(server)');
    const waiting = await blocked('wait(client, FIN-WAIT-2, 5s)');
    await session.do('close(client)');
    expect(state(await waiting.step)).toBe('FIN-WAIT-2');
  });

  it('give up after their time, with what is instead', async () => {
    await session.all(...SERVER);
    const start = performance.now();
    const step = await session.do('wait(server, ESTABLISHED, 40ms)');
    expect(performance.now() - start).toBeGreaterThanOrEqual(40);
    expect(step.outcome).toMatchObject({
      error: { code: 'ETIMEDOUT', text: 'server is LISTEN' },
    });
    const waiting = await blocked('wait(server, ESTABLISHED)');
    session.cancel();
    expect(answer(await waiting.step)).toBe('EINTR');
  });

  it('have no answer where there are no states', async () => {
    await session.do('u = socket(AF_INET, SOCK_DGRAM, 0)');
    const step = await session.do('state(u)');
    expect([state(step), step.shown]).toEqual([null, 'unknown']);
    await expect(session.do('state(zzz)')).rejects.toThrow(/^there is no zzz/);
  });
});

describe('queue()', () => {
  it('counts who waits to be accepted', async () => {
    await session.all(...SERVER);
    expect(answer(await session.do('queue(server)'))).toBe(0);
    await session.all(...CLIENT);
    expect(answer(await session.do('queue(server)'))).toBe(1);
    await session.do('conn = accept(server)');
    expect(answer(await session.do('n = queue(server)'))).toBe(0);
    expect(session.values.get('n')).toEqual({ kind: 'integer', value: 0 });
  });

  it('is a listener’s alone', async () => {
    await session.all(...SERVER, ...CLIENT, 'u = socket(AF_INET, SOCK_DGRAM, 0)');
    await expect(session.do('queue(client)')).rejects.toThrow(
      'only a TCP listener has a queue; client is ESTABLISHED, not LISTEN',
    );
    await expect(session.do('queue(u)')).rejects.toThrow('u is no TCP socket');
  });
});

describe('sleep()', () => {
  it.each([
    ['sleep(30ms)', 30, 'sleep(30ms)'],
    ['sleep(0)', 0, 'sleep(0ms)'],
  ])('%s', async (statement, ms, text) => {
    const start = performance.now();
    const step = await session.do(statement);
    // A timer of the event loop may be early by less than a millisecond.
    expect(performance.now() - start).toBeGreaterThan(ms - 1);
    expect([answer(step), step.text]).toEqual([0, text]);
  });

  it('takes seconds, as C does, and can be cut short', async () => {
    const job = await blocked('sleep(3600)');
    expect(job.blocked?.text).toBe('sleep(3600s)');
    session.cancel();
    expect(answer(await job.step)).toBe('EINTR');
  });
});

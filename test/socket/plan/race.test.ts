/** Several addresses: RFC 8305's order, its head start, and one winner. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/socket/plan/addresses.ts';
import { openConnection } from '../../../src/socket/plan/open-connection.ts';
import { interleaved } from '../../../src/socket/plan/race.ts';
import { BareSocket, portOf } from '../../support/bare.ts';
import { connectOptions, tcp } from '../../support/plans.ts';
import { TestSession } from '../../support/session.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

const target = (domain: Target['domain'], value: number): Target => ({
  domain,
  address: { kind: 'integer', value },
});

describe('the order of addresses', () => {
  it('takes the families in turns, the preferred one first', () => {
    const six = [1, 2, 3].map((n) => target('AF_INET6', n));
    const four = [4, 5].map((n) => target('AF_INET', n));
    const values = (targets: Target[]) =>
      targets.map(({ address }) => address.kind === 'integer' && address.value);
    expect(values(interleaved([...six, ...four]))).toEqual([1, 4, 2, 5, 3]);
    expect(values(interleaved([...four, ...six]))).toEqual([4, 1, 5, 2, 3]);
    expect(values(interleaved([]))).toEqual([]);
  });
});

describe('an address that does not answer', () => {
  /** 127.0.0.1 drops SYNs, its queue being full; [::1] at the same port is `second`. */
  async function halfDead(
    second: 'listens' | 'refuses',
  ): Promise<{ port: number; done: () => void }> {
    const full = BareSocket.listening(0);
    const filler = BareSocket.connected(full.port);
    await session.all('six = socket(AF_INET6, SOCK_STREAM, 0)', `bind(six, [::1]:${full.port})`);
    if (second === 'listens') await session.do('listen(six, 5)');
    return {
      port: full.port,
      done: () => {
        filler.close();
        full.close();
      },
    };
  }

  it('loses to the other family after 250 ms, and its socket is closed', async () => {
    const { port, done } = await halfDead('listens');
    const start = performance.now();
    const connection = await openConnection(session, tcp({ kind: 'any' }, port), connectOptions());
    const took = performance.now() - start;
    expect(connection.remote).toBe(`[::1]:${port}`);
    expect(took).toBeGreaterThan(240);
    expect(took).toBeLessThan(2000);
    expect(portOf(connection.remote)).toBe(port);
    const open = session.sockets.openOnes().map(({ name }) => name);
    expect(open.sort()).toEqual([connection.name, 'six'].sort());
    done();
  });

  it('is still waited for when the other one refuses', async () => {
    const { port, done } = await halfDead('refuses');
    const start = performance.now();
    const opening = openConnection(
      session,
      tcp({ kind: 'any' }, port),
      connectOptions({ timeoutMs: 600, headStartMs: 50 }),
    );
    await expect(opening).rejects.toMatchObject({ code: 'ETIMEDOUT', remote: `127.0.0.1:${port}` });
    expect(performance.now() - start).toBeGreaterThan(590);
    expect(session.sockets.openOnes().map(({ name }) => name)).toEqual(['six']);
    done();
  });

  it('has no rival where a person steps from call to call', async () => {
    const { port, done } = await halfDead('listens');
    const start = performance.now();
    const opening = openConnection(
      session,
      tcp({ kind: 'any' }, port),
      connectOptions({ timeoutMs: 400, headStartMs: 2 ** 31 - 1 }),
    );
    const connection = await opening;
    expect(performance.now() - start).toBeGreaterThan(390);
    expect(connection.remote).toBe(`[::1]:${port}`);
    done();
  });
});

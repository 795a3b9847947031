import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Step } from '../../../src/socket/step.ts';
import { whyFailed } from '../../../src/teach/why/failed.ts';
import { hintOf } from '../../../src/teach/why/port.ts';
import { answer, TestSession } from '../../support/session.ts';
import { CONNECTION, made, UDP } from '../../support/why.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

const last = async (...statements: string[]): Promise<Step> =>
  (await session.all(...statements)).at(-1) ?? expect.fail('no step');
const hint = async (...statements: string[]) => hintOf(await last(...statements), session.steps);

// 35091 is 0x8913, and 5001 is 0x1389.
const SWAPPED = 'Was htons() forgotten? 35091 is 5001 with its two bytes swapped.';

describe('a swapped port', () => {
  it('is told wherever an address is given', async () => {
    expect(await hint(made('s'), 'bind(s, 127.0.0.1:35091)')).toBe(SWAPPED);
    expect(await hint('getsockname(s)')).toBe(SWAPPED);
    expect(await hint(UDP, 'sendto(u, "x", 127.0.0.1:35091)')).toBe(SWAPPED);
    expect(await hint('connect(u, 127.0.0.1:35091)')).toBe(SWAPPED);
  });

  it('is what C’s own line gives without htons()', async () => {
    const port = 'bind(s, 127.0.0.1:port)';
    session.scope.give('port', { kind: 'integer', value: 35091 });
    expect(await hint(made('s'), port)).toBe(SWAPPED);
  });

  it('is told once: a socket’s name means an address that was looked at before', async () => {
    await session.all(made('s'), 'bind(s, 127.0.0.1:35091)', 'listen(s, 1)', made('c'));
    expect(await hint('connect(c, s)')).toBeNull();
  });

  it('is not told of a port that the kernel chose, whatever it is', async () => {
    const chosen = await last(made('s'), 'bind(s, 127.0.0.1:0)', 'getsockname(s)');
    const layout = (chosen.layout ?? []).map((field) =>
      field.label === 'port' ? { ...field, bytes: Uint8Array.of(0x89, 0x13) } : field,
    );
    expect(hintOf({ ...chosen, layout }, session.steps)).toBeNull();
  });

  it('is not told of an ordinary port, of one that the kernel chose, or of a failure', async () => {
    expect(await hint(UDP, 'connect(u, 127.0.0.1:8888)')).toBeNull();
    expect(await hint(made('c'), 'bind(c, 127.0.0.1:0)', 'getsockname(c)')).toBeNull();
    expect(await hint(made('d'), 'connect(d, 127.0.0.1:35091)')).toBeNull();
    expect(await hint(made('v', 'AF_UNIX'), `bind(v, unix:@port-${process.pid})`)).toBeNull();
  });
});

describe('SO_REUSEADDR, which both runs need', () => {
  const reuse = (name: string) => `setsockopt(${name}, SOL_SOCKET, SO_REUSEADDR, 1)`;
  const old = (set: boolean) => [
    CONNECTION[0] ?? '',
    ...(set ? [reuse('server')] : []),
    ...CONNECTION.slice(1),
  ];

  /** A second run on the address of a connection that the first one left, closed or not. */
  async function second(first: boolean, late: boolean, ending: string[]): Promise<string | null> {
    await session.all(...old(first));
    const address = session.snapshots().find(({ socket }) => socket === 'server')?.local;
    await session.all('close(server)', ...ending);
    if (ending.length > 0) await session.reach('conn', 'TIME-WAIT');
    const again = [made('late'), ...(late ? [reuse('late')] : []), `bind(late, ${address})`];
    const step = await last(...again);
    expect(answer(step)).toBe(first && late ? 0 : 'EADDRINUSE');
    return whyFailed(step, session.snapshots(), session.steps);
  }

  const CLOSED = ['close(conn)', 'close(client)'];
  it.each<[boolean, boolean, string[], string]>([
    [false, false, CLOSED, 'late has not set it, server had not.'],
    [true, false, CLOSED, 'late has not set it, server had it.'],
    [false, true, CLOSED, 'late has it, server had not.'],
    [false, true, [], 'late has it, server had not.'],
  ])('the old one: %s, the new one: %s', async (first, late, ending, told) => {
    expect(await second(first, late, ending)).toMatch(
      new RegExp(
        `With SO_REUSEADDR set on both, .* it would succeed; ${told.replaceAll('.', '\\.')}$`,
      ),
    );
  });

  it('with both it succeeds', async () => {
    expect(await second(true, true, CLOSED)).toBeNull();
  });
});

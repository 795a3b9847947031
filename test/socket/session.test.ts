import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadCall } from '../../src/socket/errors.ts';
import { answer, TestSession } from '../support/session.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

const LISTENER = [
  'server = socket(AF_INET, SOCK_STREAM, 0)',
  'bind(server, 127.0.0.1:0)',
  'listen(server, 2)',
] as const;
const CLIENT = ['client = socket(AF_INET, SOCK_STREAM, 0)', 'connect(client, server)'] as const;

describe('the life of a connection', () => {
  it('shows each state as the kernel has it', async () => {
    const [made, bound, listening] = await session.all(...LISTENER);
    expect(made?.changes).toEqual([{ socket: 'server', field: 'state', from: null, to: 'CLOSED' }]);
    expect(bound?.changes).toEqual([
      {
        socket: 'server',
        field: 'local',
        from: null,
        to: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      },
    ]);
    expect(listening?.changes).toEqual([
      { socket: 'server', field: 'state', from: 'CLOSED', to: 'LISTEN' },
      { socket: 'server', field: 'queue', from: null, to: 0 },
      { socket: 'server', field: 'backlog', from: null, to: 2 },
    ]);
    const [, connected] = await session.all(...CLIENT);
    expect(connected?.changes).toContainEqual({
      socket: 'client',
      field: 'state',
      from: 'CLOSED',
      to: 'ESTABLISHED',
    });
    // The handshake is done by the kernel, before anyone accepts.
    expect(connected?.changes).toContainEqual({ socket: 'server', field: 'queue', from: 0, to: 1 });
  });

  it('finds TIME-WAIT although the descriptor no longer knows it', async () => {
    await session.all(...LISTENER, ...CLIENT, 'conn = accept(server)', 'shutdown(client, SHUT_WR)');
    await session.reach('client', 'FIN-WAIT-2');
    await session.do('close(conn)');
    await session.reach('client', 'TIME-WAIT');
    await session.do('close(client)');
    const [client] = session.snapshots().filter((one) => one.socket === 'client');
    expect(client).toMatchObject({ state: 'TIME-WAIT', fd: null, lingers: true });
  });
});

describe('calls that make no sense', () => {
  it('are refused with the names that there are', async () => {
    await session.all(...LISTENER);
    const refused = session.do('close(sever)');
    await expect(refused).rejects.toThrow(BadCall);
    await expect(refused).rejects.toMatchObject({ suggestion: 'server', argument: 0 });
    expect(answer(await session.do('close(server)'))).toBe(0);
  });
});

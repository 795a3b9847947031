/** A connection over which nothing moves. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { echo } from '../../../src/socket/services/echo.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { BareSocket, until } from '../../support/bare.ts';
import { serving } from '../../support/plans.ts';

let session: Session;
beforeEach(() => {
  session = new Session();
});
afterEach(() => session.close());

describe('an idle connection of a server', () => {
  it('ends, and the server goes on', async () => {
    const server = await serving(session, {
      idleMs: 100,
      service: echo,
    });
    const start = performance.now();
    const idle = BareSocket.connected(server.port);
    await until('it is over', () => server.closed.length === 1);
    expect(performance.now() - start).toBeGreaterThan(95);
    expect(server.closed[0]?.lost).toMatchObject({
      code: 'ETIMEDOUT',
      text: 'nothing came or went for 100 ms',
    });
    expect((await idle.readAll()).length).toBe(0);
    idle.close();
    const other = BareSocket.connected(server.port);
    other.write('still here');
    let came = '';
    await until('the echo', () => {
      came += Buffer.from(other.read(64) ?? '').toString();
      return came === 'still here';
    });
    other.close();
  });

  it('is not one that moves', async () => {
    const server = await serving(session, {
      idleMs: 150,
      service: echo,
    });
    const peer = BareSocket.connected(server.port);
    const end = performance.now() + 600;
    // Each byte is sent when the one before has come back, so time passes only by moving.
    let echoes = 0;
    while (performance.now() < end) {
      peer.write('x');
      await until('the echo', () => (peer.read(1)?.length ?? 0) > 0);
      echoes++;
    }
    expect(echoes).toBeGreaterThan(4);
    expect(server.closed).toEqual([]);
    peer.close();
  });
});

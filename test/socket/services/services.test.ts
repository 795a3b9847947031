/** What a server does with a connection. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { services } from '../../../src/socket/services/service.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { until } from '../../support/bare.ts';
import { type Served, served, type Talker, worldOf } from '../../support/services.ts';
import { pattern } from '../../support/streams.ts';

let session: Session;
let peer: Talker;
beforeEach(() => {
  session = new Session();
});
afterEach(() => session.close());

async function serving(name: string): Promise<Pick<Served, 'connection' | 'done'>> {
  const maker = services.get(name);
  if (maker === undefined) throw new Error(`no service ${name}`);
  const all = await served(session, maker.make(worldOf(session)));
  peer = all.peer;
  return all;
}

describe('echo', () => {
  it('sends back what comes, as it comes', async () => {
    const { connection, done } = await serving('echo');
    let came = '';
    for (const word of ['to ', 'and ', 'fro']) {
      peer.write(word);
      const wanted = came + word;
      await until(`the echo of ${word}`, () => {
        came += Buffer.from(peer.read(64) ?? '').toString();
        return came === wanted;
      });
    }
    peer.finish();
    await done;
    expect([connection.bytesIn, connection.bytesOut]).toEqual([10, 10]);
    peer.close();
  });

  it('has sent everything when it is done', async () => {
    const { done } = await serving('echo');
    const bytes = pattern(3 * 1024 * 1024);
    const sending = peer.says(bytes).then(() => peer.finish());
    // Nobody reads the echo until all is sent: it waits in between.
    const reading = sending.then(() => peer.readAll());
    await done;
    expect((await reading).equals(bytes)).toBe(true);
    peer.close();
  });

  it('takes no more from a peer that does not read its echo', async () => {
    const { connection, done } = await serving('echo');
    const much = new Uint8Array(64 * 1024 * 1024);
    let [sent, before] = [0, -1];
    let still = 0;
    await until('nothing moves any more', () => {
      before = sent;
      sent += peer.write(much.subarray(sent, sent + 1024 * 1024));
      still = sent === before ? still + 1 : 0;
      return still === 20;
    });
    expect(connection.bytesIn).toBeLessThan(24 * 1024 * 1024);
    expect(sent).toBeLessThan(48 * 1024 * 1024);
    peer.reset();
    await expect(done).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('fails where the connection is reset', async () => {
    const { done } = await serving('echo');
    peer.reset();
    await expect(done).rejects.toMatchObject({ name: 'SocketError', code: 'ECONNRESET' });
  });
});

describe('discard', () => {
  it('takes everything and answers nothing', async () => {
    const { connection, done } = await serving('discard');
    const bytes = pattern(3 * 1024 * 1024);
    await peer.says(bytes);
    peer.finish();
    await done;
    expect([connection.bytesIn, connection.bytesOut]).toEqual([bytes.length, 0]);
    expect((await peer.readAll()).length).toBe(0);
    peer.close();
  });

  it('fails where the connection is reset', async () => {
    const { done } = await serving('discard');
    peer.reset();
    await expect(done).rejects.toMatchObject({ name: 'SocketError', code: 'ECONNRESET' });
  });
});

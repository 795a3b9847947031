/** Services that answer whatever comes: chargen, daytime, time. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chargen } from '../../../src/socket/services/chargen.ts';
import { daytime } from '../../../src/socket/services/daytime.ts';
import { time } from '../../../src/socket/services/time.ts';
import { Session } from '../../../src/socket/session/session.ts';
import { until } from '../../support/bare.ts';
import { MORNING, served, worldOf } from '../../support/services.ts';

let session: Session;
beforeEach(() => {
  session = new Session();
});
afterEach(() => session.close());

const nothing = new Uint8Array(0);
const from = '127.0.0.1:5000';

describe('chargen', () => {
  /** RFC 864 shows the first lines of the pattern; the rest follows from "rotating". */
  const printable = String.fromCharCode(...Array.from({ length: 95 }, (_, at) => 0x20 + at));
  const line = (number: number) => {
    const start = number % 95;
    return `${(printable + printable).slice(start, start + 72)}\r\n`;
  };

  it('sends lines of 72 printable characters, each beginning one further on', async () => {
    const { peer, done } = await served(session, chargen(worldOf(session)));
    await until('three rounds have come', () => {
      peer.take();
      return peer.received.length > 3 * 95 * 74;
    });
    peer.reset();
    await done;
    const expected = Array.from({ length: 3 * 95 }, (_, number) => line(number)).join('');
    expect(peer.text.slice(0, expected.length)).toBe(expected);
    expect(peer.text.slice(0, 74 * 2)).toBe(
      ' !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n' +
        '!"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh\r\n',
    );
  });

  it('goes on from where it was when the pattern’s memory ends', async () => {
    const { peer, done } = await served(session, chargen(worldOf(session)));
    const lines = 9 * 95 + 100;
    await until('more than what is handed over at once', () => {
      peer.take();
      return peer.received.length > lines * 74;
    });
    peer.reset();
    await done;
    const last = lines - 1;
    expect(peer.text.slice(last * 74, lines * 74)).toBe(line(last));
  });

  it('does not end with the peer’s FIN, and takes what it sends', async () => {
    const { connection, peer, done } = await served(session, chargen(worldOf(session)));
    await peer.says('some words');
    peer.finish();
    await until('all was taken', () => connection.bytesIn === 10);
    const before = peer.received.length;
    await until('more has come', () => {
      peer.take();
      return peer.received.length > before + 1_000_000;
    });
    peer.close();
    await expect(done).resolves.toBeUndefined();
  });

  it('writes no more than a slow reader has room for', async () => {
    const { connection, peer, done } = await served(session, chargen(worldOf(session)));
    let [before, still] = [-1, 0];
    await until('nothing moves any more', () => {
      still = connection.bytesOut === before ? still + 1 : 0;
      before = connection.bytesOut;
      return still === 50;
    });
    expect(connection.bytesOut).toBeLessThan(16 * 1024 * 1024);
    peer.reset();
    await done;
  });

  it('answers a datagram with 0 to 512 characters, at random', () => {
    const lengths = [0, 0.5, 0.999999].map((number) => {
      const service = chargen(worldOf(session, { random: () => number }));
      return service.datagram?.(nothing, from)?.length;
    });
    expect(lengths).toEqual([0, 256, 512]);
    const service = chargen(worldOf(session));
    const texts = Array.from({ length: 96 }, () =>
      Buffer.from(service.datagram?.(nothing, from) ?? '').toString(),
    );
    expect(texts[0]).toBe((line(0) + line(1) + line(2) + line(3)).slice(0, 256));
    expect(texts[1]?.startsWith(line(1))).toBe(true);
    expect(texts[95]).toBe(texts[0]);
  });
});

describe('daytime', () => {
  it('tells the time in one line, and ends', async () => {
    const { peer, done } = await served(session, daytime(worldOf(session)));
    expect((await peer.hearsAll()).toString()).toBe('Tuesday, November 24, 2026 10:15:00-UTC\r\n');
    peer.close();
    await done;
  });

  it('arrives also where the peer has talked first', async () => {
    const { peer, done } = await served(session, daytime(worldOf(session)));
    await peer.says('what time is it?\r\n'.repeat(1000));
    await peer.hears('10:15:00-UTC\r\n');
    expect((await peer.hearsAll()).length).toBe(41);
    peer.close();
    await done;
  });

  it('answers a datagram with the same line', () => {
    const answer = daytime(worldOf(session)).datagram?.(nothing, from);
    expect(Buffer.from(answer ?? '').toString()).toBe(
      'Tuesday, November 24, 2026 10:15:00-UTC\r\n',
    );
  });
});

describe('time', () => {
  const secondsAt = (now: number) => {
    const bytes = time(worldOf(session, { now: () => now })).datagram?.(nothing, from);
    return Buffer.from(bytes ?? '').readUInt32BE();
  };

  it('is four bytes: the seconds since 1900', async () => {
    const { peer, done } = await served(session, time(worldOf(session)));
    const bytes = await peer.hearsAll();
    expect(bytes.length).toBe(4);
    const seconds = BigInt(bytes.readUInt32BE()) * 1000n;
    expect(Number(seconds) + Date.UTC(1900, 0, 1)).toBe(MORNING);
    peer.close();
    await done;
  });

  it.each([
    // The examples of RFC 868.
    ['1970', Date.UTC(1970, 0, 1), 2_208_988_800],
    ['1976', Date.UTC(1976, 0, 1), 2_398_291_200],
    ['1980', Date.UTC(1980, 0, 1), 2_524_521_600],
    ['1983', Date.UTC(1983, 4, 1), 2_629_584_000],
    ['the last second', Date.UTC(2036, 1, 7, 6, 28, 15, 999), 0xffffffff],
    ['the second after it', Date.UTC(2036, 1, 7, 6, 28, 16), 0],
  ])('%s', (_, now, seconds) => {
    expect(secondsAt(now)).toBe(seconds);
  });
});

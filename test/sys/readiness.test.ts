import { openSync, readdirSync } from 'node:fs';
import { constants as os } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { constant } from '../../src/sys/platform.ts';
import type { Interest, Readiness } from '../../src/sys/readiness.ts';
import { epollReadiness } from '../../src/sys/readiness-epoll.ts';
import { libuvReadiness } from '../../src/sys/readiness-libuv.ts';
import { encodeAddress } from '../../src/sys/sockaddr.ts';
import { outBuffer } from '../../src/sys/sys.ts';
import { systemCalls as sys } from '../../src/sys/syscalls.ts';
import { bundle } from '../support/bundle.ts';
import { start } from '../support/program.ts';
import { localOf, loopback, ok, resetOnClose, Sockets } from '../support/sockets.ts';

const { EAGAIN, EALREADY, ECONNREFUSED, ECONNRESET, EINPROGRESS } = os.errno;

/** Each descriptor is watched by one of them only: uv_poll_init() refuses what epoll has, and so on. */
const KINDS: Readonly<Record<string, Readiness>> = {
  libuv: libuvReadiness(),
  ...(process.platform === 'linux' && { epoll: epollReadiness() }),
};

let readiness: Readiness = libuvReadiness();
let sockets = new Sockets(readiness);
afterEach(() => sockets.closeAll());

/** A connection whose ends do not block; uv_poll_init() would see to that only when first waited for. */
function connection() {
  const { client, conn } = sockets.connection();
  for (const fd of [client, conn]) ok(sys.fcntl(fd, constant('F_SETFL'), constant('O_NONBLOCK')));
  return { client, conn };
}

/** Repeats a call that would block, as a session does, and counts how often it was woken. */
async function when(fd: number, interest: Interest, call: () => number) {
  for (let wakeups = 0; wakeups < 100; wakeups++) {
    const result = call();
    if (![-EAGAIN, -EINPROGRESS, -EALREADY].includes(result)) return { result, wakeups };
    await readiness.wait(fd, interest);
  }
  throw new Error(`woken a hundred times for nothing: fd ${fd}`);
}

const send = (fd: number) => ok(sys.write(fd, Uint8Array.of(1)));
const read = (fd: number) => () => sys.read(fd, new Uint8Array(1 << 20));

/** Writes until the socket takes no more. */
function fill(fd: number): void {
  const chunk = new Uint8Array(1 << 20);
  let result = 0;
  for (let rounds = 0; result >= 0 && rounds < 100; rounds++) result = sys.write(fd, chunk);
  expect(result).toBe(-EAGAIN);
}

/** The same, when what was on its way has arrived, too: a busy machine delivers later. */
async function fillForGood(fd: number): Promise<void> {
  do {
    fill(fd);
    await turns(50);
  } while (sys.write(fd, new Uint8Array(1 << 20)) >= 0);
}

/** Lets the loop turn, so that what could happen at once has happened. */
async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Notes down in which order promises resolve. */
class Log {
  readonly entries: string[] = [];

  watch(name: string, promise: Promise<unknown>): Promise<unknown> {
    return promise.then(() => this.entries.push(name));
  }
}

/**
 * The share of one processor that this process uses while nothing is to be done. A callback that
 * the loop makes again and again uses all of it, so the bound is far from both.
 */
async function busy(): Promise<number> {
  const lasts = 200;
  const before = process.cpuUsage();
  const begun = performance.now();
  await sleep(lasts);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (performance.now() - begun);
}

const MOST_BUSY = 0.5;
const F_DUPFD_CLOEXEC = 1030;

describe.each(Object.keys(KINDS))('%s:', (kind) => {
  beforeEach(() => {
    readiness = KINDS[kind] as Readiness;
    sockets = new Sockets(readiness);
  });

  describe('waiting', () => {
    it('ends for a reader when bytes have come', async () => {
      const { client, conn } = connection();
      const log = new Log();
      const reading = when(conn, 'readable', read(conn));
      log.watch('read', reading);
      await turns();
      expect(log.entries).toEqual([]);
      send(client);
      expect((await reading).result).toBe(1);
    });

    it('ends for a reader at the end of file, and for one who accepts at a connection', async () => {
      const listener = sockets.listener();
      const client = sockets.tcp();
      ok(sys.fcntl(listener, constant('F_SETFL'), constant('O_NONBLOCK')));
      const accepting = when(listener, 'readable', () => sys.accept(listener, outBuffer(128)));
      ok(sys.connect(client, encodeAddress(localOf(listener))));
      const conn = sockets.own((await accepting).result);
      ok(sys.fcntl(conn, constant('F_SETFL'), constant('O_NONBLOCK')));
      const reading = when(conn, 'readable', read(conn));
      await turns();
      ok(sys.shutdown(client, constant('SHUT_WR')));
      expect((await reading).result).toBe(0);
    });

    it('ends for a writer when there is room again', async () => {
      const { client, conn } = connection();
      await fillForGood(client);
      const log = new Log();
      const writing = when(client, 'writable', () => sys.write(client, Uint8Array.of(1)));
      log.watch('write', writing);
      await turns();
      expect(log.entries).toEqual([]);
      for (let rounds = 0; log.entries.length === 0 && rounds < 10_000; rounds++) {
        read(conn)();
        await turns(1);
      }
      expect((await writing).result).toBe(1);
    });

    it('ends at once where the call can be made at once', async () => {
      const { client, conn } = connection();
      await readiness.wait(client, 'writable');
      send(client);
      await readiness.wait(conn, 'readable');
      expect(read(conn)()).toBe(1);
    });

    it('makes the descriptor non-blocking: the repeated call must not stop the loop', async () => {
      const { client } = sockets.connection();
      expect(sys.fcntl(client, constant('F_GETFL'), 0) & constant('O_NONBLOCK')).toBe(0);
      await readiness.wait(client, 'writable');
      expect(sys.fcntl(client, constant('F_GETFL'), 0) & constant('O_NONBLOCK')).not.toBe(0);
    });

    it('can be for both directions of one descriptor', async () => {
      const { client, conn } = connection();
      const log = new Log();
      const reading = log.watch('reader', readiness.wait(conn, 'readable'));
      const writing = log.watch('writer', readiness.wait(conn, 'writable'));
      await writing;
      await turns();
      expect(log.entries).toEqual(['writer']);
      send(client);
      await reading;
      expect(log.entries).toEqual(['writer', 'reader']);
    });

    it('can be of two for the same, and both are woken', async () => {
      const { client, conn } = connection();
      const both = [readiness.wait(conn, 'readable'), readiness.wait(conn, 'readable')];
      send(client);
      await Promise.all(both);
      expect(read(conn)()).toBe(1);
    });

    it('without a promise is over once, and never before it has begun', async () => {
      const { client, conn } = connection();
      let woken = 0;
      const waiting = { ready: () => void woken++ };
      send(client);
      readiness.when(conn, 'readable', waiting);
      expect(woken).toBe(0);
      await turns();
      expect(woken).toBe(1);
      send(client);
      await turns();
      expect(woken).toBe(1);
      readiness.when(conn, 'readable', waiting);
      // Whoever interrupts or releases has his own work to do first.
      readiness.interrupt(conn);
      expect(woken).toBe(1);
      await turns();
      expect(woken).toBe(2);
    });

    it('is over at once for a regular file, every time', async () => {
      const fd = sockets.own(openSync(import.meta.filename, 'r'));
      for (let i = 0; i < 3; i++) await readiness.wait(fd, 'readable');
      await readiness.wait(fd, 'writable');
      readiness.interrupt(fd);
      expect(read(fd)()).toBeGreaterThan(100);
    });

    it('fails for what is no descriptor', async () => {
      const wait = readiness.wait(1_000_000, 'readable');
      await expect(wait).rejects.toThrow('(1000000) failed with -9');
    });
  });

  describe('an error', () => {
    it('wakes whoever waits, and the repeated call says that the peer reset', async () => {
      const { client, conn } = connection();
      const reading = when(conn, 'readable', read(conn));
      await turns();
      resetOnClose(client);
      sockets.close(client);
      expect((await reading).result).toBe(-ECONNRESET);
      // The descriptor is good, and what is asked next is answered: end of file.
      expect((await when(conn, 'readable', read(conn))).result).toBe(0);
      await readiness.wait(conn, 'readable');
    });

    it('wakes the writer too', async () => {
      const { client, conn } = connection();
      fill(conn);
      const writing = when(conn, 'writable', () => sys.write(conn, Uint8Array.of(1)));
      await turns();
      resetOnClose(client);
      sockets.close(client);
      expect((await writing).result).toBe(-ECONNRESET);
    });

    it('wakes whoever connects where nobody listens', async () => {
      const closed = sockets.listener();
      const address = encodeAddress(localOf(closed));
      sockets.close(closed);
      const fd = sockets.tcp();
      ok(sys.fcntl(fd, constant('F_SETFL'), constant('O_NONBLOCK')));
      const connecting = await when(fd, 'writable', () => sys.connect(fd, address));
      expect(connecting.result).toBe(-ECONNREFUSED);
    });

    it('on a UDP socket leaves it usable: it was refused once and then receives', async () => {
      const peer = sockets.udp();
      const fd = sockets.udp();
      ok(sys.connect(fd, encodeAddress(localOf(peer))));
      const { port } = localOf(peer);
      sockets.close(peer);
      ok(sys.fcntl(fd, constant('F_SETFL'), constant('O_NONBLOCK')));
      const refused = when(fd, 'readable', read(fd));
      await turns();
      send(fd); // nobody has the port any more: an ICMP message comes back
      expect((await refused).result).toBe(-ECONNREFUSED);

      const receiving = when(fd, 'readable', read(fd));
      await turns();
      const again = sockets.udp(port);
      ok(sys.connect(again, encodeAddress(localOf(fd))));
      send(again);
      expect(await receiving).toMatchObject({ result: 1 });
    });

    it('that nobody asks about does not have the waiter woken without end', async () => {
      const peer = sockets.udp();
      const fd = sockets.udp();
      ok(sys.connect(fd, encodeAddress(localOf(peer))));
      sockets.close(peer);
      send(fd);
      // As a caller does whose call says EAGAIN although the error is there still. Re-armed blindly
      // it would come round thousands of times in this while.
      const end = performance.now() + 200;
      let wakeups = 0;
      for (; performance.now() < end; wakeups++) await readiness.wait(fd, 'readable');
      expect(wakeups).toBeLessThan(200);
    });
  });

  describe('release', () => {
    it('wakes all who wait', async () => {
      const { conn } = connection();
      fill(conn);
      const both = [readiness.wait(conn, 'readable'), readiness.wait(conn, 'writable')];
      await turns();
      readiness.release(conn);
      await Promise.all(both);
    });

    it('lets the number be used again by the next socket, at once', async () => {
      const first = connection();
      const waiting = readiness.wait(first.conn, 'readable');
      await turns();
      sockets.close(first.conn); // which releases it first
      // The lowest free number is the one that has just been given back: socket(2), "lowest-numbered".
      const fd = sockets.tcp();
      expect(fd).toBe(first.conn);
      const listener = sockets.listener();
      ok(sys.connect(fd, encodeAddress(localOf(listener))));
      const peer = sockets.accept(listener);
      const log = new Log();
      const reading = log.watch('next', readiness.wait(fd, 'readable'));
      await waiting;
      await turns();
      expect(log.entries).toEqual([]); // the first one's end is not the second one's news
      send(peer);
      await reading;
      expect(read(fd)()).toBe(1);
    });

    it('of what nobody waited for does nothing', () => {
      const fd = sockets.tcp();
      readiness.release(fd);
      readiness.release(fd);
      readiness.interrupt(fd);
      expect(sys.bind(fd, encodeAddress(loopback()))).toBe(0);
    });

    it('is enough though another descriptor has the same socket', async () => {
      const { client, conn } = connection();
      const other = sockets.own(ok(sys.fcntl(conn, F_DUPFD_CLOEXEC, 0)));
      const waiting = readiness.wait(conn, 'readable');
      void readiness.wait(connection().conn, 'readable'); // somebody waits still
      sockets.close(conn);
      await waiting;
      send(client);
      expect(await busy()).toBeLessThan(MOST_BUSY);
      expect(read(other)()).toBe(1);
    });

    it('of a socket that has one descriptor only is finished by close', async () => {
      const { client, conn } = connection();
      const waiting = readiness.wait(conn, 'readable');
      await turns();
      readiness.release(conn, true);
      sockets.disown(conn);
      ok(sys.close(conn));
      await waiting;
      send(client);
      const next = sockets.tcp();
      expect(next).toBe(conn);
      ok(sys.connect(next, encodeAddress(localOf(sockets.listener()))));
      const log = new Log();
      void log.watch('readable', readiness.wait(next, 'readable'));
      await readiness.wait(next, 'writable');
      await turns();
      expect(log.entries).toEqual([]);
    });

    it('leaves no descriptor behind, after two thousand', async () => {
      const open = () => readdirSync('/dev/fd').length;
      const before = open();
      for (let i = 0; i < 20; i++) {
        const fds = Array.from({ length: 100 }, () => sockets.udp());
        const waits = fds.map((fd) => readiness.wait(fd, 'readable'));
        if (i % 2 === 0) await turns(1);
        for (const fd of fds) sockets.close(fd);
        await Promise.all(waits);
      }
      expect(open()).toBe(before);
    });
  });

  describe('interrupt', () => {
    it('wakes all who wait, and they can wait again', async () => {
      const { client, conn } = connection();
      fill(conn);
      const both = [readiness.wait(conn, 'readable'), readiness.wait(conn, 'writable')];
      await turns();
      readiness.interrupt(conn);
      await Promise.all(both);
      const log = new Log();
      const again = log.watch('again', readiness.wait(conn, 'readable'));
      await turns();
      expect(log.entries).toEqual([]);
      send(client);
      await again;
    });
  });

  describe('nothing spins', () => {
    it('when bytes wait that nobody reads', async () => {
      const { client, conn } = connection();
      send(client);
      await readiness.wait(conn, 'readable');
      expect(await busy()).toBeLessThan(MOST_BUSY);
    });

    it('when there is room that nobody writes into, and a reader waits', async () => {
      const { client, conn } = connection();
      await readiness.wait(conn, 'writable');
      const reading = readiness.wait(conn, 'readable');
      expect(await busy()).toBeLessThan(MOST_BUSY);
      send(client);
      await reading;
    });

    it('when the peer has reset, or has ended, and nobody closes', async () => {
      const reset = connection();
      resetOnClose(reset.client);
      sockets.close(reset.client);
      await readiness.wait(reset.conn, 'readable');
      const ended = connection();
      sockets.close(ended.client);
      await readiness.wait(ended.conn, 'readable');
      expect(await busy()).toBeLessThan(MOST_BUSY);
    });
  });
});

/** This node, and those that SOCKLAB_NODES names (executables, with colons between them). */
const NODES = [process.execPath, ...(process.env.SOCKLAB_NODES ?? '').split(':')].filter(
  (path) => path !== '',
);

const echoBy = (kind: string) => `
  import { ${kind}Readiness } from './src/sys/readiness-${kind}.ts';
  import { systemCalls } from './src/sys/syscalls.ts';
  const readiness = ${kind}Readiness();
  const byte = new Uint8Array(1);
  // The loop has something else to wait for: where it had not, Node would look for work.
  const timer = setTimeout(() => {}, 60_000);
  for (;;) {
    await readiness.wait(0, 'readable');
    const result = systemCalls.read(0, byte);
    if (result === 0) break;
    if (result > 0) systemCalls.write(1, byte);
  }
  clearTimeout(timer);
  readiness.release(0);`;

const ONE_WAIT = (kind: string) => `
  import { ${kind}Readiness } from './src/sys/readiness-${kind}.ts';
  const readiness = ${kind}Readiness();
  await readiness.wait(0, 'readable');
  console.log('woken');`;

const INTERRUPTED = (kind: string) => `
  import { ${kind}Readiness } from './src/sys/readiness-${kind}.ts';
  const readiness = ${kind}Readiness();
  const waiting = readiness.wait(0, 'readable');
  readiness.interrupt(0);
  await waiting;
  console.log('woken');`;

describe('a process', () => {
  it.each(Object.keys(KINDS))('ends where nobody waits any more: %s', async (kind) => {
    const one = start(process.execPath, [bundle(ONE_WAIT(kind))]);
    one.write('x');
    // Its stdin is open, readable, and was not released.
    const { code, stdout, stderr } = await one.exit();
    expect([code, String(stdout), String(stderr)]).toEqual([0, 'woken\n', '']);
  });

  it.each(Object.keys(KINDS))('ends where the last wait was interrupted: %s', async (kind) => {
    // Nothing comes on its stdin, which stays open.
    const one = start(process.execPath, [bundle(INTERRUPTED(kind))]);
    const { code, stdout, stderr } = await one.exit();
    expect([code, String(stdout), String(stderr)]).toEqual([0, 'woken\n', '']);
  });
});

describe('a wake-up', () => {
  // Node 26.4 and later run no promise reactions after a callback from libuv's poll until
  // something else happens on the loop. In this process nothing else ever does.
  it.each(NODES.flatMap((node) => Object.keys(KINDS).map((kind) => ({ node, kind }))))(
    'is followed by its promise reactions, also in an idle process: $kind, $node',
    async ({ node, kind }) => {
      const echo = start(node, [bundle(echoBy(kind))]);
      for (let round = 1; round <= 20; round++) {
        echo.write('x');
        await echo.until(`echo ${round}`, () => echo.stdout.length === round);
      }
      echo.end();
      expect(await echo.exit()).toMatchObject({ code: 0, stderr: '' }); // nothing keeps it alive
    },
  );
});

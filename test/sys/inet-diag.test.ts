import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linuxConstants, linuxTcpStates } from '../../src/sys/constants-linux.ts';
import { ConnectionLookup } from '../../src/sys/inet-diag.ts';
import { constant, errnoNumber } from '../../src/sys/platform.ts';
import { encodeAddress } from '../../src/sys/sockaddr.ts';
import { systemCalls as sys } from '../../src/sys/syscalls.ts';
import { tcpRow } from '../support/proc-net.ts';
import { localOf, loopback, ok, peerOf, Sockets, until } from '../support/sockets.ts';

type Ends = readonly [local: ReturnType<typeof localOf>, peer: ReturnType<typeof localOf>];

const sockets = new Sockets();
let lookup: ConnectionLookup;

beforeEach((context) => {
  if (process.platform !== 'linux') context.skip('sock_diag is of Linux');
  lookup = new ConnectionLookup(sys);
});
afterEach(() => {
  sockets.closeAll();
  lookup?.close();
});

const ends = (fd: number): Ends => [localOf(fd), peerOf(fd)];
const far = ([local, peer]: Ends): Ends => [peer, local];

/** What /proc/net/tcp says of the same connection. */
function oracle([local, peer]: Ends): string {
  const states: Record<number, string> = linuxTcpStates;
  const row = tcpRow(local.port, peer.port);
  return row === undefined ? 'CLOSED' : (states[row.state] ?? `state ${row.state}`);
}

/** Both must say the same: at once, or when the other side's segment has come. */
async function isIn(state: string, connection: Ends): Promise<void> {
  await until(`the kernel lists ${state}`, () => oracle(connection) === state);
  expect(lookup.stateOf(...connection)).toBe(state);
}

describe.each([
  ['IPv4', '127.0.0.1', '127.0.0.1'],
  ['IPv6', '::1', '::1'],
  ['IPv4 through an IPv6 socket', '::ffff:127.0.0.1', '::ffff:127.0.0.1'],
])('over %s', (_name, listens, host) => {
  function connection() {
    const listener = sockets.listener(listens);
    const client = sockets.tcp(loopback(host).family);
    ok(sys.connect(client, encodeAddress(loopback(host, localOf(listener).port))));
    return { listener, client, conn: sockets.accept(listener) };
  }

  it('finds a connection from both ends, in every state of its life', async () => {
    const { client, conn } = connection();
    const ours = ends(client);
    await isIn('ESTABLISHED', ours);
    await isIn('ESTABLISHED', ends(conn));
    ok(sys.shutdown(client, constant('SHUT_WR')));
    await isIn('FIN-WAIT-2', ours);
    await isIn('CLOSE-WAIT', far(ours));
    sockets.close(conn);
    await isIn('TIME-WAIT', ours);
    await isIn('CLOSED', far(ours));
  });

  it('finds TIME-WAIT when no descriptor leads to it any more', async () => {
    const { client, conn } = connection();
    const ours = ends(client);
    sockets.close(client);
    sockets.close(conn);
    await isIn('TIME-WAIT', ours);
    expect(tcpRow(ours[0].port, ours[1].port)?.inode).toBe(0);
  });

  it('does not take the listener for a connection that there is not', async () => {
    const { listener, client } = connection();
    const [us, them] = ends(client);
    const stranger = { ...us, port: unusedPort() };
    expect(oracle([them, { ...them, port: 0 }])).toBe('LISTEN');
    expect(localOf(listener).port).toBe(them.port);
    expect(lookup.stateOf(them, stranger)).toBe('CLOSED');
    expect(lookup.stateOf(stranger, us)).toBe('CLOSED');
    expect(lookup.stateOf(us, them)).toBe('ESTABLISHED'); // and it can still be asked
  });
});

describe('over IPv4', () => {
  it('tells connections apart by address, not by port alone', async () => {
    const { client } = sockets.connection();
    const [us, them] = ends(client);
    await isIn('ESTABLISHED', [us, them]);
    expect(lookup.stateOf({ ...us, host: '127.0.0.2' }, them)).toBe('CLOSED');
    expect(lookup.stateOf(us, { ...them, host: '127.0.0.2' })).toBe('CLOSED');
  });

  it('finds a connection that belongs to one network interface', async (context) => {
    const listener = sockets.listener();
    const client = sockets.tcp();
    const [level, option] = [constant('SOL_SOCKET'), linuxConstants.SO_BINDTODEVICE];
    if (sys.setsockopt(client, level, option, Buffer.from('lo\0')) < 0)
      context.skip('SO_BINDTODEVICE is not allowed here');
    ok(sys.connect(client, encodeAddress(localOf(listener))));
    await isIn('ESTABLISHED', ends(client));
  });

  it('finds a client that still waits for the answer to its SYN', async () => {
    const listener = sockets.listener('127.0.0.1', 0);
    const address = encodeAddress(localOf(listener));
    ok(sys.connect(sockets.tcp(), address)); // the queue, which has room for one, is full now
    const client = sockets.tcp();
    ok(sys.fcntl(client, constant('F_SETFL'), constant('O_NONBLOCK')));
    expect(sys.connect(client, address)).toBe(-errnoNumber('EINPROGRESS'));
    await isIn('SYN-SENT', [localOf(client), localOf(listener)]);
  });
});

describe('the netlink socket', () => {
  const pair: Ends = [loopback('127.0.0.1', 1), loopback('127.0.0.1', 2)];
  const descriptors = () => readdirSync('/proc/self/fd').length;

  it('is opened when first asked, once, and closed at the end', () => {
    const before = descriptors();
    const mine = new ConnectionLookup(sys);
    expect(descriptors()).toBe(before);
    for (let i = 0; i < 3; i++) expect(mine.stateOf(...pair)).toBe('CLOSED');
    expect(descriptors()).toBe(before + 1);
    mine.close();
    mine.close();
    expect(descriptors()).toBe(before);
  });

  it('leaves the low numbers to the user, as in a C program', () => {
    const free = unusedDescriptor();
    const mine = new ConnectionLookup(sys);
    expect(mine.stateOf(...pair)).toBe('CLOSED');
    expect(unusedDescriptor()).toBe(free);
    mine.close();
  });

  it('stays where it is if there are no high numbers', () => {
    const free = unusedDescriptor();
    const mine = new ConnectionLookup({ ...sys, fcntl: () => -errnoNumber('EINVAL') });
    expect(mine.stateOf(...pair)).toBe('CLOSED');
    expect(unusedDescriptor()).not.toBe(free);
    mine.close();
    expect(unusedDescriptor()).toBe(free);
  });

  it('that fails gives null, for the kernel was not asked', () => {
    const fails = () => -errnoNumber('EACCES');
    for (const broken of [
      { socket: fails },
      { write: fails },
      { read: fails },
      { read: () => 3 },
    ]) {
      const mine = new ConnectionLookup({ ...sys, ...broken });
      expect(mine.stateOf(...pair), Object.keys(broken).join()).toBeNull();
      mine.close();
    }
  });
});

/** The number that the next descriptor gets: the lowest that is free (open(2)). */
function unusedDescriptor(): number {
  const fd = ok(sys.socket(constant('AF_INET'), constant('SOCK_STREAM'), 0));
  sys.close(fd);
  return fd;
}

function unusedPort(): number {
  const fd = sockets.tcp();
  ok(sys.bind(fd, encodeAddress(loopback())));
  return localOf(fd).port;
}

import { existsSync, constants as fs, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { constants as os, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { constant, constants, errnoNumber, errnoNumbers } from '../../src/sys/platform.ts';
import { decodeAddress, encodeAddress } from '../../src/sys/sockaddr.ts';
import { outBuffer, reset, type Sys, written } from '../../src/sys/sys.ts';
import { systemCalls as sys } from '../../src/sys/syscalls.ts';
import { bundle } from '../support/bundle.ts';
import { pipe } from '../support/pipe.ts';
import { compile } from '../support/probe.ts';
import { start } from '../support/program.ts';
import { Python } from '../support/python.ts';
import { localOf, loopback, ok, peerOf, resetOnClose, Sockets, until } from '../support/sockets.ts';
import { has } from '../support/tools.ts';

const sockets = new Sockets();
afterEach(() => sockets.closeAll());

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));
const int = (value: number) => new Uint8Array(new Int32Array([value]).buffer);

function optionOf(fd: number, option: 'SO_TYPE' | 'SO_ERROR' | 'SO_REUSEADDR'): number {
  const value = outBuffer(16);
  ok(sys.getsockopt(fd, constant('SOL_SOCKET'), constant(option), value));
  expect(written(value)).toHaveLength(4);
  return new DataView(value.bytes.buffer, value.bytes.byteOffset).getInt32(0, true);
}

describe('a connection', () => {
  it('is made, used and closed by the calls that C has for it', () => {
    const stream = constant('SOCK_STREAM');
    const listener = sys.socket(constant('AF_INET'), stream, 0);
    expect(listener).toBeGreaterThan(2);
    expect(sys.bind(listener, encodeAddress(loopback()))).toBe(0);
    expect(sys.listen(listener, 1)).toBe(0);
    const client = sys.socket(constant('AF_INET'), stream, 0);
    expect(sys.connect(client, encodeAddress(localOf(listener)))).toBe(0);

    const peer = outBuffer(128);
    const conn = sys.accept(listener, peer);
    expect(conn).toBeGreaterThan(client);
    expect(decodeAddress(written(peer))).toEqual(localOf(client));
    expect(peerOf(conn)).toEqual(localOf(client));
    expect(localOf(conn)).toEqual(peerOf(client));

    expect(sys.write(client, bytes('hello'))).toBe(5);
    expect(sys.shutdown(client, constant('SHUT_WR'))).toBe(0);
    const into = new Uint8Array(64);
    expect(sys.read(conn, into)).toBe(5);
    expect(Buffer.from(into).toString('latin1', 0, 5)).toBe('hello');
    expect(sys.read(conn, into)).toBe(0); // end of file
    for (const fd of [listener, client, conn]) expect(sys.close(fd)).toBe(0);
    for (const fd of [listener, client, conn]) expect(sys.close(fd)).toBe(-os.errno.EBADF);
  });

  it('has options that are set and read back', () => {
    const fd = sockets.tcp();
    expect(optionOf(fd, 'SO_REUSEADDR')).toBe(0);
    const set = sys.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_REUSEADDR'), int(1));
    expect(set).toBe(0);
    expect(optionOf(fd, 'SO_REUSEADDR')).toBe(1);
    expect(optionOf(fd, 'SO_TYPE')).toBe(constant('SOCK_STREAM'));
  });

  it('is made non-blocking by fcntl, and a call then says EAGAIN', () => {
    const fd = sockets.listener();
    const flags = sys.fcntl(fd, constant('F_GETFL'), 0);
    expect(flags & constant('O_NONBLOCK')).toBe(0);
    expect(sys.fcntl(fd, constant('F_SETFL'), flags | constant('O_NONBLOCK'))).toBe(0);
    expect(sys.fcntl(fd, constant('F_GETFL'), 0)).toBe(flags | constant('O_NONBLOCK'));
    expect(sys.accept(fd, outBuffer(128))).toBe(-os.errno.EAGAIN);
  });

  it('tells by ioctl how many bytes wait', async () => {
    const { client, conn } = sockets.connection();
    const count = new Int32Array([-1, 4711]);
    ok(sys.write(client, bytes('1234567')));
    await until('seven bytes wait', () => {
      expect(sys.ioctl(conn, constant('FIONREAD'), count)).toBe(0);
      return count[0] === 7;
    });
    expect(count[1]).toBe(4711);
  });

  it('tells by ioctl how many bytes the peer has not taken', (context) => {
    const request = constants.get('SIOCOUTQ');
    if (request === undefined) return context.skip('this platform has no SIOCOUTQ');
    const { client } = sockets.connection();
    const count = new Int32Array([-1]);
    expect(sys.ioctl(client, request, count)).toBe(0);
    expect(count[0]).toBe(0);
    ok(sys.fcntl(client, constant('F_SETFL'), constant('O_NONBLOCK')));
    const chunk = new Uint8Array(1 << 20);
    let rounds = 0;
    while (sys.write(client, chunk) > 0 && rounds < 100) rounds++;
    expect(rounds).toBeLessThan(100);
    expect(sys.ioctl(client, request, count)).toBe(0);
    expect(count[0]).toBeGreaterThan(0);
  });

  it('that was reset says so once', () => {
    const { client, conn } = sockets.connection();
    resetOnClose(client);
    sockets.close(client);
    const into = new Uint8Array(8);
    expect(sys.read(conn, into)).toBe(-os.errno.ECONNRESET);
    expect(sys.read(conn, into)).toBe(0);
  });
});

describe('messages', () => {
  const AF_UNIX = constant('AF_UNIX');
  const flag = (name: string) => constants.get(name) ?? 0;

  /** Two connected sockets. */
  function pair(type: 'SOCK_STREAM' | 'SOCK_DGRAM'): [number, number] {
    const fds = new Int32Array(2);
    ok(sys.socketpair(AF_UNIX, constant(type), 0, fds));
    const [one = -1, other = -1] = fds;
    return [sockets.own(one), sockets.own(other)];
  }

  it('cross a pair, with flags', () => {
    const [one, other] = pair('SOCK_STREAM');
    expect(sys.send(one, bytes('hello'), flag('MSG_NOSIGNAL'))).toBe(5);
    const into = new Uint8Array(3);
    expect(sys.recv(other, into, flag('MSG_PEEK'))).toBe(3);
    expect(sys.recv(other, into, 0)).toBe(3);
    expect(Buffer.from(into).toString()).toBe('hel');
    expect(sys.recv(other, into, flag('MSG_DONTWAIT'))).toBe(2);
    expect(sys.recv(other, into, flag('MSG_DONTWAIT'))).toBe(-os.errno.EAGAIN);
    expect(() => sys.socketpair(AF_UNIX, 1, 0, new Int32Array(1))).toThrow(/room for 2/);
  });

  it('go to an address, and tell where they are from', () => {
    const [a, b] = [sockets.udp(), sockets.udp()];
    const from = outBuffer(128);
    expect(sys.sendto(a, bytes('datagram'), 0, encodeAddress(localOf(b)))).toBe(8);
    expect(sys.recvfrom(b, new Uint8Array(64), 0, from)).toBe(8);
    expect(decodeAddress(written(from))).toEqual(localOf(a));
    const [one, other] = pair('SOCK_DGRAM');
    expect(sys.send(one, bytes('x'), 0)).toBe(1);
    expect(sys.recvfrom(other, new Uint8Array(64), 0, from)).toBe(1);
    expect(written(from)).toHaveLength(0);
  });

  it('are awaited by poll(), which does not wait here', () => {
    const [one, other] = pair('SOCK_STREAM');
    const memory = new Uint8Array(16);
    const view = new DataView(memory.buffer);
    const polled = () => {
      for (const [i, fd] of [one, other].entries()) {
        view.setInt32(8 * i, fd, true);
        view.setInt16(8 * i + 4, flag('POLLIN'), true);
      }
      return [sys.poll(memory), view.getInt16(6, true), view.getInt16(14, true)];
    };
    expect(polled()).toEqual([0, 0, 0]);
    sys.write(one, bytes('x'));
    expect(polled()).toEqual([1, 0, flag('POLLIN')]);
    // Unread bytes would make it an error as well: POLLERR.
    sys.read(other, new Uint8Array(9));
    sockets.close(other);
    expect(polled()).toEqual([2, flag('POLLIN') | flag('POLLHUP'), flag('POLLNVAL')]);
  });
});

describe('a call that fails', () => {
  const room = () => outBuffer(128);
  const address = encodeAddress(loopback());

  it.each<[keyof Sys, (fd: number) => number]>([
    ['bind', (fd) => sys.bind(fd, address)],
    ['listen', (fd) => sys.listen(fd, 1)],
    ['accept', (fd) => sys.accept(fd, room())],
    ['connect', (fd) => sys.connect(fd, address)],
    ['read', (fd) => sys.read(fd, new Uint8Array(1))],
    ['write', (fd) => sys.write(fd, new Uint8Array(1))],
    ['shutdown', (fd) => sys.shutdown(fd, 0)],
    ['close', (fd) => sys.close(fd)],
    ['getsockname', (fd) => sys.getsockname(fd, room())],
    ['getpeername', (fd) => sys.getpeername(fd, room())],
    ['setsockopt', (fd) => sys.setsockopt(fd, 1, 2, int(1))],
    ['getsockopt', (fd) => sys.getsockopt(fd, 1, 2, room())],
    ['fcntl', (fd) => sys.fcntl(fd, constant('F_GETFL'), 0)],
    ['ioctl', (fd) => sys.ioctl(fd, constant('FIONREAD'), new Int32Array(1))],
  ])('answers −errno, whatever Node did before: %s', (_name, make) => {
    // This leaves ENOENT in errno; the call's own EBADF must come out all the same.
    expect(existsSync('/there/is/no/such/file')).toBe(false);
    expect(make(-1)).toBe(-os.errno.EBADF);
  });

  it('names the cause that the kernel gave', () => {
    const { listener, client } = sockets.connection();
    const used = encodeAddress(localOf(listener));
    const closed = sockets.listener();
    const dead = encodeAddress(localOf(closed));
    sockets.close(closed);
    const unknown = 999;
    const { errno } = os;
    expect(sys.socket(unknown, constant('SOCK_STREAM'), 0)).toBe(-errno.EAFNOSUPPORT);
    expect(sys.bind(sockets.tcp(), used)).toBe(-errno.EADDRINUSE);
    expect(sys.bind(client, address)).toBe(-errno.EINVAL);
    expect(sys.listen(sockets.udp(), 1)).toBe(-errno.EOPNOTSUPP);
    expect(sys.accept(sockets.tcp(), room())).toBe(-errno.EINVAL);
    expect(sys.connect(sockets.tcp(), dead)).toBe(-errno.ECONNREFUSED);
    expect(sys.connect(client, used)).toBe(-errno.EISCONN);
    expect(sys.write(sockets.tcp(), bytes('x'))).toBe(-errno.EPIPE);
    expect(sys.shutdown(sockets.tcp(), 0)).toBe(-errno.ENOTCONN);
    expect(sys.getpeername(listener, room())).toBe(-errno.ENOTCONN);
    expect(sys.setsockopt(client, constant('SOL_SOCKET'), unknown, int(1))).toBe(
      -errno.ENOPROTOOPT,
    );
    expect(sys.setsockopt(client, constant('SOL_SOCKET'), constant('SO_LINGER'), int(1))).toBe(
      -errno.EINVAL,
    );
    expect(sys.getsockopt(client, constant('SOL_SOCKET'), unknown, room())).toBe(
      -errno.ENOPROTOOPT,
    );
    expect(sys.fcntl(client, unknown, 0)).toBe(-errno.EINVAL);
    expect(sys.ioctl(client, unknown, new Int32Array(1))).toBe(-errno.ENOTTY);
  });

  it('leaves nothing behind for one that succeeds', () => {
    const fd = sockets.tcp();
    expect(sys.connect(-1, address)).toBe(-os.errno.EBADF);
    expect(sys.bind(fd, address)).toBe(0);
    expect(optionOf(fd, 'SO_ERROR')).toBe(0);
  });

  it('can be made to fail from outside: LD_PRELOAD is honoured', async (context) => {
    if (process.platform !== 'linux') context.skip('LD_PRELOAD is of Linux');
    if (!has('cc')) context.skip('cc is not installed');
    const shim = compile(SECOND_ACCEPT_FAILS, ['-shared', '-fPIC', '-ldl']);
    const script = bundle(ACCEPT_THREE_TIMES);
    const plain = await start(process.execPath, [script]).exit();
    expect(plain).toMatchObject({ stdout: Buffer.from('fd fd fd'), stderr: '' });
    const env = { LD_PRELOAD: shim };
    const shimmed = await start(process.execPath, [script], { env }).exit();
    expect(shimmed).toMatchObject({ stdout: Buffer.from('fd -24 fd'), stderr: '' }); // EMFILE
  });
});

const SECOND_ACCEPT_FAILS = `
  #define _GNU_SOURCE
  #include <dlfcn.h>
  #include <errno.h>
  #include <sys/socket.h>
  int accept(int fd, struct sockaddr *address, socklen_t *length) {
    static int calls;
    int (*real)(int, struct sockaddr *, socklen_t *) = dlsym(RTLD_NEXT, "accept");
    if (++calls == 2) {
      errno = EMFILE;
      return -1;
    }
    return real(fd, address, length);
  }`;

const ACCEPT_THREE_TIMES = `
  import { Sockets, localOf } from './test/support/sockets.ts';
  import { encodeAddress } from './src/sys/sockaddr.ts';
  import { outBuffer } from './src/sys/sys.ts';
  import { systemCalls as sys } from './src/sys/syscalls.ts';
  const sockets = new Sockets();
  const listener = sockets.listener();
  for (let i = 0; i < 3; i++) sys.connect(sockets.tcp(), encodeAddress(localOf(listener)));
  const results = [1, 2, 3].map(() => sys.accept(listener, outBuffer(128)));
  process.stdout.write(results.map((result) => (result < 0 ? result : 'fd')).join(' '));`;

describe('memory', () => {
  it('is read into and written from only where the view says', () => {
    const { client, conn } = sockets.connection();
    expect(sys.write(client, bytes('0123456789').subarray(2, 8))).toBe(6);
    const whole = new Uint8Array(10).fill(0xee);
    expect(sys.read(conn, whole.subarray(3, 7))).toBe(4);
    expect(Buffer.from(whole).toString('latin1')).toBe('\xee\xee\xee2345\xee\xee\xee');
    expect(sys.read(conn, whole.subarray(0, 9))).toBe(2);
    expect(Buffer.from(whole).toString('latin1')).toBe('67\xee2345\xee\xee\xee');
  });

  it('may be empty', () => {
    const { client, conn } = sockets.connection();
    expect(sys.write(client, new Uint8Array(0))).toBe(0);
    ok(sys.write(client, bytes('x')));
    expect(sys.read(conn, new Uint8Array(0))).toBe(0);
    expect(sys.read(conn, new Uint8Array(1))).toBe(1);
  });

  it('that is too small for an address gets its beginning, and the true length', () => {
    const { client, conn } = sockets.connection();
    const whole = new Uint8Array(32).fill(0xee);
    const small = { bytes: whole.subarray(8, 12), length: new Uint32Array([99]) };
    expect(sys.getsockname(conn, small)).toBe(0);
    expect(small.length[0]).toBe(16);
    expect(written(small)).toEqual(encodeAddress(localOf(conn)).subarray(0, 4));
    const guard = new Uint8Array(20).fill(0xee);
    expect(whole.subarray(0, 8)).toEqual(guard.subarray(0, 8));
    expect(whole.subarray(12)).toEqual(guard);
    expect(sys.getpeername(client, reset(small))).toBe(0);
    expect(whole.subarray(12)).toEqual(guard);
  });

  it('for an option is used to its length, and no further', () => {
    const fd = sockets.tcp();
    const whole = new Uint8Array(16).fill(0xee);
    const value = { bytes: whole.subarray(4, 6), length: new Uint32Array([16]) };
    expect(sys.getsockopt(fd, constant('SOL_SOCKET'), constant('SO_TYPE'), value)).toBe(0);
    expect(value.length[0]).toBe(2);
    expect([...whole.subarray(3, 7)]).toEqual([0xee, constant('SOCK_STREAM'), 0, 0xee]);
  });

  it('is given again in full after reset', () => {
    const buffer = outBuffer(8);
    buffer.length[0] = 3;
    expect(written(buffer)).toHaveLength(3);
    expect(written(reset(buffer))).toHaveLength(8);
  });
});

/** A terminal: the far end of a pseudoterminal that we made ourselves, pty(7). */
function terminal(): number {
  const TIOCSPTLCK = 0x40045431;
  const TIOCGPTN = 0x80045430;
  const main = sockets.own(openSync('/dev/ptmx', fs.O_RDWR | fs.O_NOCTTY));
  ok(sys.ioctl(main, TIOCSPTLCK, new Int32Array([0])));
  const number = new Int32Array(1);
  ok(sys.ioctl(main, TIOCGPTN, number));
  return sockets.own(openSync(`/dev/pts/${number[0]}`, fs.O_RDWR | fs.O_NOCTTY));
}

/** A regular file that has no name any more. */
function file(): number {
  const directory = mkdtempSync(join(tmpdir(), 'socklab-file-'));
  try {
    writeFileSync(join(directory, 'file'), 'content');
    return sockets.own(openSync(join(directory, 'file'), 'r'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function ownPipe() {
  const { read, write } = pipe();
  return { read: sockets.own(read), write: sockets.own(write) };
}

describe('enlargePipe', () => {
  it('makes a pipe hold more, and never less', async (context) => {
    if (process.platform !== 'linux') context.skip('only Linux can');
    const { read, write } = ownPipe();
    expect(sys.enlargePipe(write, 256 * 1024)).toBe(256 * 1024);
    expect(sys.enlargePipe(read, 128 * 1024)).toBe(256 * 1024);
    // F_GETPIPE_SZ: <linux/fcntl.h>.
    expect(sys.fcntl(read, 1032, 0)).toBe(256 * 1024);
    expect(sys.enlargePipe(sockets.tcp(), 1024)).toBe(-errnoNumber('EBADF'));
  });
});

describe('kindOf', () => {
  it('tells what a descriptor is', (context) => {
    expect(sys.kindOf(file())).toBe('file');
    expect(sys.kindOf(ownPipe().read)).toBe('pipe');
    expect(sys.kindOf(sockets.tcp())).toBe('socket');
    expect(sys.kindOf(sockets.own(openSync('/dev/null', 'r')))).toBe('null');
    expect(sys.kindOf(sockets.own(openSync('/dev/zero', 'r')))).toBe('other');
    if (process.platform !== 'linux') context.skip('/dev/ptmx is used as Linux has it');
    expect(sys.kindOf(terminal())).toBe('terminal');
  });
});

describe('reopen', () => {
  const nonBlocking = (fd: number) =>
    (sys.fcntl(fd, constant('F_GETFL'), 0) & constant('O_NONBLOCK')) !== 0;

  it('gives the same pipe again, non-blocking, and leaves the shared one as it was', (context) => {
    if (process.platform !== 'linux') context.skip('it takes /proc/self/fd');
    const shared = ownPipe();
    const read = sockets.own(sys.reopen(shared.read, 'read'));
    const write = sockets.own(sys.reopen(shared.write, 'write'));
    expect(new Set([shared.read, shared.write, read, write]).size).toBe(4);
    expect([read, write].map(nonBlocking)).toEqual([true, true]);
    expect([shared.read, shared.write].map(nonBlocking)).toEqual([false, false]);
    expect(sys.write(write, bytes('x'))).toBe(1);
    expect(sys.read(read, new Uint8Array(8))).toBe(1);
    expect(sys.read(read, new Uint8Array(8))).toBe(-os.errno.EAGAIN);
  });

  it('gives the same terminal again, non-blocking', (context) => {
    if (process.platform !== 'linux') context.skip('it takes /proc/self/fd');
    const shared = terminal();
    const again = sockets.own(sys.reopen(shared, 'read'));
    expect(again).not.toBe(shared);
    expect([again, shared].map(nonBlocking)).toEqual([true, false]);
    expect(sys.kindOf(again)).toBe('terminal');
  });

  it('gives the descriptor itself where there is nothing to gain or it cannot be had', () => {
    const fds = [file(), sockets.tcp(), sockets.own(openSync('/dev/null', 'r'))];
    for (const fd of fds) expect(sys.reopen(fd, 'read')).toBe(fd);
    const { read, write } = ownPipe();
    sockets.close(read);
    expect(sys.reopen(write, 'write'), 'nobody reads it: ENXIO').toBe(write);
  });
});

describe('strerror', () => {
  it('says what the C library says', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<number, string>('import os\nanswer = os.strerror');
    for (const [name, number] of errnoNumbers())
      expect(sys.strerror(number), name).toBe(await python.ask(number));
    expect(sys.strerror(4711)).toBe(await python.ask(4711));
  });
});

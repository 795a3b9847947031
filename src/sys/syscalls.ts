/** The real system calls. Every pointer comes with the length of the memory that it points to. */
import { fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { isatty } from 'node:tty';
import { bind, bindNow, bindText, type CFunction, call } from './ffi.ts';
import { constant, errnoNumber } from './platform.ts';
import { type DescriptorKind, type OutBuffer, reset, type Sys } from './sys.ts';

const libc = {
  socket: bind('int socket(int, int, int)'),
  bind: bind('int bind(int, void *, uint32_t)'),
  listen: bind('int listen(int, int)'),
  accept: bind('int accept(int, void *, void *)'),
  accept4: process.platform === 'linux' ? bind('int accept4(int, void *, void *, int)') : null,
  connect: bind('int connect(int, void *, uint32_t)'),
  read: bind('intptr_t read(int, void *, size_t)'),
  write: bind('intptr_t write(int, void *, size_t)'),
  // macOS has a sendfile() too, which takes its arguments in another order.
  sendfile:
    process.platform === 'linux' ? bind('intptr_t sendfile(int, int, void *, size_t)') : null,
  splice:
    process.platform === 'linux'
      ? bind('intptr_t splice(int, void *, int, void *, size_t, uint32_t)')
      : null,
  send: bind('intptr_t send(int, void *, size_t, int)'),
  recv: bind('intptr_t recv(int, void *, size_t, int)'),
  sendto: bind('intptr_t sendto(int, void *, size_t, int, void *, uint32_t)'),
  recvfrom: bind('intptr_t recvfrom(int, void *, size_t, int, void *, void *)'),
  recvmsg: bind('intptr_t recvmsg(int, void *, int)'),
  sendmsg: bind('intptr_t sendmsg(int, void *, int)'),
  socketpair: bind('int socketpair(int, int, int, void *)'),
  poll: bind('int poll(void *, unsigned long, int)'),
  shutdown: bind('int shutdown(int, int)'),
  close: bind('int close(int)'),
  getsockname: bind('int getsockname(int, void *, void *)'),
  getpeername: bind('int getpeername(int, void *, void *)'),
  setsockopt: bind('int setsockopt(int, int, int, void *, uint32_t)'),
  getsockopt: bind('int getsockopt(int, int, int, void *, void *)'),
  // Variadic in C. Only macOS on arm64 passes variadic arguments another way: koffi's "..." knows.
  fcntl: bind('int fcntl(int, int, ...)'),
  ioctl: bind('int ioctl(int, unsigned long, ...)'),
  fchmod: bind('int fchmod(int, uint32_t)'),
};
const byName: Readonly<Record<string, CFunction | null>> = libc;
const strerror = bindText('const char *strerror(int)');

/** An off_t, where sendfile() reads the offset and leaves the next one. */
const offsetNumber = new BigInt64Array(1);
const offsetMemory = new Uint8Array(offsetNumber.buffer);

const isLinux = process.platform === 'linux';

/** <linux/fcntl.h>, <linux/splice.h>. No constants of the call language: a pipe is no socket. */
const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;
const SPLICE_F_NONBLOCK = 2;

/** SOCK_NONBLOCK and SOCK_CLOEXEC have the values of the two flags of open(2) on Linux. */
const ACCEPTED = constant('O_NONBLOCK') | constant('O_CLOEXEC');

/** sizeof(struct pollfd): poll(2). */
const POLLFD_SIZE = 8;

export const systemCalls: Sys = {
  socket: (domain, type, protocol) => call(libc.socket, domain, type, protocol),
  bind: (fd, address) => call(libc.bind, fd, address, address.length),
  listen: (fd, backlog) => call(libc.listen, fd, backlog),
  accept: (fd, peer) => filled(libc.accept, fd, peer),
  accept4: (fd, peer) => {
    if (libc.accept4 === null) return -errnoNumber('ENOSYS');
    reset(peer);
    return call(libc.accept4, fd, peer.bytes, peer.length, ACCEPTED);
  },
  connect: (fd, address) => call(libc.connect, fd, address, address.length),
  read: (fd, into) => call(libc.read, fd, into, into.length),
  write: (fd, bytes) => call(libc.write, fd, bytes, bytes.length),
  sendfile: (out, file, offset, count) => {
    if (libc.sendfile === null) return -errnoNumber('ENOSYS');
    if (offset !== null) offsetNumber[0] = BigInt(offset);
    return call(libc.sendfile, out, file, offset === null ? null : offsetMemory, count);
  },
  splice: (from, to, count) =>
    libc.splice === null
      ? -errnoNumber('ENOSYS')
      : call(libc.splice, from, null, to, null, count, SPLICE_F_NONBLOCK),
  send: (fd, bytes, flags) => call(libc.send, fd, bytes, bytes.length, flags),
  recv: (fd, into, flags) => call(libc.recv, fd, into, into.length, flags),
  sendto: (fd, bytes, flags, address) =>
    call(libc.sendto, fd, bytes, bytes.length, flags, address, address.length),
  recvfrom: (fd, into, flags, from) => {
    reset(from);
    return call(libc.recvfrom, fd, into, into.length, flags, from.bytes, from.length);
  },
  recvmsg: (fd, message, flags) =>
    isLinux ? call(libc.recvmsg, fd, message.header, flags) : -errnoNumber('ENOSYS'),
  sendmsg: (fd, message, flags) =>
    isLinux ? call(libc.sendmsg, fd, message.header, flags) : -errnoNumber('ENOSYS'),
  socketpair: (domain, type, protocol, pair) =>
    call(libc.socketpair, domain, type, protocol, room(pair, 2)),
  poll: (fds) => call(libc.poll, fds, Math.floor(fds.length / POLLFD_SIZE), 0),
  shutdown: (fd, how) => call(libc.shutdown, fd, how),
  close: (fd) => call(libc.close, fd),
  getsockname: (fd, address) => filled(libc.getsockname, fd, address),
  getpeername: (fd, address) => filled(libc.getpeername, fd, address),
  setsockopt: (fd, level, option, value) =>
    call(libc.setsockopt, fd, level, option, value, value.length),
  getsockopt: (fd, level, option, value) => {
    reset(value);
    return call(libc.getsockopt, fd, level, option, value.bytes, value.length);
  },
  fcntl: (fd, command, argument) => call(libc.fcntl, fd, command, 'int', argument),
  ioctl: (fd, request, value) => call(libc.ioctl, fd, request, 'void *', value),
  enlargePipe: (fd, size) => {
    if (!isLinux) return -errnoNumber('ENOSYS');
    const now = call(libc.fcntl, fd, F_GETPIPE_SZ, 'int', 0);
    return now < 0 || now >= size ? now : call(libc.fcntl, fd, F_SETPIPE_SZ, 'int', size);
  },
  fchmod: (fd, mode) => call(libc.fchmod, fd, mode),
  reopen,
  kindOf,
  ready: (name) => bindNow(byName[name] ?? null),
  strerror: (errno) => strerror(errno) ?? `Unknown error ${errno}`,
};

/** Memory that the kernel writes `count` ints to, whatever its length: it must have them. */
function room(memory: Int32Array, count: number): Int32Array {
  if (memory.length < count) throw new RangeError(`room for ${count} numbers is needed`);
  return memory;
}

function filled(fn: (typeof libc)['accept'], fd: number, address: OutBuffer): number {
  reset(address);
  return call(fn, fd, address.bytes, address.length);
}

/**
 * O_NONBLOCK belongs to the open file description, which a shell, and every process it started,
 * may share with us. Opening /proc/self/fd/N makes a new one: proc(5). Not for regular files,
 * whose offset must stay the shared one; and a socket can't be opened that way.
 */
function reopen(fd: number, mode: 'read' | 'write'): number {
  const kind = kindOf(fd);
  if (process.platform !== 'linux' || (kind !== 'pipe' && kind !== 'terminal')) return fd;
  const access = constant(mode === 'read' ? 'O_RDONLY' : 'O_WRONLY');
  try {
    return openSync(`/proc/self/fd/${fd}`, access | constant('O_NONBLOCK'));
  } catch {
    // No /proc, another user's pipe, or (ENXIO) a pipe whose reader has gone: use what we have.
    return fd;
  }
}

function kindOf(fd: number): DescriptorKind {
  const stat = fstatSync(fd);
  if (stat.isFile()) return 'file';
  if (stat.isFIFO()) return 'pipe';
  if (stat.isSocket()) return 'socket';
  if (isNullDevice(stat)) return 'null';
  return isatty(fd) ? 'terminal' : 'other';
}

/** The device itself, whatever name it was opened by: null(4). */
function isNullDevice(stat: Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev === statSync('/dev/null').rdev;
}

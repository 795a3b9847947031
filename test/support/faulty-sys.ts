/**
 * The real system calls, with faults on order: the n-th call of a name fails, reads and writes are
 * short. It counts what was called, and which descriptors were opened and closed.
 */
import type { Message } from '../../src/sys/message.ts';
import { type ErrnoName, errnoNumber } from '../../src/sys/platform.ts';
import type { OutBuffer, Result, Sys } from '../../src/sys/sys.ts';
import { systemCalls } from '../../src/sys/syscalls.ts';

/** The calls that reach the kernel and answer with a {@link Result}. */
export const SYS_CALLS = [
  'socket',
  'bind',
  'listen',
  'accept',
  'accept4',
  'connect',
  'read',
  'write',
  'sendfile',
  'splice',
  'send',
  'recv',
  'sendto',
  'recvfrom',
  'recvmsg',
  'sendmsg',
  'socketpair',
  'poll',
  'shutdown',
  'close',
  'getsockname',
  'getpeername',
  'setsockopt',
  'getsockopt',
  'fcntl',
  'ioctl',
  'fchmod',
  'enlargePipe',
] as const;

export type SysCall = (typeof SYS_CALLS)[number];

interface Fault {
  readonly errno: ErrnoName;
  /** The first call that fails, from 1, and how many fail in a row. */
  readonly first: number;
  readonly times: number;
}

/** On a blocking descriptor these could stop the event loop. */
const MAY_BLOCK: ReadonlySet<SysCall> = new Set<SysCall>([
  'accept',
  'accept4',
  'connect',
  'read',
  'write',
  'sendfile',
  'send',
  'recv',
  'sendto',
  'recvfrom',
  'recvmsg',
  'sendmsg',
]);

const AF_NETLINK = 16;
const F_GETFD = 1;
const F_GETFL = 3;
const F_DUPFD_CLOEXEC = 1030;
const O_NONBLOCK = 0o4000;

export class FaultySys implements Sys {
  readonly strerror = systemCalls.strerror;
  readonly reopen = systemCalls.reopen;
  readonly kindOf = systemCalls.kindOf;
  /** How many bytes of `wanted` one read or write may move. Netlink's messages stay whole. */
  shorten: (wanted: number) => number = (wanted) => wanted;
  opened = 0;
  closed = 0;
  /**
   * Calls that should never be made: on a descriptor that had been closed, which may belong to
   * somebody else by then, or on one that blocks.
   */
  readonly misuses: string[] = [];
  private readonly counts = new Map<SysCall, number>();
  private readonly faults = new Map<SysCall, Fault>();
  private readonly gone = new Set<number>();
  /** The netlink sockets, which block, and how many questions on each are unanswered. */
  private readonly netlink = new Map<number, number>();

  /** Makes the n-th call of a name from now on fail, and the `times - 1` after it. */
  fail(call: SysCall, errno: ErrnoName, { nth = 1, times = 1 } = {}): this {
    this.faults.set(call, { errno, first: this.count(call) + nth, times });
    return this;
  }

  /** How often a call was made, failed ones too. */
  count(call: SysCall): number {
    return this.counts.get(call) ?? 0;
  }

  socket(domain: number, type: number, protocol: number): Result {
    const fd = this.fresh(this.fault('socket') ?? systemCalls.socket(domain, type, protocol));
    if (fd >= 0 && domain === AF_NETLINK) this.netlink.set(fd, 0);
    return fd;
  }

  accept(fd: number, peer: OutBuffer): Result {
    return this.fresh(this.on('accept', fd, () => systemCalls.accept(fd, peer)));
  }

  accept4(fd: number, peer: OutBuffer): Result {
    return this.fresh(this.on('accept4', fd, () => systemCalls.accept4(fd, peer)));
  }

  bind(fd: number, address: Uint8Array): Result {
    return this.on('bind', fd, () => systemCalls.bind(fd, address));
  }

  listen(fd: number, backlog: number): Result {
    return this.on('listen', fd, () => systemCalls.listen(fd, backlog));
  }

  connect(fd: number, address: Uint8Array): Result {
    return this.on('connect', fd, () => systemCalls.connect(fd, address));
  }

  read(fd: number, into: Uint8Array): Result {
    return this.on('read', fd, () => systemCalls.read(fd, this.part(fd, into)));
  }

  write(fd: number, bytes: Uint8Array): Result {
    return this.on('write', fd, () => systemCalls.write(fd, this.part(fd, bytes)));
  }

  sendfile(out: number, file: number, offset: number | null, count: number): Result {
    const part = Math.min(count, this.shorten(count));
    return this.on('sendfile', out, () => systemCalls.sendfile(out, file, offset, part));
  }

  splice(from: number, to: number, count: number): Result {
    const part = Math.min(count, this.shorten(count));
    return this.on('splice', from, () => systemCalls.splice(from, to, part));
  }

  send(fd: number, bytes: Uint8Array, flags: number): Result {
    return this.on('send', fd, () => systemCalls.send(fd, this.part(fd, bytes), flags));
  }

  recv(fd: number, into: Uint8Array, flags: number): Result {
    return this.on('recv', fd, () => systemCalls.recv(fd, this.part(fd, into), flags));
  }

  sendto(fd: number, bytes: Uint8Array, flags: number, address: Uint8Array): Result {
    return this.on('sendto', fd, () =>
      systemCalls.sendto(fd, this.part(fd, bytes), flags, address),
    );
  }

  recvfrom(fd: number, into: Uint8Array, flags: number, from: OutBuffer): Result {
    return this.on('recvfrom', fd, () =>
      systemCalls.recvfrom(fd, this.part(fd, into), flags, from),
    );
  }

  socketpair(domain: number, type: number, protocol: number, pair: Int32Array): Result {
    const result = this.fault('socketpair') ?? systemCalls.socketpair(domain, type, protocol, pair);
    if (result === 0) for (const fd of pair) this.fresh(fd);
    return result;
  }

  poll(fds: Uint8Array): Result {
    return this.fault('poll') ?? systemCalls.poll(fds);
  }

  shutdown(fd: number, how: number): Result {
    return this.on('shutdown', fd, () => systemCalls.shutdown(fd, how));
  }

  /** As on Linux, the descriptor is given back also where close() fails: close(2). */
  close(fd: number): Result {
    this.noteUse('close', fd);
    const fault = this.fault('close');
    const result = systemCalls.close(fd);
    if (result === 0) this.closed++;
    this.gone.add(fd);
    this.netlink.delete(fd);
    return fault ?? result;
  }

  getsockname(fd: number, address: OutBuffer): Result {
    return this.on('getsockname', fd, () => systemCalls.getsockname(fd, address));
  }

  getpeername(fd: number, address: OutBuffer): Result {
    return this.on('getpeername', fd, () => systemCalls.getpeername(fd, address));
  }

  setsockopt(fd: number, level: number, option: number, value: Uint8Array): Result {
    return this.on('setsockopt', fd, () => systemCalls.setsockopt(fd, level, option, value));
  }

  getsockopt(fd: number, level: number, option: number, value: OutBuffer): Result {
    return this.on('getsockopt', fd, () => systemCalls.getsockopt(fd, level, option, value));
  }

  fcntl(fd: number, command: number, argument: number): Result {
    // Whether a number is anybody's may be asked of any number.
    if (command !== F_GETFD) this.noteUse('fcntl', fd);
    const result = this.fault('fcntl') ?? systemCalls.fcntl(fd, command, argument);
    if (command !== F_DUPFD_CLOEXEC) return result;
    const questions = this.netlink.get(fd);
    if (result >= 0 && questions !== undefined) this.netlink.set(result, questions);
    return this.fresh(result);
  }

  recvmsg(fd: number, message: Message, flags: number): Result {
    return this.on('recvmsg', fd, () => systemCalls.recvmsg(fd, message, flags));
  }

  sendmsg(fd: number, message: Message, flags: number): Result {
    return this.on('sendmsg', fd, () => systemCalls.sendmsg(fd, message, flags));
  }

  enlargePipe(fd: number, size: number): Result {
    return this.on('enlargePipe', fd, () => systemCalls.enlargePipe(fd, size));
  }

  fchmod(fd: number, mode: number): Result {
    return this.on('fchmod', fd, () => systemCalls.fchmod(fd, mode));
  }

  ioctl(fd: number, request: number, value: Int32Array): Result {
    return this.on('ioctl', fd, () => systemCalls.ioctl(fd, request, value));
  }

  private on(call: SysCall, fd: number, real: () => Result): Result {
    this.noteUse(call, fd);
    const fault = this.fault(call);
    if (fault !== null) return fault;
    if (MAY_BLOCK.has(call)) this.mustNotBlock(call, fd);
    return real();
  }

  private fault(call: SysCall): Result | null {
    const count = this.count(call) + 1;
    this.counts.set(call, count);
    const fault = this.faults.get(call);
    if (fault === undefined) return null;
    if (count < fault.first || count >= fault.first + fault.times) return null;
    return -errnoNumber(fault.errno);
  }

  /** On a blocking descriptor the call could stop the event loop, and with it every test. */
  private mustNotBlock(call: SysCall, fd: number): void {
    const questions = this.netlink.get(fd);
    if (questions !== undefined) {
      // The kernel answers each question at once; without one it would never answer.
      this.netlink.set(fd, questions + (call === 'write' ? 1 : -1));
      if (call === 'write' || questions > 0) return;
    }
    const flags = systemCalls.fcntl(fd, F_GETFL, 0);
    if (flags < 0 || (flags & O_NONBLOCK) !== 0) return;
    this.misuses.push(`${call}(${fd}) on a blocking descriptor`);
    throw new Error(`${call}() on a blocking descriptor would stop the event loop`);
  }

  private noteUse(call: SysCall, fd: number): void {
    if (this.gone.has(fd)) this.misuses.push(`${call}(${fd}) after close`);
  }

  private part(fd: number, bytes: Uint8Array): Uint8Array {
    if (this.netlink.has(fd)) return bytes;
    return bytes.subarray(0, Math.min(bytes.length, this.shorten(bytes.length)));
  }

  private fresh(fd: Result): Result {
    if (fd < 0) return fd;
    this.opened++;
    this.gone.delete(fd);
    return fd;
  }
}

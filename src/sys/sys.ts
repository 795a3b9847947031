/**
 * The system-call interface. It is passed in wherever it is used, so that a test can fail the
 * n-th call, shorten a write, or count descriptors.
 */
import { lengths, zeroed } from './memory.ts';
import type { Message } from './message.ts';

/**
 * ≥ 0: what the call returned. < 0: −errno, as the kernel itself answers (syscall(2)).
 * One number says both, so the hot path makes no garbage.
 */
export type Result = number;

/** Memory for an answer whose length the kernel decides, such as an address. */
export interface OutBuffer {
  readonly bytes: Uint8Array;
  /** One element. In: how much room there is. Out: how much was written, or was there to write. */
  readonly length: Uint32Array;
}

/** What kind of thing a descriptor is, where that decides how to wait for it. */
export type DescriptorKind = 'file' | 'pipe' | 'socket' | 'terminal' | 'null' | 'other';

export interface Sys {
  /** socket(2) → a new descriptor. */
  socket(domain: number, type: number, protocol: number): Result;
  /** bind(2). `address` as encodeAddress() makes it. */
  bind(fd: number, address: Uint8Array): Result;
  /** listen(2). */
  listen(fd: number, backlog: number): Result;
  /** accept(2) → a new descriptor; the peer's address goes into `peer`. */
  accept(fd: number, peer: OutBuffer): Result;
  /**
   * accept4(2) → a new descriptor that does not block, and that no program which we start inherits.
   * Linux only: −ENOSYS elsewhere.
   */
  accept4(fd: number, peer: OutBuffer): Result;
  /** connect(2). */
  connect(fd: number, address: Uint8Array): Result;
  /** read(2) into all of `into` → bytes read, 0 at end of file. */
  read(fd: number, into: Uint8Array): Result;
  /** write(2) of all of `bytes` → bytes written, which may be fewer. */
  write(fd: number, bytes: Uint8Array): Result;
  /**
   * sendfile(2), as Linux has it → bytes moved from the file into the socket, 0 at the file's end.
   * `offset` says from where; the file's own position stays. With null it is the file's own position,
   * which moves on as with read(2). −ENOSYS where the system has another one: read and write then.
   */
  sendfile(out: number, file: number, offset: number | null, count: number): Result;
  /**
   * splice(2) that does not wait, of as much as is there → bytes moved, 0 at the source’s end. One of
   * the two is a pipe; a socket among them must not block. Linux only: −ENOSYS elsewhere.
   */
  splice(from: number, to: number, count: number): Result;
  /** send(2) with flags, such as MSG_OOB. */
  send(fd: number, bytes: Uint8Array, flags: number): Result;
  /** recv(2) with flags, such as MSG_PEEK. */
  recv(fd: number, into: Uint8Array, flags: number): Result;
  /** sendto(2). `address` as encodeAddress() makes it. */
  sendto(fd: number, bytes: Uint8Array, flags: number, address: Uint8Array): Result;
  /** recvfrom(2); the sender's address goes into `from`, with length 0 where there is none. */
  recvfrom(fd: number, into: Uint8Array, flags: number, from: OutBuffer): Result;
  /** recvmsg(2) into a message that is ready for it. Linux only: −ENOSYS elsewhere. */
  recvmsg(fd: number, message: Message, flags: number): Result;
  /** sendmsg(2). Linux only: −ENOSYS elsewhere. */
  sendmsg(fd: number, message: Message, flags: number): Result;
  /** socketpair(2) → two new descriptors in `pair`. */
  socketpair(domain: number, type: number, protocol: number, pair: Int32Array): Result;
  /** poll(2) that does not wait. `fds` as struct pollfd, one behind the other → how many are ready. */
  poll(fds: Uint8Array): Result;
  /** shutdown(2). */
  shutdown(fd: number, how: number): Result;
  /** close(2). Release the descriptor's readiness first. */
  close(fd: number): Result;
  /** getsockname(2). */
  getsockname(fd: number, address: OutBuffer): Result;
  /** getpeername(2). */
  getpeername(fd: number, address: OutBuffer): Result;
  /** setsockopt(2). */
  setsockopt(fd: number, level: number, option: number, value: Uint8Array): Result;
  /** getsockopt(2). */
  getsockopt(fd: number, level: number, option: number, value: OutBuffer): Result;
  /** fcntl(2) with an integer argument. */
  fcntl(fd: number, command: number, argument: number): Result;
  /** ioctl(2) that stores one int, such as FIONREAD, into `value[0]`. */
  ioctl(fd: number, request: number, value: Int32Array): Result;
  /**
   * A descriptor of our own for the same pipe or terminal, so that making it non-blocking does
   * not change the one that we share with other processes. Where that can't be had, `fd` itself.
   */
  reopen(fd: number, mode: 'read' | 'write'): Result;
  /**
   * fcntl(2), F_SETPIPE_SZ: a pipe holds at least so many bytes from now on → how many it holds. One
   * that is larger stays so. Linux only: −ENOSYS elsewhere.
   */
  enlargePipe(fd: number, size: number): Result;
  /** fchmod(2): on Linux, a socket's mode is what its path gets from bind(2). */
  fchmod(fd: number, mode: number): Result;
  /** fstat(2): what the descriptor is. */
  kindOf(fd: number): DescriptorKind;
  /** Makes the call of this name ready: its first one then takes no longer than those that follow. */
  ready?(name: string): void;
  /** strerror(3), for example `Connection refused`. */
  strerror(errno: number): string;
}

/** Room for an answer of `size` bytes. Call {@link reset} before each use. */
export function outBuffer(size: number): OutBuffer {
  return { bytes: zeroed(size), length: lengths(size) };
}

/** Says again how much room there is; the kernel overwrote it. */
export function reset(buffer: OutBuffer): OutBuffer {
  buffer.length[0] = buffer.bytes.length;
  return buffer;
}

/** The part that the kernel wrote. It is a view: copy it before the buffer's next use. */
export function written(buffer: OutBuffer): Uint8Array {
  return buffer.bytes.subarray(0, Math.min(buffer.length[0] ?? 0, buffer.bytes.length));
}

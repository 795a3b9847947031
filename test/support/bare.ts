/** Sockets that belong to no session: somebody else, as far as a session can tell. */
import { readdirSync, readlinkSync } from 'node:fs';
import { constant, errnoName, errnoNumber } from '../../src/sys/platform.ts';
import { ADDRESS_STORAGE, decodeAddress, encodeAddress } from '../../src/sys/sockaddr.ts';
import { outBuffer, written } from '../../src/sys/sys.ts';
import { systemCalls } from '../../src/sys/syscalls.ts';

const AF_INET = constant('AF_INET');
const SOCK_STREAM = constant('SOCK_STREAM');

/** Looks again and again, between turns of the event loop, until it is true. */
export async function until(
  what: string,
  isTrue: () => boolean | undefined,
  ms = 5000,
): Promise<void> {
  const end = performance.now() + ms;
  while (isTrue() !== true) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** How many descriptors this process has open. */
export function openDescriptors(): number {
  // Readiness makes its epoll instance when it is first asked, and keeps it: it is nobody's own.
  return readdirSync('/proc/self/fd').filter((fd) => !isEpoll(fd)).length;
}

function isEpoll(fd: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:[eventpoll]';
  } catch {
    // The directory that was being read: it is closed by now.
    return true;
  }
}

/** A port of an address as it is written. */
export function portOf(address: string | null | undefined): number {
  const port = Number(/:(\d+)$/.exec(address ?? '')?.[1]);
  if (!(port > 0)) throw new Error(`no port in ${address}`);
  return port;
}

/** One bare TCP socket. Its calls don't block; each answers like the kernel or throws. */
export class BareSocket {
  readonly fd: number;

  constructor(fd = checked('socket', systemCalls.socket(AF_INET, SOCK_STREAM, 0))) {
    this.fd = fd;
  }

  static connected(port: number): BareSocket {
    const socket = new BareSocket();
    const address = encodeAddress({ family: 'inet', host: '127.0.0.1', port });
    // Loopback answers at once, so a blocking connect() does not block.
    checked('connect', systemCalls.connect(socket.fd, address));
    return socket.nonBlocking();
  }

  /** Listens at 127.0.0.1. */
  static listening(backlog: number): BareSocket {
    const socket = new BareSocket();
    const address = encodeAddress({ family: 'inet', host: '127.0.0.1', port: 0 });
    checked('bind', systemCalls.bind(socket.fd, address));
    checked('listen', systemCalls.listen(socket.fd, backlog));
    return socket.nonBlocking();
  }

  get port(): number {
    const buffer = outBuffer(ADDRESS_STORAGE);
    checked('getsockname', systemCalls.getsockname(this.fd, buffer));
    const address = decodeAddress(written(buffer));
    return 'port' in address ? address.port : 0;
  }

  /** Null where nobody waits. */
  accept(): BareSocket | null {
    const fd = systemCalls.accept(this.fd, outBuffer(ADDRESS_STORAGE));
    return fd < 0 ? null : new BareSocket(fd).nonBlocking();
  }

  /** Waits for somebody. */
  async accepted(): Promise<BareSocket> {
    let found: BareSocket | null = null;
    await until('a connection comes', () => {
      found ??= this.accept();
      return found !== null;
    });
    return found ?? this;
  }

  /** Bytes that have come, at most `most`; null at the end of file. */
  read(most: number): Uint8Array | null {
    return this.readInto(new Uint8Array(most));
  }

  private readInto(into: Uint8Array): Uint8Array | null {
    const count = systemCalls.read(this.fd, into);
    if (count === 0) return null;
    if (count === -errnoNumber('EAGAIN')) return into.subarray(0, 0);
    return into.subarray(0, checked('read', count));
  }

  /** All bytes to the end of file. */
  async readAll(): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    const room = new Uint8Array(256 * 1024);
    await until('the end of file comes', () => {
      for (;;) {
        const part = this.readInto(room);
        if (part === null) return true;
        if (part.length === 0) return false;
        parts.push(part.slice());
      }
    });
    return Buffer.concat(parts);
  }

  /** How many bytes were taken; 0 while there is no room. */
  write(content: string | Uint8Array): number {
    const result = systemCalls.write(this.fd, Buffer.from(content));
    return result === -errnoNumber('EAGAIN') ? 0 : checked('write', result);
  }

  /** Sends FIN. */
  finish(): void {
    checked('shutdown', systemCalls.shutdown(this.fd, constant('SHUT_WR')));
  }

  set(option: 'SO_RCVBUF' | 'SO_SNDBUF', value: number): this {
    return this.setBytes(constant(option), new Uint8Array(Int32Array.of(value).buffer));
  }

  /** Closes with RST in place of FIN: SO_LINGER {1, 0}. */
  reset(): void {
    this.setBytes(constant('SO_LINGER'), new Uint8Array(Int32Array.of(1, 0).buffer));
    this.close();
  }

  close(): void {
    checked('close', systemCalls.close(this.fd));
  }

  private setBytes(option: number, value: Uint8Array): this {
    checked('setsockopt', systemCalls.setsockopt(this.fd, constant('SOL_SOCKET'), option, value));
    return this;
  }

  private nonBlocking(): this {
    checked('fcntl', systemCalls.fcntl(this.fd, constant('F_SETFL'), constant('O_NONBLOCK')));
    return this;
  }
}

function checked(call: string, result: number): number {
  if (result < 0) throw new Error(`${call}: ${errnoName(-result)}`);
  return result;
}

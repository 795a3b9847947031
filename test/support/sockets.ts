/** Sockets made by the real system calls, for tests of what lies below a session. */
import { constant, errnoName } from '../../src/sys/platform.ts';
import { type Readiness, readiness as usual } from '../../src/sys/readiness.ts';
import { decodeAddress, encodeAddress, type SocketAddress } from '../../src/sys/sockaddr.ts';
import { type OutBuffer, outBuffer, type Result, written } from '../../src/sys/sys.ts';
import { systemCalls } from '../../src/sys/syscalls.ts';

type Internet = Extract<SocketAddress, { port: number }>;

/** No call of a test waits longer than this, also where the socket blocks. */
const PATIENCE_S = 5;

/** Owns descriptors and closes them together. */
export class Sockets {
  private readonly fds = new Set<number>();
  private readonly readiness: Readiness;

  constructor(readiness = usual) {
    this.readiness = readiness;
  }

  /** Takes the descriptor that a call returned into ownership; a failed call ends the test. */
  own(result: Result): number {
    this.fds.add(ok(result));
    return result;
  }

  tcp(family: 'inet' | 'inet6' = 'inet'): number {
    return this.open(family, 'SOCK_STREAM');
  }

  /** Bound to a port of 127.0.0.1. */
  udp(port = 0): number {
    const fd = this.open('inet', 'SOCK_DGRAM');
    ok(systemCalls.bind(fd, encodeAddress(loopback('127.0.0.1', port))));
    return fd;
  }

  listener(host = '127.0.0.1', backlog = 8): number {
    const fd = this.tcp(loopback(host).family);
    ok(systemCalls.bind(fd, encodeAddress(loopback(host))));
    ok(systemCalls.listen(fd, backlog));
    return fd;
  }

  /** A connection through a listener of its own; `client` is the end that called connect(). */
  connection(host = '127.0.0.1'): { listener: number; client: number; conn: number } {
    const listener = this.listener(host);
    const client = this.tcp(loopback(host).family);
    ok(systemCalls.connect(client, encodeAddress(localOf(listener))));
    return { listener, client, conn: this.accept(listener) };
  }

  accept(listener: number): number {
    return this.own(systemCalls.accept(listener, outBuffer(128)));
  }

  close(fd: number): void {
    this.fds.delete(fd);
    this.readiness.release(fd);
    ok(systemCalls.close(fd));
  }

  /** Somebody else closes it. */
  disown(fd: number): void {
    this.fds.delete(fd);
  }

  closeAll(): void {
    for (const fd of this.fds) this.close(fd);
  }

  private open(family: 'inet' | 'inet6', type: 'SOCK_STREAM' | 'SOCK_DGRAM'): number {
    const domain = constant(family === 'inet' ? 'AF_INET' : 'AF_INET6');
    const fd = this.own(systemCalls.socket(domain, constant(type), 0));
    // A blocking call that is never answered would stop the whole test run. An accepted socket
    // inherits both limits from its listener.
    const timeval = new Uint8Array(new BigInt64Array([BigInt(PATIENCE_S), 0n]).buffer);
    for (const option of ['SO_RCVTIMEO', 'SO_SNDTIMEO'] as const)
      ok(systemCalls.setsockopt(fd, constant('SOL_SOCKET'), constant(option), timeval));
    return fd;
  }
}

/** The address to bind to; port 0 has the kernel pick one. */
export function loopback(host = '127.0.0.1', port = 0): Internet {
  return host.includes(':')
    ? { family: 'inet6', host, port, scope: 0 }
    : { family: 'inet', host, port };
}

export function localOf(fd: number): Internet {
  return addressFrom(fd, systemCalls.getsockname);
}

export function peerOf(fd: number): Internet {
  return addressFrom(fd, systemCalls.getpeername);
}

function addressFrom(fd: number, ask: (fd: number, address: OutBuffer) => Result): Internet {
  const buffer = outBuffer(128);
  ok(ask(fd, buffer));
  const address = decodeAddress(written(buffer));
  if ('port' in address) return address;
  throw new Error(`not an Internet address: ${address.family}`);
}

/** Passes on what a call returned, where it did not fail. */
export function ok(result: Result): number {
  if (result < 0) throw new Error(`a system call failed: ${errnoName(-result)}`);
  return result;
}

/** Closing such a socket sends RST: SO_LINGER {1, 0}, socket(7). */
export function resetOnClose(fd: number): void {
  const linger = new Uint8Array(new Int32Array([1, 0]).buffer);
  ok(systemCalls.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_LINGER'), linger));
}

/** Looks until something holds: the kernel answers soon, but not always within a call. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_S * 1000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`still not so: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

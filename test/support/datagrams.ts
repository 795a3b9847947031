/** The other end of datagrams, in the test's own process: Node's dgram, which shares no code with us. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { InternetEndpoint } from '../../src/socket/plan/addresses.ts';

/** A UDP socket that keeps what came, datagram by datagram. */
export class UdpPeer {
  readonly received: Buffer[] = [];
  readonly from: string[] = [];
  private readonly socket: Socket;
  private readonly waiting = new Set<() => void>();

  /** @param answer what each datagram is answered with; null for nothing */
  constructor(socket: Socket, answer: (bytes: Buffer) => Buffer | string | null) {
    this.socket = socket;
    socket.on('message', (bytes, { address, port }) => {
      this.received.push(bytes);
      this.from.push(`${address}:${port}`);
      const reply = answer(bytes);
      if (reply !== null) socket.send(reply, port, address);
      for (const check of this.waiting) check();
    });
    onTestFinished(() => this.close());
  }

  get port(): number {
    return this.socket.address().port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get texts(): string[] {
    return this.received.map(String);
  }

  /** @param to an address of IPv4, as it is written */
  async send(bytes: string | Buffer, to: string): Promise<void> {
    const [host, port] = to.split(':');
    await new Promise<void>((resolve, reject) =>
      this.socket.send(bytes, Number(port), host, (error) => (error ? reject(error) : resolve())),
    );
  }

  /** Waits until so many datagrams have come. */
  count(wanted: number): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        this.waiting.delete(check);
      };
      const check = () => {
        if (this.received.length < wanted) return;
        stop();
        resolve(this.texts);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`${this.received.length} of ${wanted} datagrams came`));
      }, 10_000);
      this.waiting.add(check);
      check();
    });
  }

  close(): void {
    // Twice is an error of dgram's.
    try {
      this.socket.close();
    } catch {}
  }
}

/** Bound to a port of 127.0.0.1, unless another place is given. */
export async function udpPeer(
  answer: (bytes: Buffer) => Buffer | string | null = () => null,
  { host = '127.0.0.1', port = 0 } = {},
): Promise<UdpPeer> {
  const socket = createSocket({
    type: host.includes(':') ? 'udp6' : 'udp4',
    recvBufferSize: 1024 * 1024,
  });
  socket.bind(port, host);
  await once(socket, 'listening');
  return new UdpPeer(socket, answer);
}

/** A UDP port that no socket has: the kernel answers with ICMP, port unreachable. */
export async function deadPort(): Promise<number> {
  const peer = await udpPeer();
  const { port } = peer;
  peer.close();
  return port;
}

export function udp(host: string, port: number): InternetEndpoint & { readonly transport: 'udp' } {
  const kind: InternetEndpoint['host'] =
    host === '*'
      ? { kind: 'any' }
      : host.includes(':')
        ? { kind: 'inet6', literal: host, scope: 0 }
        : /^[\d.]+$/.test(host)
          ? { kind: 'inet', literal: host }
          : { kind: 'hostname', name: host };
  return { transport: 'udp', host: kind, port };
}

/** Messages that come when they are fed, as stdin's lines do. */
export class FedMessages implements AsyncIterable<Uint8Array> {
  /** How many were asked for. */
  asked = 0;
  private readonly waiting: Uint8Array[] = [];
  private over = false;
  private wake: () => void = () => {};

  feed(...messages: string[]): this {
    this.waiting.push(...messages.map((one) => new TextEncoder().encode(one)));
    this.wake();
    return this;
  }

  end(): this {
    this.over = true;
    this.wake();
    return this;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      this.asked++;
      while (this.waiting.length === 0 && !this.over) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      const next = this.waiting.shift();
      if (next === undefined) return;
      yield next;
    }
  }
}

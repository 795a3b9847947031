/** The other end of a connection, in the test's own process: Node's net, which shares no code with us. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { onTestFinished } from 'vitest';

/** Whether this system has IPv6, to itself at least. */
export function hasIPv6(): boolean {
  return Object.values(networkInterfaces())
    .flat()
    .some((one) => one?.address === '::1');
}

/** A connection that keeps what it received. */
export class Peer {
  readonly socket: Socket;
  private readonly chunks: Buffer[] = [];
  ended = false;
  /** The error that the connection broke with: `ECONNRESET`. */
  broken: string | null = null;
  private readonly waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.chunks.push(bytes);
      this.poke();
    });
    socket.on('end', () => {
      this.ended = true;
      this.poke();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.broken = error.code ?? error.message;
      this.poke();
    });
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** Waits until this many bytes have come, and returns all. */
  async bytes(count: number): Promise<Buffer> {
    let total = 0;
    let counted = 0;
    await this.until(() => {
      for (; counted < this.chunks.length; counted++) total += this.chunks[counted]?.length ?? 0;
      return total >= count;
    }, `${count} bytes`);
    return this.received;
  }

  /** Waits for the other side's FIN, and returns all that came before it. */
  async end(): Promise<Buffer> {
    await this.until(() => this.ended, 'FIN');
    return this.received;
  }

  /** Waits until the connection breaks. */
  async breaks(): Promise<string | null> {
    await this.until(() => this.broken !== null, 'a broken connection');
    return this.broken;
  }

  /** Ends the connection with RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  private until(done: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        this.waiting.delete(check);
      };
      const check = () => {
        if (!done()) return;
        stop();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        const came = `${this.received.length} bytes came${this.ended ? ', and FIN' : ''}`;
        reject(new Error(`the peer waited in vain for ${what}; ${came}; ${this.broken}`));
      }, 10_000);
      this.waiting.add(check);
      check();
    });
  }

  private poke(): void {
    for (const check of this.waiting) check();
  }
}

/** A listener whose connections are taken one after the other. */
export class Listener {
  readonly server: Server;
  private readonly come: Peer[] = [];
  private readonly wanted: ((peer: Peer) => void)[] = [];

  constructor() {
    const all: Socket[] = [];
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      const peer = new Peer(socket);
      all.push(socket);
      const next = this.wanted.shift();
      if (next === undefined) this.come.push(peer);
      else next(peer);
    });
    onTestFinished(() => {
      this.server.close();
      for (const socket of all) socket.destroy();
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many connections there are, taken or not. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  }

  /** The next connection. */
  accept(): Promise<Peer> {
    const peer = this.come.shift();
    if (peer !== undefined) return Promise.resolve(peer);
    return new Promise((resolve) => this.wanted.push(resolve));
  }
}

export async function listener(host = '127.0.0.1', port = 0): Promise<Listener> {
  const made = new Listener();
  made.server.listen(port, host);
  await once(made.server, 'listening');
  return made;
}

/** Connects to an address as a ready line has it. */
export async function dial(address: string): Promise<Peer> {
  const [, host = '', port] = /^\[?([^\]]*)\]?:(\d+)$/.exec(address) ?? [];
  const socket = connect({ host, port: Number(port), allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return new Peer(socket);
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const { server, port } = await listener();
  server.close();
  await once(server, 'close');
  return port;
}

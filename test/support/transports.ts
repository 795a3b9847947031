/** The three streams that socklab speaks, with a peer in the test's own process: Node's net and tls. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as dialTls, type SecureContext, TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { scratch } from './payload.ts';
import { Peer } from './peer.ts';
import { activity, standstill } from './process.ts';
import type { Program } from './program.ts';
import { localhostPair } from './tls.ts';

export type TransportName = 'TCP' | 'Unix' | 'TLS';

/** One end of a conversation with socklab, and the socket below it where there is TLS. */
export class End extends Peer {
  readonly below: Socket;

  constructor(socket: Socket, below: Socket = socket) {
    super(socket);
    this.below = below;
    below.on('error', () => {});
  }

  /** Leaves to the kernel whatever comes from now on. */
  deafen(): void {
    handleOf(this.below).readStop();
  }

  /** Node has no reset for a Unix socket, nor has the kernel: see {@link lose}. */
  override reset(): void {
    this.below.resetAndDestroy();
  }
}

/** Node does not say it in its types: pause() alone reads on until its own buffer is full. */
function handleOf(socket: Socket): { readStop(): void } {
  return (socket as unknown as { readonly _handle: { readStop(): void } })._handle;
}

/**
 * Closes the peer's socket while bytes of ours lie unread in it: the other end of a Unix socket gets
 * ECONNRESET then, and one of TCP, RST (RFC 2525 §2.17). They must be in the kernel by then.
 */
export async function lose(peer: End, program: Program): Promise<void> {
  await standstill(() => activity(program.pid), 100);
  peer.below.destroy();
}

export interface Listening {
  /** What socklab connects to, and the options that it needs for that. */
  readonly to: readonly string[];
  accept(): Promise<End>;
}

export interface Transport {
  readonly name: TransportName;
  /** Where socklab listens. */
  at(): string;
  listen(): Promise<Listening>;
  /** @param address as the ready line has it */
  dial(address: string): Promise<End>;
}

async function listening(
  where: number | string,
  to: (port: number) => readonly string[],
  wrap: (socket: Socket) => Promise<End> | End,
): Promise<Listening> {
  const come: Promise<End>[] = [];
  const all: Socket[] = [];
  let arrived: () => void = () => {};
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    all.push(socket);
    come.push(Promise.resolve(wrap(socket)));
    arrived();
  });
  if (typeof where === 'string') server.listen(where);
  else server.listen(where, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of all) socket.destroy();
  });
  const address = server.address();
  return {
    to: to(typeof address === 'object' && address !== null ? address.port : 0),
    async accept() {
      for (;;) {
        const next = come.shift();
        if (next !== undefined) return next;
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
    },
  };
}

async function connected(socket: Socket): Promise<Socket> {
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function tcpTo(address: string): Promise<Socket> {
  const [, port] = /^127\.0\.0\.1:(\d+)$/.exec(address) ?? [];
  return connected(connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true }));
}

/** Both ends do TLS on a TCP socket that stays in our hands. */
async function secured(below: Socket, secure: TLSSocket, done: string): Promise<End> {
  // Events of the socket before anybody listens would be lost: listen first.
  const end = new End(secure, below);
  await once(secure, done);
  // Node tells of it inside the handshake, where OpenSSL does not send close_notify yet.
  await new Promise((resolve) => setImmediate(resolve));
  return end;
}

async function serverContext(): Promise<{ secureContext: SecureContext }> {
  const { createSecureContext } = await import('node:tls');
  return { secureContext: createSecureContext(await localhostPair()) };
}

export const TRANSPORTS: Readonly<Record<TransportName, Transport>> = {
  TCP: {
    name: 'TCP',
    at: () => ':0',
    listen: () =>
      listening(
        0,
        (port) => [`:${port}`],
        (socket) => new End(socket),
      ),
    dial: async (address) => new End(await tcpTo(address)),
  },
  Unix: {
    name: 'Unix',
    at: () => `unix:${join(scratch(), 'socket')}`,
    listen: () => {
      const path = join(scratch(), 'socket');
      return listening(
        path,
        () => [`unix:${path}`],
        (socket) => new End(socket),
      );
    },
    dial: async (address) =>
      new End(await connected(connect({ path: address.slice(5), allowHalfOpen: true }))),
  },
  TLS: {
    name: 'TLS',
    at: () => 'tls::0',
    listen: async () => {
      const context = await serverContext();
      return listening(
        0,
        (port) => ['--insecure', `tls::${port}`],
        (below) => {
          const options = { isServer: true, allowHalfOpen: true, ...context };
          return secured(below, new TLSSocket(below, options), 'secure');
        },
      );
    },
    dial: async (address) => {
      const below = await tcpTo(address);
      const options = { socket: below, rejectUnauthorized: false, allowHalfOpen: true };
      return secured(below, dialTls(options), 'secureConnect');
    },
  },
};

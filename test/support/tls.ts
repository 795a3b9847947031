/** TLS peers by Node’s own sockets, and our side of a connection to them. */
import { once } from 'node:events';
import {
  type AddressInfo,
  createServer as createTcpServer,
  connect as dialNode,
  type Socket,
} from 'node:net';
import {
  type ConnectionOptions,
  createServer,
  connect as dialTls,
  type TlsOptions,
} from 'node:tls';
import { onTestFinished } from 'vitest';
import { Session } from '../../src/socket/session/session.ts';
import { succeeded } from '../../src/socket/step.ts';
import { SocketConnection } from '../../src/socket/stream/socket-connection.ts';
import { secureClient, type TlsClientOptions } from '../../src/socket/tls/client.ts';
import { type SelfSigned, selfSigned } from '../../src/socket/tls/self-signed.ts';
import { secureServer, serverContext } from '../../src/socket/tls/server.ts';
import type { TlsConnection } from '../../src/socket/tls/tls-connection.ts';
import { errnoNumber } from '../../src/sys/platform.ts';
import type { Sys } from '../../src/sys/sys.ts';
import { systemCalls } from '../../src/sys/syscalls.ts';
import { portOf } from './bare.ts';
import { Peer } from './peer.ts';
import { callOf } from './session.ts';

let made: Promise<SelfSigned> | null = null;

/** A certificate for localhost and 127.0.0.1, and its key. */
export async function localhostPair(): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  made ??= selfSigned(['localhost', '127.0.0.1']);
  const { cert, key } = await made;
  return { cert: Buffer.from(cert), key: Buffer.from(key) };
}

/** <linux/fcntl.h>. */
const F_DUPFD_CLOEXEC = 1030;

/** The real system calls, but no descriptor is left for a second one of a socket. */
export const noDuplicates: Sys = {
  ...systemCalls,
  fcntl: (fd, command, argument) =>
    command === F_DUPFD_CLOEXEC && argument === 0
      ? -errnoNumber('EMFILE')
      : systemCalls.fcntl(fd, command, argument),
};

interface Raw {
  readonly sys?: Sys;
  readonly watched?: boolean;
  readonly patienceMs?: number;
}

/** A session’s client that is connected to this port, without TLS. */
export async function rawTo(
  port: number,
  { watched, patienceMs, sys }: Raw = {},
): Promise<SocketConnection> {
  const session = new Session(sys === undefined ? {} : { sys });
  if (watched) session.watch(() => {});
  onTestFinished(() => session.close());
  await session.perform(callOf('client = socket(AF_INET, SOCK_STREAM, 0)'));
  await session.perform(callOf(`connect(client, 127.0.0.1:${port})`));
  return new SocketConnection(session, 'client', patienceMs ?? null);
}

/** Options that trust localhostPair(). */
export async function trusting(options: Partial<TlsClientOptions> = {}): Promise<TlsClientOptions> {
  const { cert } = await localhostPair();
  return { host: 'localhost', ca: cert, insecure: false, timeoutMs: 5000, ...options };
}

export interface Two {
  readonly ours: TlsConnection;
  readonly peer: Peer;
  /** TCP below the peer’s TLS. */
  readonly below: Socket;
}

/** A server by Node’s tls; its TCP sockets in the order in which they came. */
export async function nodeServer(
  options: TlsOptions = {},
  accept: (peer: Peer) => void = () => {},
): Promise<{ port: number; below: Socket[] }> {
  const tls = createServer(
    { ...(await localhostPair()), allowHalfOpen: true, ...options },
    (socket) => accept(new Peer(socket)),
  );
  tls.on('tlsClientError', () => {});
  const below: Socket[] = [];
  const tcp = createTcpServer({ allowHalfOpen: true }, (socket) => {
    below.push(socket);
    socket.on('error', () => {});
    tls.emit('connection', socket);
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  onTestFinished(() => {
    tcp.close();
    for (const socket of below) socket.destroy();
  });
  return { port: (tcp.address() as AddressInfo).port, below };
}

/** We are the client. */
export async function ourClient(
  options: TlsOptions = {},
  ours: Partial<TlsClientOptions> & Raw = {},
): Promise<Two> {
  let accepted: (peer: Peer) => void = () => {};
  const peer = new Promise<Peer>((resolve) => {
    accepted = resolve;
  });
  const { port, below } = await nodeServer(options, accepted);
  const connection = await secureClient(await rawTo(port, ours), await trusting(ours));
  const [socket] = below;
  if (socket === undefined) throw new Error('nobody came');
  return { ours: connection, peer: await peer, below: socket };
}

/** We are the server. */
export async function ourServer(
  options: ConnectionOptions = {},
  { alpn, ...raw }: Raw & { readonly alpn?: readonly string[] } = {},
): Promise<Two> {
  const { port, accept } = await acceptor(raw);
  const { cert, key } = await localhostPair();
  const below = await dialTcp(port);
  const trust = { servername: 'localhost', ca: cert };
  const socket = dialTls({ socket: below, ...trust, ...options });
  const peer = new Peer(socket);
  const [ours] = await Promise.all([
    accept().then((raw) => secureServer(raw, serverContext({ cert, key, alpn }))),
    once(socket, 'secureConnect'),
  ]);
  return { ours, peer, below };
}

/** A session’s listener, and what accepts the next connection, without TLS. */
export async function acceptor({ watched, patienceMs, sys }: Raw = {}): Promise<{
  readonly port: number;
  readonly accept: () => Promise<SocketConnection>;
}> {
  const session = new Session(sys === undefined ? {} : { sys });
  if (watched) session.watch(() => {});
  onTestFinished(() => session.close());
  await session.perform(callOf('server = socket(AF_INET, SOCK_STREAM, 0)'));
  await session.perform(callOf('bind(server, 127.0.0.1:0)'));
  await session.perform(callOf('listen(server, 5)'));
  const name = succeeded(await session.perform(callOf('getsockname(server)')));
  return {
    port: portOf(name.kind === 'address' ? name.address : null),
    accept: async () => {
      succeeded(await session.perform(callOf('conn = accept(server)')));
      return new SocketConnection(session, 'conn', patienceMs ?? null);
    },
  };
}

/** A TCP connection by Node’s net, closed after the test. */
export async function dialTcp(port: number): Promise<Socket> {
  const socket = dialNode({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

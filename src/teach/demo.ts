/** The whole life of a TCP connection, scene by scene: a script with words around it. */
import type { TcpState } from '../socket/state.ts';

export interface Scene {
  readonly title: string;
  readonly words: string;
  /** Statements of the call language, with what they must answer. */
  readonly statements: readonly string[];
  /** Wait until the kernel has brought a socket there, before the next scene. */
  readonly until?: { readonly socket: string; readonly state: TcpState };
}

export const demo: readonly Scene[] = [
  {
    title: 'A socket',
    words:
      'A socket is an endpoint for communication. The kernel makes it and hands out a small number, the file descriptor. Nobody can reach it yet.',
    statements: ['server = socket(AF_INET, SOCK_STREAM, 0)'],
  },
  {
    title: 'An address',
    words:
      'bind() gives it a local address: the interface and the port. Port 0 lets the kernel choose. The bytes are what the kernel gets: the port with its high byte first.',
    statements: ['bind(server, 127.0.0.1:0) = 0'],
  },
  {
    title: 'The listener',
    words:
      'listen() makes it passive. From now on the kernel answers handshakes by itself, and lets connections wait in a queue.',
    statements: ['listen(server, 2) = 0'],
  },
  {
    title: 'Connect, before anyone accepts',
    words:
      'connect() sends SYN and returns when SYN-ACK has come. The server’s program has done nothing: its kernel completed the handshake, and the queue shows 1.',
    statements: ['client = socket(AF_INET, SOCK_STREAM, 0)', 'connect(client, server) = 0'],
  },
  {
    title: 'Accept',
    words:
      'accept() takes the connection out of the queue and returns a new socket for it. The listener goes on listening.',
    statements: ['conn = accept(server)'],
  },
  {
    title: 'Write and read',
    words:
      'write() hands bytes to the kernel. They cross the network and wait in the receiver’s queue, until read() takes them.',
    statements: ['write(client, "hello\\n") = 6', 'read(conn, 64) = "hello\\n"'],
  },
  {
    title: 'Half-close',
    words:
      'shutdown(SHUT_WR) sends FIN: that all is said. The peer goes to CLOSE-WAIT. Its kernel acknowledges the FIN a moment later, by itself: FIN-WAIT-2.',
    statements: ['shutdown(client, SHUT_WR) = 0'],
    until: { socket: 'client', state: 'FIN-WAIT-2' },
  },
  {
    title: 'End of file',
    words: 'Nothing more will come from the client: the server’s read() returns 0 bytes.',
    statements: ['read(conn, 64) = ""'],
  },
  {
    title: 'The other half',
    words: 'Only one direction is closed. The answer still comes through.',
    statements: ['write(conn, "bye\\n") = 4', 'read(client, 64) = "bye\\n"'],
  },
  {
    title: 'Close, and TIME-WAIT',
    words:
      'The server’s side closes: its FIN ends the second direction. Whoever sent FIN first, here the client, keeps the connection in TIME-WAIT, on Linux for a minute: its last ACK may be lost and asked for again, and late segments must not be taken for a new connection’s. No descriptor leads to it any more; the kernel still knows it.',
    statements: ['close(conn) = 0', 'close(client) = 0'],
    until: { socket: 'client', state: 'TIME-WAIT' },
  },
  {
    title: 'A mistake',
    words: 'A second socket wants the same address.',
    statements: [
      'late = socket(AF_INET, SOCK_STREAM, 0)',
      'bind(late, server) = EADDRINUSE',
      'close(late) = 0',
      'close(server) = 0',
    ],
  },
];

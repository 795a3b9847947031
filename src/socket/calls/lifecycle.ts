/** The calls that a connection lives through: made, passive, accepted, ended. */
import { ADDRESS_STORAGE, decodeAddress } from '../../sys/sockaddr.ts';
import { outBuffer, written } from '../../sys/sys.ts';
import { known, type Row, SOCKET } from './row.ts';

export const lifecycleCalls: readonly Row[] = [
  {
    name: 'socket',
    params: [
      { name: 'domain', kind: 'int', constants: known(/^AF_/) },
      { name: 'type', kind: 'int', constants: known(/^SOCK_/) },
      { name: 'protocol', kind: 'int', constants: ['0', ...known(/^IPPROTO_/)] },
    ],
    signature: 'int socket(int domain, int type, int protocol);',
    does: 'Makes an endpoint for communication and returns its file descriptor.',
    example: 'server = socket(AF_INET, SOCK_STREAM, 0)',
    source: 'socket(2)',
    makesSocket: true,
    prepare: (args) => {
      const [domain, type, protocol] = [args.int(0), args.int(1), args.int(2)];
      return {
        text: `socket(${args.shown(0)}, ${args.shown(1)}, ${args.shown(2)})`,
        attempt: (sys) => ({ result: sys.socket(domain, type, protocol) }),
      };
    },
  },
  {
    name: 'listen',
    params: [SOCKET, { name: 'backlog', kind: 'int', constants: ['SOMAXCONN'] }],
    signature: 'int listen(int sockfd, int backlog);',
    does: 'Makes the socket passive: the kernel now completes handshakes and queues connections for accept().',
    example: 'listen(server, 10)',
    source: 'listen(2)',
    prepare: (args) => {
      const { fd } = args.socket(0);
      const backlog = args.int(1);
      return {
        text: `listen(${fd}, ${args.shown(1)})`,
        attempt: (sys) => ({ result: sys.listen(fd, backlog) }),
      };
    },
  },
  {
    name: 'accept',
    params: [SOCKET],
    signature: 'int accept(int sockfd, struct sockaddr *addr, socklen_t *addrlen);',
    does: 'Takes the first connection from the listener’s queue and returns a new socket for it.',
    example: 'conn = accept(server)',
    source: 'accept(2)',
    blocks: { on: 'readable', because: 'nobody has connected yet' },
    makesSocket: true,
    prepare: (args) => {
      const { fd } = args.socket(0);
      const peer = outBuffer(ADDRESS_STORAGE);
      return {
        text: `accept(${fd})`,
        attempt: (sys) => {
          const result = sys.accept(fd, peer);
          return result < 0 ? { result } : { result, peer: decodeAddress(written(peer)) };
        },
      };
    },
  },
  {
    name: 'shutdown',
    params: [SOCKET, { name: 'how', kind: 'int', constants: known(/^SHUT_/) }],
    signature: 'int shutdown(int sockfd, int how);',
    does: 'Ends one direction or both: SHUT_WR sends FIN, the half-close. The descriptor stays open.',
    example: 'shutdown(client, SHUT_WR)',
    source: 'shutdown(2)',
    prepare: (args) => {
      const { fd } = args.socket(0);
      const how = args.int(1);
      return {
        text: `shutdown(${fd}, ${args.shown(1)})`,
        attempt: (sys) => ({ result: sys.shutdown(fd, how) }),
      };
    },
  },
  {
    name: 'close',
    params: [SOCKET],
    signature: 'int close(int fd);',
    does: 'Gives the descriptor back. The connection is ended in the background, or reset where unread data is left.',
    example: 'close(client)',
    source: 'close(2)',
    prepare: (args) => {
      const { fd } = args.socket(0);
      return { text: `close(${fd})`, attempt: (sys) => ({ result: sys.close(fd) }) };
    },
  },
];

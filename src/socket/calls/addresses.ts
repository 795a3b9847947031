/** The calls that give or ask a socket's addresses. */
import {
  ADDRESS_STORAGE,
  addressFields,
  decodeAddress,
  formatAddress,
} from '../../sys/sockaddr.ts';
import { outBuffer, written } from '../../sys/sys.ts';
import { type Arguments, shownAddress } from './arguments.ts';
import { ADDRESS, type Prepared, type Row, SOCKET } from './row.ts';

export const addressCalls: readonly Row[] = [
  {
    name: 'bind',
    params: [SOCKET, ADDRESS],
    signature: 'int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);',
    does: 'Gives the socket a local address: the interface and the port where it can be reached.',
    example: 'bind(server, 127.0.0.1:8888)',
    source: 'bind(2)',
    prepare: (args) => withAddress('bind', args),
  },
  {
    name: 'connect',
    params: [SOCKET, ADDRESS],
    signature: 'int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);',
    does: 'Opens a connection: for TCP, the three-way handshake (RFC 9293 §3.5).',
    example: 'connect(client, 127.0.0.1:8888)',
    source: 'connect(2)',
    blocks: { on: 'writable', because: 'the other side has not answered yet' },
    prepare: (args) => withAddress('connect', args),
  },
  {
    name: 'getsockname',
    params: [SOCKET],
    signature: 'int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);',
    does: 'Tells the socket’s local address.',
    example: 'getsockname(client)',
    source: 'getsockname(2)',
    prepare: (args) => askAddress('getsockname', args),
  },
  {
    name: 'getpeername',
    params: [SOCKET],
    signature: 'int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen);',
    does: 'Tells the address of the peer.',
    example: 'getpeername(conn)',
    source: 'getpeername(2)',
    prepare: (args) => askAddress('getpeername', args),
  },
];

function withAddress(name: 'bind' | 'connect', args: Arguments): Prepared {
  const { fd, domain } = args.socket(0);
  const bytes = args.address(1, domain);
  return {
    text: `${name}(${fd}, ${shownAddress(bytes)}, ${bytes.length})`,
    layout: addressFields(bytes),
    address: formatAddress(decodeAddress(bytes)),
    attempt: (sys) => ({ result: sys[name](fd, bytes) }),
  };
}

function askAddress(name: 'getsockname' | 'getpeername', args: Arguments): Prepared {
  const { fd } = args.socket(0);
  const buffer = outBuffer(ADDRESS_STORAGE);
  return {
    text: `${name}(${fd}, …)`,
    attempt: (sys) => {
      const result = sys[name](fd, buffer);
      if (result < 0) return { result };
      const bytes = written(buffer).slice();
      return {
        result,
        text: `${name}(${fd}, ${shownAddress(bytes)}, [${bytes.length}])`,
        value: { kind: 'address', address: formatAddress(decodeAddress(bytes)) },
        layout: addressFields(bytes),
      };
    },
  };
}

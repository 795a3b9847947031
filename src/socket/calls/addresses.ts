/** The calls that give or ask a socket's addresses. */
import { copyOf } from '../../sys/memory.ts';
import { constant } from '../../sys/platform.ts';
import {
  ADDRESS_STORAGE,
  addressFields,
  decodeAddress,
  formatAddress,
} from '../../sys/sockaddr.ts';
import { outBuffer, written } from '../../sys/sys.ts';
import type { Value } from '../call.ts';
import { addressArgument } from './address-argument.ts';
import type { Arguments } from './arguments.ts';
import { ADDRESS, LENGTH, type Param, type Prepared, type Row, SOCKET } from './row.ts';
import { shownAddress } from './socket-address.ts';

const AF_UNIX = constant('AF_UNIX');

/** As C has it: `bind(fd, (struct sockaddr *) &addr, sizeof(addr))`. */
const GIVEN: readonly Param[] = [SOCKET, ADDRESS, LENGTH];
const ASKED: readonly Param[] = [
  SOCKET,
  { name: 'answer', kind: 'out', counted: true },
  { name: 'length', kind: 'out' },
];

export const addressCalls: readonly Row[] = [
  {
    name: 'bind',
    kind: 'system',
    params: [SOCKET, ADDRESS],
    alsoAs: [GIVEN],
    signature: 'int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);',
    does: 'Gives the socket a local address: the interface and the port where it can be reached.',
    example: 'bind(server, 127.0.0.1:8888)',
    source: 'bind(2)',
    gives: 'integer',
    prepare: (args) => withAddress('bind', args),
  },
  {
    name: 'connect',
    kind: 'system',
    params: [SOCKET, ADDRESS],
    alsoAs: [GIVEN],
    signature: 'int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);',
    does: 'Opens a connection: for TCP, the three-way handshake (RFC 9293 §3.5).',
    example: 'connect(client, 127.0.0.1:8888)',
    source: 'connect(2)',
    gives: 'integer',
    blocks: { on: 'writable', because: 'the other side has not answered yet' },
    prepare: (args) => withAddress('connect', args),
  },
  {
    name: 'getsockname',
    kind: 'system',
    params: [SOCKET],
    alsoAs: [ASKED],
    signature: 'int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);',
    does: 'Tells the socket’s local address.',
    example: 'getsockname(client)',
    source: 'getsockname(2)',
    gives: 'address',
    prepare: (args) => askAddress('getsockname', args),
  },
  {
    name: 'getpeername',
    kind: 'system',
    params: [SOCKET],
    alsoAs: [ASKED],
    signature: 'int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen);',
    does: 'Tells the address of the peer.',
    example: 'getpeername(conn)',
    source: 'getpeername(2)',
    gives: 'address',
    prepare: (args) => askAddress('getpeername', args),
  },
];

function withAddress(name: 'bind' | 'connect', args: Arguments): Prepared {
  const { fd, domain } = args.socket(0);
  const bytes = addressArgument(args, 1, domain);
  const address = decodeAddress(bytes);
  return {
    text: `${name}(${fd}, ${shownAddress(address)}, ${bytes.length})`,
    layout: addressFields(bytes),
    address: formatAddress(address),
    // Where the backlog of a Unix listener is full: EAGAIN.
    untold: domain === AF_UNIX,
    attempt: (sys) => ({ result: sys[name](fd, bytes) }),
  };
}

/** For every answer: it is copied out before the next call. */
const ANSWER = outBuffer(ADDRESS_STORAGE);

function askAddress(name: 'getsockname' | 'getpeername', args: Arguments): Prepared {
  const { fd } = args.socket(0);
  const [answer, length] = [args.out(1), args.out(2)];
  return {
    text: `${name}(${fd}, …)`,
    attempt: (sys) => {
      const result = sys[name](fd, ANSWER);
      if (result < 0) return { result };
      const bytes = copyOf(written(ANSWER));
      const address = decodeAddress(bytes);
      const value: Value = { kind: 'address', address: formatAddress(address) };
      const gives: [string, Value][] = answer === null ? [] : [[answer, value]];
      if (length !== null) gives.push([length, { kind: 'integer', value: bytes.length }]);
      return {
        result,
        text: `${name}(${fd}, ${shownAddress(address)}, [${bytes.length}])`,
        value,
        gives,
        layout: addressFields(bytes),
      };
    },
  };
}

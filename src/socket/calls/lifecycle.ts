/** The calls that a connection lives through: made, passive, accepted, ended. */
import { ints } from '../../sys/memory.ts';
import { constants, errnoNumber } from '../../sys/platform.ts';
import { ADDRESS_STORAGE, decodeAddress, formatAddress } from '../../sys/sockaddr.ts';
import { outBuffer, type Sys, written } from '../../sys/sys.ts';
import type { Value } from '../call.ts';
import { BadCall } from '../errors.ts';
import type { Arguments } from './arguments.ts';
import { KINDS } from './kinds.ts';
import {
  known,
  type Made,
  type Opened,
  type Param,
  type Prepared,
  type Row,
  SOCKET,
} from './row.ts';

const KIND: readonly Param[] = [
  { name: 'domain', kind: 'int', constants: known(/^AF_/) },
  { name: 'type', kind: 'int', constants: known(/^SOCK_/) },
  { name: 'protocol', kind: 'int', constants: ['0', ...known(/^IPPROTO_/)] },
];

export const lifecycleCalls: readonly Row[] = [
  {
    name: 'socket',
    kind: 'system',
    params: KIND,
    signature: 'int socket(int domain, int type, int protocol);',
    does: 'Makes an endpoint for communication and returns its file descriptor.',
    example: 'server = socket(AF_INET, SOCK_STREAM, 0)',
    source: 'socket(2)',
    gives: 'socket',
    makesSocket: true,
    prepare: (args) => {
      const [domain, type, protocol] = [args.int(0), args.int(1), args.int(2)];
      return {
        text: `socket(${args.shown(0)}, ${args.shown(1)}, ${args.shown(2)})`,
        attempt: (sys) => {
          const result = sys.socket(domain, type, protocol);
          if (result < 0) return { result };
          return { result, opened: [{ fd: result, name: null, made: { domain, type } }] };
        },
      };
    },
  },
  {
    name: 'socketpair',
    kind: 'system',
    params: KIND,
    alsoAs: [[...KIND, { name: 'pair', kind: 'pair' }]],
    signature: 'int socketpair(int domain, int type, int protocol, int sv[2]);',
    does: 'Makes two sockets that are connected to each other, without addresses.',
    example: 'left, right = socketpair(AF_UNIX, SOCK_STREAM, 0)',
    source: 'socketpair(2)',
    gives: 'pair',
    makesSocket: true,
    prepare: socketpair,
  },
  {
    name: 'listen',
    kind: 'system',
    params: [SOCKET, { name: 'backlog', kind: 'int', constants: ['SOMAXCONN'] }],
    signature: 'int listen(int sockfd, int backlog);',
    does: 'Makes the socket passive: the kernel now completes handshakes and queues connections for accept().',
    example: 'listen(server, 10)',
    source: 'listen(2)',
    gives: 'integer',
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
    kind: 'system',
    params: [SOCKET],
    alsoAs: [[SOCKET, { name: 'peer', kind: 'out' }, { name: 'length', kind: 'out' }]],
    signature: 'int accept(int sockfd, struct sockaddr *addr, socklen_t *addrlen);',
    does: 'Takes the first connection from the listener’s queue and returns a new socket for it.',
    example: 'conn = accept(server)',
    source: 'accept(2)',
    blocks: { on: 'readable', because: 'nobody has connected yet' },
    gives: 'socket',
    makesSocket: true,
    prepare: accept,
  },
  {
    name: 'shutdown',
    kind: 'system',
    params: [SOCKET, { name: 'how', kind: 'int', constants: known(/^SHUT_/) }],
    signature: 'int shutdown(int sockfd, int how);',
    does: 'Ends one direction or both: SHUT_WR sends FIN, the half-close. The descriptor stays open.',
    example: 'shutdown(client, SHUT_WR)',
    source: 'shutdown(2)',
    gives: 'integer',
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
    kind: 'system',
    params: [SOCKET],
    signature: 'int close(int fd);',
    does: 'Gives the descriptor back. The connection is ended in the background, or reset where unread data is left.',
    example: 'close(client)',
    source: 'close(2)',
    gives: 'integer',
    closes: true,
    uses: ['close', 'getsockopt', 'ioctl'],
    prepare: (args) => {
      const { fd } = args.socket(0);
      return { text: `close(${fd})`, attempt: (sys) => closing(sys, fd) };
    },
  },
];

function accept(args: Arguments): Prepared {
  const { fd } = args.socket(0);
  const [name, length] = [args.out(1), args.out(2)];
  const peer = outBuffer(ADDRESS_STORAGE);
  return {
    text: `accept(${fd})`,
    attempt: (sys) => {
      const result = sys.accept(fd, peer);
      if (result < 0) return { result };
      const address = decodeAddress(written(peer));
      const gives: [string, Value][] = [];
      if (name !== null) {
        gives.push([name, { kind: 'address', address: formatAddress(address) }]);
        if (length !== null) gives.push([length, { kind: 'integer', value: written(peer).length }]);
      }
      return { result, peer: address, gives, opened: [{ fd: result, name: null, made: null }] };
    },
  };
}

function socketpair(args: Arguments): Prepared {
  const [domain, type, protocol] = [args.int(0), args.int(1), args.int(2)];
  const [first, second] = pairNames(args);
  const kind = [0, 1, 2].map((at) => args.shown(at)).join(', ');
  const pair = ints(2);
  return {
    text: `socketpair(${kind}, …)`,
    attempt: (sys) => {
      const result = sys.socketpair(domain, type, protocol, pair);
      if (result < 0) return { result };
      const [one = -1, other = -1] = pair;
      const opened: Opened[] = [
        { fd: one, name: first, made: { domain, type } },
        { fd: other, name: second, made: { domain, type } },
      ];
      return { result, opened, text: `socketpair(${kind}, [${one}, ${other}])` };
    },
  };
}

const TWO_NAMES = 'two sockets need two names';

/** `a, b = socketpair(…)`; `sv = socketpair(…)` and `socketpair(…, sv)`: sv[0] and sv[1]. */
function pairNames(args: Arguments): readonly [string | null, string | null] {
  const { as, second } = args.call;
  if (as !== undefined && as === second) throw new BadCall(TWO_NAMES);
  if (as !== undefined) return second === undefined ? [`${as}[0]`, `${as}[1]`] : [as, second];
  if (!args.has(3)) return [null, null];
  const given = args.at(3);
  if (given.kind === 'name') return [`${given.name}[0]`, `${given.name}[1]`];
  const items = given.kind === 'list' ? given.items : given.kind === 'struct' ? given.fields : [];
  const [one, other] = items;
  if (items.length !== 2 || one?.kind !== 'name' || other?.kind !== 'name') {
    throw new BadCall(KINDS.pair.wanted, 3);
  }
  if (one.name === other.name) throw new BadCall(TWO_NAMES, 3);
  return [one.name, other.name];
}

/** close(2): "the file descriptor is always released", whatever it returns, but for EBADF. */
export function closing(sys: Sys, fd: number): Made {
  const result = sys.close(fd);
  return { result, closed: result !== -errnoNumber('EBADF') };
}

/** SOCK_NONBLOCK and SOCK_CLOEXEC ride on the type (socket(2), Linux). */
export function typeParts(type: number): {
  readonly type: number;
  readonly nonBlocking: boolean;
  readonly closeOnExec: boolean;
} {
  const nonBlock = constants.get('SOCK_NONBLOCK') ?? 0;
  const closeOnExec = constants.get('SOCK_CLOEXEC') ?? 0;
  return {
    type: type & ~(nonBlock | closeOnExec),
    nonBlocking: (type & nonBlock) !== 0,
    closeOnExec: (type & closeOnExec) !== 0,
  };
}

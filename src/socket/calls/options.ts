/** The calls that read and set what a socket, or its descriptor, can be told. */
import { ints } from '../../sys/memory.ts';
import { constant, constants } from '../../sys/platform.ts';
import { outBuffer, written } from '../../sys/sys.ts';
import { quotedShort } from '../../wire/bytes.ts';
import type { Value } from '../call.ts';
import { BadCall } from '../errors.ts';
import type { Arguments } from './arguments.ts';
import { decodeOption, encodeOption, OPTION_ROOM, type OptionValue } from './option-value.ts';
import { BYTES_SHOWN, known, LENGTH, type Param, type Prepared, type Row, SOCKET } from './row.ts';

const FCNTL_COMMANDS = ['F_GETFD', 'F_SETFD', 'F_GETFL', 'F_SETFL'] as const;
const IOCTL_REQUESTS = known(/^(FIONREAD|SIOC\w+)$/);
const LEVEL: Param = { name: 'level', kind: 'int', constants: known(/^(SOL_|IPPROTO_)/) };
const VALUE: Param = { name: 'value', kind: 'option' };
const OPTION: Param = { name: 'option', kind: 'int', constants: known(/^(SO|TCP|IP|IPV6)_/) };

/** For every answer of getsockopt(): it is copied out before the next call. */
const ANSWER = outBuffer(OPTION_ROOM);

export const optionCalls: readonly Row[] = [
  {
    name: 'setsockopt',
    kind: 'system',
    params: [SOCKET, LEVEL, OPTION, VALUE],
    alsoAs: [[SOCKET, LEVEL, OPTION, VALUE, LENGTH]],
    signature:
      'int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);',
    does: 'Sets an option of the socket.',
    example: 'setsockopt(server, SOL_SOCKET, SO_REUSEADDR, 1)',
    source: 'setsockopt(2), socket(7), tcp(7)',
    gives: 'integer',
    prepare: (args) => {
      const { fd } = args.socket(0);
      const [level, option, given] = [args.int(1), args.int(2), args.option(3)];
      const bytes = encodeOption(level, option, given);
      const shown = [args.shown(1), args.shown(2), shownOption(given), bytes.length].join(', ');
      return {
        text: `setsockopt(${fd}, ${shown})`,
        attempt: (sys) => ({ result: sys.setsockopt(fd, level, option, bytes) }),
      };
    },
  },
  {
    name: 'getsockopt',
    kind: 'system',
    params: [SOCKET, LEVEL, OPTION],
    alsoAs: [
      [
        ...[SOCKET, LEVEL, OPTION],
        { name: 'answer', kind: 'out', counted: true },
        { name: 'length', kind: 'out' },
      ],
    ],
    signature:
      'int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);',
    does: 'Reads an option of the socket. SO_ERROR reads and clears the pending error.',
    example: 'getsockopt(client, SOL_SOCKET, SO_ERROR)',
    source: 'getsockopt(2), socket(7), tcp(7)',
    gives: 'anything',
    prepare: (args) => {
      const { fd } = args.socket(0);
      const [level, option] = [args.int(1), args.int(2)];
      const start = `getsockopt(${fd}, ${args.shown(1)}, ${args.shown(2)}`;
      const [answer, length] = [args.out(3), args.out(4)];
      return {
        text: `${start}, …)`,
        attempt: (sys) => {
          const result = sys.getsockopt(fd, level, option, ANSWER);
          if (result < 0) return { result };
          const value = decodeOption(level, option, written(ANSWER));
          const size = ANSWER.length[0] ?? 0;
          const gives: [string, Value][] = answer === null ? [] : [[answer, value]];
          if (length !== null) gives.push([length, { kind: 'integer', value: size }]);
          const text = `${start}, ${shownOption(value)}, [${size}])`;
          // As C has it, the answer is in the variable, and the result is 0.
          return answer === null ? { result, value, gives, text } : { result, gives, text };
        },
      };
    },
  },
  {
    name: 'fcntl',
    kind: 'system',
    params: [
      SOCKET,
      { name: 'command', kind: 'int', constants: FCNTL_COMMANDS },
      { name: 'argument', kind: 'int', optional: true, constants: known(/^(O_|FD_)/) },
    ],
    signature: 'int fcntl(int fd, int cmd, ...);',
    does: 'Reads or sets what belongs to the descriptor: F_GETFL and F_SETFL know O_NONBLOCK.',
    example: 'fcntl(client, F_SETFL, O_NONBLOCK)',
    source: 'fcntl(2)',
    gives: 'integer',
    prepare: fcntl,
  },
  {
    name: 'ioctl',
    kind: 'system',
    params: [SOCKET, { name: 'request', kind: 'int', constants: IOCTL_REQUESTS }],
    alsoAs: [
      [
        SOCKET,
        { name: 'request', kind: 'int', constants: IOCTL_REQUESTS },
        { name: 'answer', kind: 'out' },
      ],
    ],
    signature: 'int ioctl(int fd, unsigned long request, ...);',
    does: 'Asks for a number: FIONREAD, how many bytes wait to be read; SIOCOUTQ, how many are not acknowledged; SIOCATMARK, whether the next byte follows the urgent one.',
    example: 'ioctl(conn, FIONREAD)',
    source: 'ioctl(2), tcp(7)',
    gives: 'integer',
    prepare: ioctl,
  },
];

const COUNT = ints(1);

/** The answer is the value of the call; as C has it, `ioctl(conn, FIONREAD, &n)`, the result is 0. */
function ioctl(args: Arguments): Prepared {
  const { fd } = args.socket(0);
  const request = args.int(1);
  // The others could do anything to the descriptor, and to memory.
  if (!IOCTL_REQUESTS.some((name) => constants.get(name) === request)) {
    throw new BadCall(`ioctl() here knows ${IOCTL_REQUESTS.join(', ')}`, 1);
  }
  const answer = args.out(2);
  const start = `ioctl(${fd}, ${args.shown(1)}`;
  return {
    text: `${start}, …)`,
    attempt: (sys) => {
      const result = sys.ioctl(fd, request, COUNT);
      if (result < 0) return { result };
      const value: Value = { kind: 'integer', value: COUNT[0] ?? 0 };
      const text = `${start}, [${COUNT[0]}])`;
      return answer === null ? { result, value, text } : { result, text, gives: [[answer, value]] };
    },
  };
}

/**
 * The descriptor is non-blocking, and closed on exec, underneath, always; what the user set is
 * kept beside it. So F_SETFL and F_SETFD never clear the two in the kernel, and F_GETFL and
 * F_GETFD show them only where the user set them.
 */
function fcntl(args: Arguments): Prepared {
  const socket = args.socket(0);
  const command = args.int(1);
  // F_DUPFD and the rest would make descriptors or locks that the session does not know of.
  if (!FCNTL_COMMANDS.some((name) => constant(name) === command)) {
    throw new BadCall(`fcntl() here knows ${FCNTL_COMMANDS.join(', ')}`, 1);
  }
  const given = args.has(2) ? args.int(2) : 0;
  const about = command === constant('F_GETFL') || command === constant('F_SETFL');
  const [hidden, field] = about
    ? ([constant('O_NONBLOCK'), 'nonBlocking'] as const)
    : ([constant('FD_CLOEXEC'), 'closeOnExec'] as const);
  const sets = command === constant('F_SETFL') || command === constant('F_SETFD');
  return {
    text: `fcntl(${socket.fd}, ${args.shown(1)}${args.has(2) ? `, ${args.shown(2)}` : ''})`,
    attempt: (sys) => {
      const result = sys.fcntl(socket.fd, command, sets ? given | hidden : given);
      if (sets && result === 0) socket[field] = (given & hidden) !== 0;
      return { result: !sets && result >= 0 && !socket[field] ? result & ~hidden : result };
    },
  };
}

function shownOption(value: OptionValue | Value): string {
  if (value.kind === 'integer') return `[${value.value}]`;
  if (value.kind === 'struct') return `{${value.fields.join(', ')}}`;
  return value.kind === 'bytes' ? quotedShort(value.bytes, BYTES_SHOWN) : '…';
}

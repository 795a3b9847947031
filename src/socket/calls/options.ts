/** The calls that read and set what a socket, or its descriptor, can be told. */
import { constant } from '../../sys/platform.ts';
import { outBuffer, written } from '../../sys/sys.ts';
import { quotedShort } from '../../wire/bytes.ts';
import type { Arg, Value } from '../call.ts';
import { BadCall } from '../errors.ts';
import type { Arguments } from './arguments.ts';
import { decodeOption, encodeOption, OPTION_ROOM } from './option-value.ts';
import { BYTES_SHOWN, known, type Param, type Prepared, type Row, SOCKET } from './row.ts';

const FCNTL_COMMANDS = ['F_GETFD', 'F_SETFD', 'F_GETFL', 'F_SETFL'] as const;
const LEVEL: Param = { name: 'level', kind: 'int', constants: known(/^(SOL_|IPPROTO_)/) };
const OPTION: Param = { name: 'option', kind: 'int', constants: known(/^(SO|TCP|IP|IPV6)_/) };

export const optionCalls: readonly Row[] = [
  {
    name: 'setsockopt',
    params: [SOCKET, LEVEL, OPTION, { name: 'value', kind: 'option' }],
    signature:
      'int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);',
    does: 'Sets an option of the socket.',
    example: 'setsockopt(server, SOL_SOCKET, SO_REUSEADDR, 1)',
    source: 'setsockopt(2), socket(7), tcp(7)',
    prepare: (args) => {
      const { fd } = args.socket(0);
      const [level, option, given] = [args.int(1), args.int(2), args.raw(3)];
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
    params: [SOCKET, LEVEL, OPTION],
    signature:
      'int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);',
    does: 'Reads an option of the socket. SO_ERROR reads and clears the pending error.',
    example: 'getsockopt(client, SOL_SOCKET, SO_ERROR)',
    source: 'getsockopt(2), socket(7), tcp(7)',
    prepare: (args) => {
      const { fd } = args.socket(0);
      const [level, option] = [args.int(1), args.int(2)];
      const start = `getsockopt(${fd}, ${args.shown(1)}, ${args.shown(2)}`;
      const buffer = outBuffer(OPTION_ROOM);
      return {
        text: `${start}, …)`,
        attempt: (sys) => {
          const result = sys.getsockopt(fd, level, option, buffer);
          if (result < 0) return { result };
          const value = decodeOption(level, option, written(buffer));
          return { result, value, text: `${start}, ${shownOption(value)}, [${buffer.length[0]}])` };
        },
      };
    },
  },
  {
    name: 'fcntl',
    params: [
      SOCKET,
      { name: 'command', kind: 'int', constants: FCNTL_COMMANDS },
      { name: 'argument', kind: 'int', optional: true, constants: known(/^(O_|FD_)/) },
    ],
    signature: 'int fcntl(int fd, int cmd, ...);',
    does: 'Reads or sets what belongs to the descriptor: F_GETFL and F_SETFL know O_NONBLOCK.',
    example: 'fcntl(client, F_SETFL, O_NONBLOCK)',
    source: 'fcntl(2)',
    prepare: fcntl,
  },
];

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

function shownOption(value: Arg | Value): string {
  if (value.kind === 'integer') return `[${value.value}]`;
  if (value.kind === 'struct') return `{${value.fields.join(', ')}}`;
  return value.kind === 'bytes' ? quotedShort(value.bytes, BYTES_SHOWN) : '…';
}

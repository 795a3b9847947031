/** Why an option, a FILE or a name is refused; and what may go wrong with any call. */
import type { Circumstances, Explanations } from './circumstances.ts';
import { hasConstant, partnerOf } from './history.ts';
import { whyStays } from './waiting-for-event.ts';
import { nameOf } from './words.ts';

const AT_THIS_LEVEL =
  'the option does not exist at this level (SO_… goes with SOL_SOCKET, TCP_… with IPPROTO_TCP), or not for this kind of socket.';
const NO_SUCH_NAME =
  'neither /etc/hosts nor a name server knows the name, or it is no address where AI_NUMERICHOST wants one.';

export const other: Explanations = {
  'setsockopt ENOPROTOOPT': () => AT_THIS_LEVEL,
  'getsockopt ENOPROTOOPT': () => AT_THIS_LEVEL,
  'setsockopt EDOM': () =>
    'the second number of a time counts microseconds, so it is less than 1000000: {1, 500000} is 1.5 s.',
  'setsockopt ENODEV': () => 'no network interface of this machine has that name.',
  'setsockopt EINVAL': () =>
    'the option takes no such value, or not in the state that the socket is in.',
  'ioctl EINVAL': ({ socket }) =>
    socket?.state === 'LISTEN'
      ? `${nameOf(socket)} listens: it has no bytes in queues. The sockets that accept() returns have.`
      : null,
  'ioctl ENOTTY': ({ socket, step }) =>
    hasConstant(step?.call.args[1], 'SIOCATMARK')
      ? `urgent data belongs to TCP, and ${nameOf(socket)} is ${socket?.kind}.`
      : null,
  'fdopen EINVAL': () =>
    'the mode is "r" to read, "w" to write, or "r+" for both ("a" is as good as "w", and "b" means nothing).',
  'inet_pton EAFNOSUPPORT': () => 'the family is AF_INET or AF_INET6.',
  'inet_ntop EAFNOSUPPORT': () => 'the family is AF_INET or AF_INET6.',
  'wait ETIMEDOUT': stays,
  'getnameinfo EAI_NONAME': () => 'no name is known for the address, and NI_NAMEREQD asks for one.',
  'getnameinfo EAI_FAMILY': () => 'only Internet addresses have names.',
  EAI_NONAME: () => NO_SUCH_NAME,
  EAI_NODATA: () => 'the name is known, and has no address.',
  EAI_ADDRFAMILY: () => 'the name has no address of the family that was asked for.',
  EAI_AGAIN: () => 'no name server answered; the same question may be answered later.',
  EAI_FAIL: () => 'the name server answered that it can’t tell.',
  EAI_FAMILY: () => 'the family is AF_UNSPEC (either), AF_INET or AF_INET6.',
  EAI_SERVICE: () => 'no service has that name (/etc/services); a port can be given as a number.',
  EAI_SOCKTYPE: () => 'the type is SOCK_STREAM or SOCK_DGRAM.',
  EINTR: () => 'the call was given up before it was done, as a signal would have ended it.',
  EBADF: closed,
  EMFILE: () => 'this process has no descriptor left: its limit is what `ulimit -n` says.',
  EOPNOTSUPP: ({ socket }) =>
    `a socket of this kind${socket === null ? '' : ` (${socket.kind})`} has no such call.`,
  EACCES: () => 'permission is missing.',
  EPERM: () => 'only root, or a program with the right capability, may do this.',
};

/** Why the state that wait() was for has not come. */
function stays({ socket, all, step, steps }: Circumstances): string | null {
  const wanted = step?.call.args[1];
  if (socket === null || wanted?.kind !== 'state') return null;
  return whyStays(socket, partnerOf(socket, all, steps), wanted.state);
}

function closed({ socket, step }: Circumstances): string {
  if (step !== null && step.job === null && socket !== null)
    return `${socket.socket} is closed: its descriptor was given back, and means no socket any more.`;
  return 'the socket was closed while the call was blocked on it, so the call was given up. (In C, another thread’s call would stay blocked.)';
}

/** Signals that programs with sockets meet. */
import type { Text } from './topic.ts';

export const signals: readonly Text[] = [
  {
    name: 'SIGPIPE',
    what: 'The signal that comes with EPIPE: a write to a stream that can’t be sent any more. Left alone, it ends the process without a word.',
    when: 'At write() and send() on a socket that was shut down, or whose peer has sent RST. Shells show it as exit code 141.',
    advice:
      'signal(SIGPIPE, SIG_IGN), or MSG_NOSIGNAL in send(), and look at the errno. Node and Python ignore it from the start; socklab shows what C would get.',
    source: 'signal(7), send(2), write(2)',
    see: ['EPIPE', 'MSG_NOSIGNAL', 'RST'],
  },
  {
    name: 'SIGINT',
    aliases: ['Ctrl-C', '^C'],
    what: 'The signal of Ctrl-C. Left alone, it ends the process; with a handler, a blocked call may return EINTR.',
    when: 'When the user wants an end. The kernel then closes all sockets of the process, as close() would.',
    advice:
      'In C, set a handler with sigaction() without SA_RESTART, and leave the loop around accept() on EINTR. Here, at the prompt, it ends the newest blocked call.',
    source: 'signal(7)',
    see: ['EINTR', 'cancel', 'SIGTERM', 'close'],
  },
  {
    name: 'SIGTERM',
    what: 'The polite request to end, which kill sends without further ado.',
    when: 'When a service is stopped.',
    advice: 'Stop accepting, let the running conversations finish, and close().',
    source: 'signal(7)',
    see: ['SIGINT', 'close'],
  },
  {
    name: 'SIGURG',
    what: 'Urgent data has come on a TCP connection. Left alone, it is ignored.',
    when: 'Only after fcntl(fd, F_SETOWN, getpid()) has said who wants it.',
    advice: 'Take the byte with recv(MSG_OOB), or use poll() and POLLPRI instead of the signal.',
    source: 'signal(7), socket(7), tcp(7)',
    see: ['MSG_OOB', 'POLLPRI', 'urgent data', 'F_SETOWN'],
  },
  {
    name: 'SIGIO',
    aliases: ['SIGPOLL'],
    what: 'A descriptor has become ready to read or write. Left alone, it ends the process.',
    when: 'Only with O_ASYNC set by F_SETFL, and F_SETOWN.',
    advice: 'Use poll(): it says which descriptor, and nothing interrupts your code.',
    source: 'signal(7), socket(7)',
    see: ['O_ASYNC', 'F_SETOWN', 'poll'],
  },
];

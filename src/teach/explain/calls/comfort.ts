/** Calls that C does not have: reading until something is whole, asking, waiting. */
import type { Text } from '../topic.ts';

const READING = [
  'EAGAIN',
  'EBADF',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'EINTR',
  'EINVAL',
  'ENETUNREACH',
  'ENOBUFS',
  'ENOMEM',
  'ENOTCONN',
  'ETIMEDOUT',
];

export const comfortCalls: readonly Text[] = [
  {
    name: 'recvuntil',
    what: 'Reads until a text has come, and gives all up to it, the text included. What came behind it is kept for the next call.',
    when: 'Where a message ends with something known: recvuntil(s, "\\r\\n\\r\\n") for the head of an HTTP answer.',
    advice:
      'In C you write this loop yourself: read(), append, search, keep the rest. EOF says that the peer ended first.',
    source: 'made of read(2) by socklab',
    see: ['recvline', 'recvn', 'framing', 'buffering', 'EOF'],
    errnos: [...READING, 'EOF'].sort(),
  },
  {
    name: 'recvline',
    what: 'Reads one line, its newline included. What came behind it is kept for the next call.',
    when: 'For protocols of lines, whichever way the bytes are cut on their way.',
    advice:
      'In C, fgets() over fdopen() does this. EOF says that the peer ended before a newline came.',
    source: 'made of read(2) by socklab',
    see: ['recvuntil', 'fgets', 'framing', 'EOF'],
    errnos: [...READING, 'EOF'].sort(),
  },
  {
    name: 'recvn',
    what: 'Reads exactly so many bytes, in as many pieces as they come.',
    when: 'Where the length is known: a structure, or a message whose head says how long it is.',
    advice:
      'In C: a loop over read(), or recv() with MSG_WAITALL. EOF says that the peer ended before the last byte.',
    source: 'made of read(2) by socklab',
    see: ['short read', 'MSG_WAITALL', 'framing', 'EOF'],
    errnos: [...READING, 'EOF'].sort(),
  },
  {
    name: 'recvall',
    what: 'Reads to the end of file and gives everything.',
    when: 'Where the sender ends the message with FIN, as HTTP/1.0 does.',
    advice:
      'It waits for the peer’s FIN: if the peer waits for yours, call shutdown(SHUT_WR) first.',
    source: 'made of read(2) by socklab',
    see: ['EOF', 'FIN', 'shutdown', 'recvn'],
    errnos: READING,
  },
  {
    name: 'state',
    what: 'Tells the TCP state of the connection, as the kernel knows it now.',
    when: 'At any time. In C there is no such call: Linux tells it through TCP_INFO. In TIME-WAIT the descriptor has lost the connection, so it is looked up by its two addresses.',
    advice: 'In a shell, ss -tan shows the same for all connections of the machine.',
    source: 'tcp(7), RFC 9293 §3.3.2',
    see: ['wait', 'queue', 'TCP_INFO', 'TIME-WAIT', 'CLOSED'],
    errnos: [],
  },
  {
    name: 'queue',
    what: 'Tells how many connections wait in a listener’s queue for accept().',
    when: 'After connect() and before accept(): the handshake is done, and the server’s program knows nothing of it.',
    advice: 'In a shell, ss -tln shows it as Recv-Q, with the backlog as Send-Q.',
    source: 'tcp(7), listen(2)',
    see: ['backlog', 'listen', 'accept', 'state'],
    errnos: [],
  },
  {
    name: 'wait',
    what: 'Waits until a connection is in a state.',
    when: 'In scripts, where the kernel needs the peer’s answer first: FIN-WAIT-2 comes with the ACK, TIME-WAIT with the FIN.',
    advice:
      'Wait for what you need to hold, not for a time: that is what makes a script run the same everywhere.',
    source: 'made by socklab',
    see: ['state', 'sleep', 'FIN-WAIT-2', 'TIME-WAIT'],
    errnos: ['EINTR', 'ETIMEDOUT'],
  },
  {
    name: 'sleep',
    what: 'Does nothing for a while. Blocked calls go on meanwhile.',
    when: 'To let a timer of the kernel run: keep-alive, SO_RCVTIMEO, the end of TIME-WAIT.',
    advice: 'Prefer wait() where there is something to wait for.',
    source: 'made by socklab',
    see: ['wait', 'cancel'],
    errnos: ['EINTR'],
  },
  {
    name: 'cancel',
    what: 'Ends a blocked call, which then returns EINTR, as if a signal had come.',
    when: 'When a call waits for something that will not come. At the prompt, Ctrl-C ends the newest.',
    advice: 'In C a signal does this, where its handler was set without SA_RESTART.',
    source: 'made by socklab, signal(7)',
    see: ['EINTR', 'SIGINT', 'blocking', 'SO_RCVTIMEO'],
    errnos: [],
  },
];

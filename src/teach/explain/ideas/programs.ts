/** Ideas that a program with sockets is built from. */
import type { Text } from '../topic.ts';

export const programIdeas: readonly Text[] = [
  {
    name: 'file descriptor',
    aliases: ['fd', 'descriptor'],
    what: 'A small number by which a process names something that it has open: a file, a pipe, a socket. 0, 1 and 2 are stdin, stdout and stderr.',
    when: 'socket() and accept() return one, and most calls take one. After fork() both processes have it.',
    advice:
      'Check it for -1, and close() it once. The number is given out again at once: using it after close() hits another socket.',
    source: 'open(2), close(2)',
    see: ['socket', 'close', 'EBADF', 'EMFILE', 'FD_CLOEXEC'],
  },
  {
    name: 'client',
    what: 'The side that begins: socket(), connect(), then it asks, and reads the answer.',
    when: 'It needs to know the server’s address and port; its own the kernel picks.',
    advice:
      'Client and server must have the same protocol: who speaks first, and where a message ends.',
    source: 'connect(2)',
    see: ['server', 'connect', 'ephemeral port', 'protocol'],
  },
  {
    name: 'server',
    what: 'The side that waits: socket(), bind(), listen(), then accept() again and again.',
    when: 'It has a known address. To serve several clients at once it takes threads, processes, or poll().',
    advice: 'Close each connection when it is done, and keep the listener open.',
    source: 'listen(2), accept(2)',
    aliases: ['listener'],
    see: ['client', 'accept', 'bind', 'poll', 'backlog'],
  },
  {
    name: 'protocol',
    what: 'What both sides have agreed on: who speaks first, how a message looks, where it ends, how it is answered.',
    when: 'TCP and UDP carry bytes; what they mean is your protocol’s affair.',
    advice: 'Write down the order of bytes, the length of each field, and what ends a message.',
    source: 'RFC 9293 §2.2',
    see: ['framing', 'byte order', 'padding', 'TCP', 'UDP'],
  },
  {
    name: 'UDP',
    aliases: ['User Datagram Protocol'],
    what: 'The User Datagram Protocol: single messages with ports and a checksum, and nothing more. No connection, no order, no promise that they arrive.',
    when: 'Where speed matters more than completeness: names (DNS), games, calls.',
    advice:
      'socket(AF_INET, SOCK_DGRAM, 0), then sendto() and recvfrom(). Repeat what gets no answer.',
    source: 'udp(7), RFC 768',
    see: ['TCP', 'datagram', 'sendto', 'recvfrom', 'SOCK_DGRAM'],
  },
  {
    name: 'datagram',
    aliases: ['message boundaries', 'stream vs datagram', 'datagram vs stream'],
    what: 'A message that is sent and received whole: one sendto() is one recvfrom(). A stream, in contrast, has no such boundaries.',
    when: 'On SOCK_DGRAM. It may be lost, doubled or overtaken.',
    advice:
      'Number your messages if order matters. A datagram of 0 bytes is a message too, and no end of file.',
    source: 'udp(7), socket(2)',
    see: ['stream', 'UDP', 'EMSGSIZE', 'MSG_TRUNC'],
  },
  {
    name: 'stream',
    aliases: ['byte stream'],
    what: 'Bytes in order without boundaries: three write() of 10 bytes may be read as 30 at once, or as 1 and 29.',
    when: 'On SOCK_STREAM.',
    advice:
      'Never count on one write() being one read(). Put a length before each message, or a mark behind it.',
    source: 'socket(2), RFC 9293 §2.2',
    see: ['framing', 'short read', 'datagram', 'read', 'SOCK_STREAM'],
  },
  {
    name: 'framing',
    aliases: ['message framing', 'delimiter', 'length prefix'],
    what: 'How a protocol says where a message ends on a stream: by a mark (a newline), by a length in front, by a fixed length, or by FIN.',
    when: 'In every protocol over TCP.',
    advice:
      'Read until the message is whole, and keep what came behind it: recvline(), recvuntil() and recvn() do.',
    source: 'RFC 9293 §2.2',
    see: ['stream', 'recvline', 'recvn', 'short read', 'protocol'],
  },
  {
    name: 'short read',
    aliases: ['partial read', 'short reads'],
    what: 'read() gave fewer bytes than were asked for. On a stream that is no error: it gives what is there.',
    when: 'All the time. The line read(fd, &msg, sizeof msg) != sizeof msg takes a good connection for a broken one.',
    advice: 'Loop until all bytes are there, or 0 comes; or use recv() with MSG_WAITALL.',
    source: 'read(2)',
    see: ['read', 'recvn', 'MSG_WAITALL', 'framing', 'short write'],
  },
  {
    name: 'short write',
    aliases: ['partial write', 'short writes'],
    what: 'write() took fewer bytes than it was given.',
    when: 'On a non-blocking socket whose send buffer is nearly full, or when a signal or SO_SNDTIMEO ended a blocked write.',
    advice: 'Send the rest, from where it stopped.',
    source: 'write(2)',
    see: ['write', 'EAGAIN', 'POLLOUT', 'short read'],
  },
  {
    name: 'byte order',
    aliases: ['endianness', 'endian', 'network byte order', 'big-endian', 'little-endian'],
    what: 'In which order the bytes of a number lie in memory. The network’s order is high byte first (big-endian); x86-64 and ARM have the low byte first.',
    when: 'With ports, addresses, and every number in a message.',
    advice:
      'htons() and htonl() before sending, ntohs() and ntohl() after receiving. 33 as four bytes, read the wrong way round, is 553648128.',
    source: 'byteorder(3), RFC 1700',
    see: ['htons', 'htonl', 'ntohs', 'ntohl', 'padding'],
  },
  {
    name: 'padding',
    aliases: ['alignment', 'packed', 'struct padding'],
    what: 'Bytes without meaning that a compiler puts between the fields of a structure, so that each lies at an address that suits it.',
    when: 'struct { char name[30]; uint32_t age; } has 36 bytes, not 34: two of padding before age. Another compiler or machine may do otherwise. In sockaddr_in, sin_zero is padding to 16 bytes.',
    advice:
      'Send fields one by one in an order of bytes that you write down, or make the structure packed on both sides.',
    source: 'System V ABI, ip(7)',
    see: ['byte order', 'sockaddr', 'protocol'],
  },
  {
    name: 'buffering',
    aliases: ['buffer', 'buffers', 'stdio buffering', 'send buffer', 'receive buffer'],
    what: 'Bytes wait in up to three places: in the program’s own buffer (stdio), in the sender’s kernel, in the receiver’s kernel.',
    when: 'fprintf() fills the first, fflush() and write() move it to the second, TCP to the third, read() takes it out.',
    advice:
      'If the peer sees nothing, look for a missing fflush() first. SIOCOUTQ and FIONREAD tell of the two in the kernels.',
    source: 'setvbuf(3), tcp(7)',
    see: ['fflush', 'write', 'window', 'SO_SNDBUF', 'SO_RCVBUF'],
  },
  {
    name: 'blocking',
    aliases: ['block', 'blocked'],
    what: 'A call that does not return until it can do its work: the process sleeps meanwhile.',
    when: 'accept() with nobody there, read() with nothing there, write() with no room, connect() before the answer. It is how sockets start out.',
    advice:
      'Fine for one conversation. For several, use poll() and non-blocking sockets, or a thread for each. socklab keeps its prompt live: the blocked call becomes a job.',
    source: 'socket(7)',
    see: ['non-blocking', 'poll', 'EINTR', 'SO_RCVTIMEO', 'deadlock'],
  },
  {
    name: 'non-blocking',
    aliases: ['nonblocking', 'non blocking', 'asynchronous'],
    what: 'A call that returns at once: with what can be done now, or with EAGAIN (connect(): EINPROGRESS).',
    when: 'With O_NONBLOCK, SOCK_NONBLOCK, or MSG_DONTWAIT for one call.',
    advice: 'Ask poll() when to try again. Be ready for short reads and writes.',
    source: 'fcntl(2), socket(7)',
    see: ['blocking', 'O_NONBLOCK', 'EAGAIN', 'EINPROGRESS', 'poll'],
  },
  {
    name: 'deadlock',
    what: 'Both sides wait for each other: both read() and nobody writes, or both write() and nobody reads.',
    when: 'When the protocol leaves open who speaks, when a message sits in a buffer without fflush(), or when both send much at once and the buffers are full.',
    advice: 'Say in the protocol who speaks when. Read while you write: with poll(), or a thread.',
    source: 'socket(7)',
    see: ['blocking', 'buffering', 'fflush', 'window', 'protocol'],
  },
  {
    name: 'errno',
    aliases: ['perror', 'strerror', 'errors'],
    what: 'The number that says why a call failed. A call sets it when it returns -1, and leaves it alone when it succeeds.',
    when: 'Right after the failure: the next call may overwrite it.',
    advice:
      'perror("bind") prints the text. Compare with names, not numbers: they differ between systems.',
    source: 'errno(3), perror(3)',
    see: ['EAGAIN', 'EINTR', 'EINVAL', 'EAI_SYSTEM'],
  },
];

/** The calls between names, addresses, numbers and their bytes. None of them touches a socket. */
import type { Text } from '../topic.ts';

export const nameCalls: readonly Text[] = [
  {
    name: 'getaddrinfo',
    what: 'Turns a host’s name and a service’s name into a list of socket addresses, IPv6 and IPv4, ready for connect() or bind().',
    when: 'Before connect(), where the user gives a name. It may ask the network (DNS), and then it blocks. AI_PASSIVE gives addresses for bind().',
    advice:
      'Try the addresses in their order until one connects, then freeaddrinfo(). Its errors are EAI_… numbers of their own: gai_strerror() has the texts, not strerror().',
    source: 'getaddrinfo(3), RFC 6724',
    aliases: ['gethostbyname', 'freeaddrinfo', 'gai_strerror'],
    see: ['getnameinfo', 'name resolution', 'EAI_NONAME', 'AI_PASSIVE', 'localhost'],
    errnos: [
      'EAI_ADDRFAMILY',
      'EAI_AGAIN',
      'EAI_BADFLAGS',
      'EAI_FAIL',
      'EAI_FAMILY',
      'EAI_MEMORY',
      'EAI_NODATA',
      'EAI_NONAME',
      'EAI_SERVICE',
      'EAI_SOCKTYPE',
      'EAI_SYSTEM',
    ],
  },
  {
    name: 'getnameinfo',
    what: 'The reverse of getaddrinfo(): turns a socket address into a host’s name and a service’s name.',
    when: 'To show who connected. Without NI_NUMERICHOST it may ask the network, and block.',
    advice:
      'For logs give NI_NUMERICHOST|NI_NUMERICSERV: no question to the network, and the same text each time. A name proves nothing: the address’s owner chose it.',
    source: 'getnameinfo(3)',
    aliases: ['gethostbyaddr'],
    see: ['getaddrinfo', 'inet_ntop', 'NI_NUMERICHOST', 'EAI_OVERFLOW'],
    errnos: [
      'EAI_AGAIN',
      'EAI_BADFLAGS',
      'EAI_FAIL',
      'EAI_FAMILY',
      'EAI_MEMORY',
      'EAI_NONAME',
      'EAI_OVERFLOW',
      'EAI_SYSTEM',
    ],
  },
  {
    name: 'inet_pton',
    what: 'Turns an address as text (presentation) into its bytes (network): 4 for AF_INET, 16 for AF_INET6. It returns 1, or 0 where the text is no address.',
    when: 'To fill sin_addr or sin6_addr. The bytes are in network order already: no htonl().',
    advice:
      'Compare with 1, not with -1: a wrong text gives 0 and no errno. Only four plain decimal fields are an IPv4 address: 127.1 and 0177.0.0.1 are refused.',
    source: 'inet_pton(3)',
    see: ['inet_ntop', 'inet_addr', 'byte order', 'AF_INET', 'AF_INET6'],
    errnos: ['EAFNOSUPPORT'],
  },
  {
    name: 'inet_ntop',
    what: 'Turns the bytes of an address (network) into text (presentation).',
    when: 'To print what accept(), recvfrom() or getpeername() told.',
    advice:
      'Give it INET_ADDRSTRLEN (16) or INET6_ADDRSTRLEN (46) bytes of room; less gives ENOSPC.',
    source: 'inet_ntop(3)',
    aliases: ['inet_ntoa', 'INET_ADDRSTRLEN', 'INET6_ADDRSTRLEN'],
    see: ['inet_pton', 'getnameinfo'],
    errnos: ['EAFNOSUPPORT', 'ENOSPC'],
  },
  {
    name: 'inet_addr',
    what: 'Turns an IPv4 address as text into 32 bits in network order. The older way: it knows no IPv6, and no error but one.',
    when: 'In older programs and in the lecture. A wrong text gives INADDR_NONE, which is also the right answer for 255.255.255.255.',
    advice:
      'Use inet_pton() in new programs. inet_addr() also takes 127.1, and reads 010 as octal 8.',
    source: 'inet_addr(3)',
    aliases: ['inet_aton'],
    see: ['inet_pton', 'INADDR_NONE', 'byte order'],
    errnos: [],
  },
  {
    name: 'strlen',
    what: 'Counts the bytes of a text up to its zero byte, which does not count.',
    when: 'For the length that write() and send() want: `write(fd, text, strlen(text))`.',
    advice:
      'Not for bytes that came from a socket: no zero byte ends them, so use the count that read() returned.',
    source: 'strlen(3)',
    see: ['write', 'read'],
    errnos: [],
  },
  {
    name: 'htons',
    what: 'Host to network, short: puts 16 bits into network byte order, the high byte first.',
    when: 'For every port that goes into a sockaddr. On x86-64 and ARM it swaps the two bytes; on a big-endian machine it does nothing.',
    advice:
      'Where it is forgotten, port 8888 (0x22b8) becomes 47138 (0xb822), and nobody listens there.',
    source: 'htons(3)',
    see: ['ntohs', 'htonl', 'byte order', 'bind'],
    errnos: [],
  },
  {
    name: 'htonl',
    what: 'Host to network, long: puts 32 bits into network byte order, the high byte first. Long is 32 bits here, as it was when the name was given.',
    when: 'For an IPv4 address that is a number, such as INADDR_LOOPBACK, and for 32-bit fields of your own messages.',
    advice:
      'Don’t apply it to what inet_pton() or inet_addr() gave: that is in network order already.',
    source: 'htonl(3)',
    see: ['ntohl', 'htons', 'byte order', 'INADDR_ANY'],
    errnos: [],
  },
  {
    name: 'ntohs',
    what: 'Network to host, short: turns 16 bits from network byte order into a number of this machine.',
    when: 'For the port in an address that accept(), recvfrom() or getsockname() filled in.',
    advice:
      'Use it before printing or comparing a port: sin_port as it lies there is 47138 for port 8888 on a little-endian machine.',
    source: 'ntohs(3)',
    see: ['htons', 'ntohl', 'byte order', 'getsockname'],
    errnos: [],
  },
  {
    name: 'ntohl',
    what: 'Network to host, long: turns 32 bits from network byte order into a number of this machine.',
    when: 'For 32-bit fields that arrive in a message, and for an IPv4 address that is to be compared as a number.',
    advice: 'Read all four bytes first: on a stream they may come in pieces.',
    source: 'ntohl(3)',
    see: ['htonl', 'ntohs', 'byte order', 'short read'],
    errnos: [],
  },
];

/** Sessions of many kinds, which are exported, run in other languages, and compared. */
import { freePort } from './peer.ts';
import { socketPath } from './recorded.ts';

interface Told {
  readonly shows: string;
  lines(): string | Promise<string>;
  /** True where both ends are in one C program. */
  readonly single?: true;
  /** True where Node has no calls for it. */
  readonly notInNode?: true;
  /** What is written on stderr of either program: calls that failed in the session, too. */
  readonly failures?: readonly RegExp[];
  /** What the server prints besides its reads, in any language. */
  readonly prints?: readonly RegExp[];
  /** Reads that gave what had been read ahead: no other language keeps that. */
  readonly dropped?: readonly string[];
}

const tcp = (domain = 'AF_INET', address = '127.0.0.1:0') => `
server = socket(${domain}, SOCK_STREAM, 0)
setsockopt(server, SOL_SOCKET, SO_REUSEADDR, 1)
bind(server, ${address})
listen(server, 10)
client = socket(${domain}, SOCK_STREAM, 0)
`;
const CONNECTED = `${tcp()}
conn = accept(server) = blocked
connect(client, server)
`;

/** All 256 values, with what C could misread: digits behind \xNN, trigraphs. */
const EVERY_BYTE = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0')).join(' ');

export const TOLD: readonly Told[] = [
  {
    shows: 'an echo, with both ends',
    lines: () => `${CONNECTED}
write(client, "hello\\n")
data = read(conn, 64)
write(conn, data)
read(client, 64)
close(client)
read(conn, 64)
close(conn)
close(server)`,
  },
  {
    shows: 'a half-close',
    lines: () => `${CONNECTED}
write(client, "one ")
sleep(20ms)
write(client, "two")
read(conn, 64)
shutdown(client, SHUT_WR)
state(conn) = CLOSE-WAIT
read(conn, 64)
write(conn, "the answer")
close(conn)
recvall(client)`,
  },
  {
    shows: 'a lecture’s lines of C',
    lines: async () => `int listenfd, connfd, fd;
struct sockaddr_in serv_addr;
if((listenfd = socket(AF_INET, SOCK_STREAM, 0)) < 0){
	perror("socket");
	exit(-1);
}
int on = 1;
setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
serv_addr.sin_family = AF_INET;
serv_addr.sin_addr.s_addr = htonl(INADDR_ANY);
serv_addr.sin_port = htons(${await freePort()});
if (bind(listenfd, (struct sockaddr*) &serv_addr, sizeof(serv_addr)) < 0){
	perror("bind");
	exit(-1);
}
if (listen(listenfd, 10) < 0) { perror("listen"); exit(-1); }
fd = socket(AF_INET, SOCK_STREAM, 0);
serv_addr.sin_addr.s_addr = inet_addr("127.0.0.1");
if (connect(fd, (struct sockaddr*) &serv_addr, sizeof(serv_addr)) < 0) { perror("connect"); exit(1); }
connfd = accept(listenfd, NULL, NULL);
char msg[64];
write(connfd, "hello", 5);
read(fd, &msg, sizeof(msg));
close(connfd);
close(fd);`,
  },
  {
    shows: 'datagrams',
    single: true,
    lines: () => `server = socket(AF_INET, SOCK_DGRAM, 0)
bind(server, 127.0.0.1:0)
client = socket(AF_INET, SOCK_DGRAM, 0)
sendto(client, "ping", server)
recvfrom(server, 512, &peer)
sendto(server, "pong, which is too long", peer)
recvfrom(client, 4)
connect(client, server)
write(client, "again")
read(server, 64)`,
  },
  {
    shows: 'a Unix socket with a path',
    lines: () => `server = socket(AF_UNIX, SOCK_STREAM, 0)
bind(server, unix:${socketPath()})
listen(server, 5)
client = socket(AF_UNIX, SOCK_STREAM, 0)
connect(client, server)
conn = accept(server)
write(client, "what?\\?=")
read(conn, 64)
close(client)
read(conn, 64)`,
  },
  {
    shows: 'a Unix socket with an abstract name',
    lines: () => `server = socket(AF_UNIX, SOCK_STREAM, 0)
bind(server, unix:@socklab-told-${process.pid})
listen(server, 5)
client = socket(AF_UNIX, SOCK_STREAM, 0)
connect(client, server)
conn = accept(server)
write(conn, "x")
read(client, 64)`,
  },
  {
    shows: 'structures, in three byte orders',
    lines: () => `struct point { int16_t x; int16_t y; }
struct person { char name[30]; uint32_t age; struct point at; uint16_t tags[3]; uint64_t big; double h; } network
struct small { char a; int b; } packed
struct le { uint32_t n; int64_t m; } little
${CONNECTED}
write(client, person{"Ann", 33, {-1, 2}, {1, 2, 3}, 12345678901, 1})
msg = recvn(conn, person)
write(client, small{65, -5})
read(conn, small)
write(client, le{4294967295, -9})
recvn(conn, le)
struct person p
p.name = "Bob"
p.age = 7
write(conn, &p, sizeof(p))
recvn(client, person)`,
  },
  {
    shows: 'FILEs',
    prints: [
      /33/,
      /^fgets\(\w+\) = b?["'](Bob -7 {4}c8\|x {4}\|A 4294967295)\\n["'] \(32 bytes\)$/m,
    ],
    lines: () => `${CONNECTED}
fout = fdopen(client, "w")
fin = fdopen(conn, "r")
fprintf(fout, "Ann 33\\n")
fprintf(fout, "%s %d %5.2x|%-5s|%c %u\\n", "Bob", -7, 200, "x", 65, 4294967295)
fflush(fout)
fscanf(fin, "%30s%d", name, &age)
fgets(fin)
fgets(fin)
fclose(fout)
fgets(fin)`,
  },
  {
    shows: 'calls that fail',
    failures: [
      /^bind: (Address already in use|EADDRINUSE)$/m,
      /^connect: (Connection refused|ECONNREFUSED)$/m,
    ],
    lines: async () => `${CONNECTED}
late = socket(AF_INET, SOCK_STREAM, 0)
bind(late, server) = EADDRINUSE
nobody = socket(AF_INET, SOCK_STREAM, 0)
connect(nobody, 127.0.0.1:${await freePort()}) = ECONNREFUSED
write(client, "still here")
read(conn, 64)`,
  },
  {
    shows: 'bytes of all 256 values',
    lines: () => `${CONNECTED}
write(client, hex"${EVERY_BYTE} 3f 3f 3d 01 61 00 37 5c")
recvn(conn, 264)`,
  },
  {
    shows: 'a payload of a mebibyte, which blocks its writer',
    lines: () => `${CONNECTED}
payload = "0123456789abcde" * 400000
n = write(client, payload) = blocked
recvn(conn, 6000000)
wait(n) = 6000000
shutdown(client, SHUT_WR)
read(conn, 10)`,
  },
  {
    shows: 'IPv6',
    lines: () => `${tcp('AF_INET6', '[::1]:0')}
connect(client, server)
conn = accept(server)
write(conn, "six")
read(client, 64)`,
  },
  {
    shows: 'a reset, and what is written into it',
    failures: [/^read: (Connection reset by peer|ECONNRESET)$/m, /^write: (Broken pipe|E\w+)$/m],
    lines: () => `${CONNECTED}
write(client, "unread")
sleep(20ms)
close(conn)
read(client, 10) = ECONNRESET
write(client, "x") = EPIPE`,
  },
  {
    shows: 'two connections, one of them reset by its listener’s end',
    failures: [/^read: (Connection reset by peer|ECONNRESET)$/m],
    lines: () => `${CONNECTED}
second = socket(AF_INET, SOCK_STREAM, 0)
connect(second, server)
close(server)
read(second, 10) = ECONNRESET
write(client, "hi")
read(conn, 10)`,
  },
  {
    shows: 'a connection that is left open, with bytes that nobody reads',
    lines: () => `${CONNECTED}
write(client, "x")
read(conn, 10)
sleep(20ms)
write(conn, "a")
sleep(20ms)
write(conn, "b")`,
  },
  {
    shows: 'lines, and what was read ahead',
    dropped: ['recvn(conn)'],
    lines: () => `${CONNECTED}
write(client, "one\\ntwo\\r\\nthree")
recvline(conn)
recvuntil(conn, "\\r\\n")
write(client, "four")
read(conn, 64)
recvn(conn, 5)
shutdown(client, SHUT_WR)
recvline(conn)`,
  },
  {
    shows: 'a pair, whose writer blocks',
    single: true,
    notInNode: true,
    lines: () => `left, right = socketpair(AF_UNIX, SOCK_STREAM, 0)
n = write(left, "x" * 2000000) = blocked
recvn(right, 2000000)
wait(n) = 2000000
shutdown(left, SHUT_WR)
recvall(right)
sv = socketpair(AF_UNIX, SOCK_DGRAM, 0)
write(sv[0], "abc")
read(sv[1], 2)`,
  },
  {
    shows: 'what must not wait: all in one program, so that the order stays',
    single: true,
    notInNode: true,
    failures: [
      /^accept: Resource temporarily unavailable$/m,
      /^read: Resource temporarily unavailable$/m,
      /^recv: Resource temporarily unavailable$/m,
    ],
    lines: () => `${tcp()}
fcntl(server, F_SETFL, O_NONBLOCK)
accept(server) = EAGAIN
connect(client, server)
conn = accept(server)
fcntl(conn, F_SETFL, O_NONBLOCK)
read(conn, 10) = EAGAIN
recv(client, 10, MSG_DONTWAIT) = EAGAIN
write(client, "now")
read(conn, 10)`,
  },
  {
    shows: 'options, queues and questions',
    notInNode: true,
    prints: [/SO_RCVTIMEO|getsockopt/, /queue\(server\) = 1/, /= \(?\{?1, 0/],
    lines: () => `${tcp()}
setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, {1, 0})
getsockopt(server, SOL_SOCKET, SO_RCVTIMEO)
getsockopt(server, SOL_SOCKET, SO_REUSEADDR)
getsockname(server)
setsockopt(client, IPPROTO_TCP, TCP_NODELAY, 1)
connect(client, server)
queue(server)
conn = accept(server)
write(client, "some bytes")
ioctl(conn, FIONREAD)
poll(conn, POLLIN, 1s)
poll([{conn, POLLIN|POLLOUT}, {server, POLLIN}], 10)
recv(conn, 4, MSG_PEEK)
recv(conn, 10, MSG_WAITALL)
getpeername(client)
send(client, "!", MSG_OOB)
recv(conn, 1, MSG_OOB)
htons(8888)
inet_pton(AF_INET, "127.0.0.1")
inet_ntop(AF_INET6, hex"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01")
getaddrinfo("127.0.0.1", "80")
getnameinfo(127.0.0.1:80, NI_NUMERICHOST|NI_NUMERICSERV)
sleep(1ms)
shutdown(client, SHUT_WR)
state(conn) = CLOSE-WAIT
close(conn)`,
  },
  {
    shows: 'calls that were ended from outside, and one that never returned',
    lines: () => `${CONNECTED}
first = read(conn, 64) = blocked
write(client, "a")
wait(first)
other = accept(server) = blocked
cancel(other)
write(conn, first)
read(client, 3)
third = accept(server) = blocked`,
  },
];

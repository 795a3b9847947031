/** The small functions that a C program of ours gets, each only where it is used. */

export interface Helper {
  readonly code: string;
  readonly includes?: readonly string[];
  /** Other helpers that it calls; they come before it. */
  readonly needs?: readonly HelperName[];
}

export const HELPERS = {
  show: {
    code: `/* Bytes as a C string literal would have them; of many, the first. */
static void show(const char *what, const char *bytes, size_t count)
{
    size_t i;

    printf("%s = \\"", what);
    for (i = 0; i < count && i < 64; i++) {
        unsigned char byte = bytes[i];

        if (byte == '"' || byte == '\\\\')
            printf("\\\\%c", byte);
        else if (byte == '\\n')
            printf("\\\\n");
        else if (byte >= ' ' && byte < 127)
            putchar(byte);
        else
            printf("\\\\x%02x", byte);
    }
    printf("\\"%s (%zu bytes)\\n", count > 64 ? "..." : "", count);
}`,
  },
  differs: {
    code: `/* Set where something else came than in the session. */
static int differs;`,
  },
  came: {
    needs: ['show', 'differs'],
    code: `/* Shows what came, and compares it with what came in the session. */
static void came(const char *what, const char *bytes, size_t count,
                 const char *seen, size_t length)
{
    show(what, bytes, count);
    if (count == length && memcmp(bytes, seen, length) == 0)
        return;
    fprintf(stderr, "%s: in the session something else came, of %zu bytes\\n", what, length);
    differs = 1;
}`,
  },
  repeated: {
    code: `/* So many bytes of the same piece again and again. */
static char *repeated(const char *piece, size_t length, size_t count)
{
    char *bytes = malloc(count);
    size_t i;

    if (bytes == NULL) {
        perror("malloc");
        exit(1);
    }
    for (i = 0; i < count; i++)
        bytes[i] = piece[i % length];
    return bytes;
}`,
  },
  read_n: {
    code: `/* One write() is not one read(): reads until so many bytes have come, or the end of file. */
static ssize_t read_n(int fd, char *buffer, size_t count)
{
    size_t done = 0;

    while (done < count) {
        ssize_t n = read(fd, buffer + done, count - done);

        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += n;
    }
    return done;
}`,
  },
  read_until: {
    code: `/* Reads until these bytes have come, one byte at a time: slow, and never one too many. */
static ssize_t read_until(int fd, char *buffer, size_t room, const char *end, size_t length)
{
    size_t done = 0;

    while (done < room) {
        ssize_t n = read(fd, buffer + done, 1);

        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done++;
        if (done >= length && memcmp(buffer + done - length, end, length) == 0)
            break;
    }
    return done;
}`,
  },
  read_all: {
    needs: ['read_n'],
    code: `/* Reads to the end of file: until the peer has sent FIN. */
static ssize_t read_all(int fd, char *buffer, size_t room)
{
    return read_n(fd, buffer, room);
}`,
  },
  write_all: {
    code: `/* Writes all of it: write() may take less. */
static ssize_t write_all(int fd, const char *bytes, size_t count)
{
    size_t done = 0;

    while (done < count) {
        ssize_t n = write(fd, bytes + done, count - done);

        if (n < 0)
            return -1;
        done += n;
    }
    return done;
}`,
  },
  wait_for: {
    includes: ['poll.h'],
    code: `/* Waits until this can be seen at the descriptor, as it could in the session by then. */
static void wait_for(int fd, short events)
{
    struct pollfd one = {fd, events, 0};

    poll(&one, 1, 5000);
}`,
  },
  wait_bytes: {
    includes: ['poll.h', 'sys/ioctl.h'],
    code: `/* Waits until so many bytes wait to be read, as they did in the session by then. */
static void wait_bytes(int fd, int count)
{
    int there = 0;
    int tries;

    for (tries = 0; tries < 5000; tries++) {
        if (ioctl(fd, FIONREAD, &there) < 0 || there >= count)
            return;
        poll(NULL, 0, 1);
    }
}`,
  },
  wait_queue: {
    includes: ['poll.h', 'netinet/in.h', 'netinet/tcp.h'],
    code: `/* Waits until so many connections wait for accept(): tcp(7), TCP_INFO of a listener. */
static unsigned int wait_queue(int fd, unsigned int count)
{
    struct tcp_info info;
    socklen_t length;
    int tries;

    for (tries = 0; tries < 5000; tries++) {
        length = sizeof(info);
        memset(&info, 0, sizeof(info));
        if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0 ||
            info.tcpi_unacked >= count)
            break;
        poll(NULL, 0, 1);
    }
    return info.tcpi_unacked;
}`,
  },
  show_state: {
    includes: ['poll.h', 'netinet/in.h', 'netinet/tcp.h'],
    code: `/*
 * The state of a connection as the kernel has it: tcp(7), TCP_INFO. The one that is wanted is given
 * two seconds to come; with 0 it is the one that there is.
 */
static void show_state(const char *what, int fd, int wanted)
{
    static const char *const names[] = {
        "unknown", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2",
        "TIME-WAIT", "CLOSED", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING"};
    struct tcp_info info;
    socklen_t length;
    int tries;

    for (tries = 0; tries < 2000; tries++) {
        length = sizeof(info);
        memset(&info, 0, sizeof(info));
        if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0) {
            perror("getsockopt");
            return;
        }
        if (wanted == 0 || info.tcpi_state == wanted)
            break;
        poll(NULL, 0, 1);
    }
    printf("%s = %s\\n", what, names[info.tcpi_state < 12 ? info.tcpi_state : 0]);
}`,
  },
  show_address: {
    includes: ['arpa/inet.h', 'netinet/in.h', 'stddef.h', 'sys/un.h'],
    code: `/* An address as text, behind some other text. */
static void show_address(const char *what, const struct sockaddr_storage *address,
                         socklen_t length)
{
    char text[INET6_ADDRSTRLEN];

    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;

        inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
        printf("%s %s:%d\\n", what, text, ntohs(in->sin_port));
    } else if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;

        inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
        printf("%s [%s]:%d\\n", what, text, ntohs(in6->sin6_port));
    } else if (address->ss_family == AF_UNIX) {
        const struct sockaddr_un *un = (const struct sockaddr_un *)address;
        int size = (int)length - (int)offsetof(struct sockaddr_un, sun_path);

        /* unix(7): no name; an abstract one, behind a zero byte; a path */
        if (size <= 0)
            printf("%s unix:(unnamed)\\n", what);
        else if (un->sun_path[0] == 0)
            printf("%s unix:@%.*s\\n", what, size - 1, &un->sun_path[1]);
        else
            printf("%s unix:%.*s\\n", what, size, un->sun_path);
    }
}`,
  },
  drain: {
    includes: ['fcntl.h'],
    code: `/* Reads until the other end is done, so that nothing that was sent to it gets lost. */
static void drain(int fd)
{
    char rest[4096];

    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) & ~O_NONBLOCK);
    while (read(fd, rest, sizeof(rest)) > 0)
        ;
}`,
  },
} as const satisfies Readonly<
  Record<string, Omit<Helper, 'needs'> & { needs?: readonly string[] }>
>;

export type HelperName = keyof typeof HELPERS;

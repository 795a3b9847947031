/* The other side in plain blocking C: peer server | peer client PORT.
 * Sends all of stdin, then FIN, then reads to the end into stdout. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void check(long result, const char *call) {
    if (result >= 0) return;
    perror(call);
    exit(1);
}

/* Moves bytes until the end of `from`; a write may take less than it was given. */
static void copy(int from, int to) {
    static char buffer[65536];
    ssize_t count;
    while ((count = read(from, buffer, sizeof buffer)) != 0) {
        check(count, "read");
        for (ssize_t done = 0; done < count;) {
            ssize_t taken = write(to, buffer + done, (size_t)(count - done));
            check(taken, "write");
            done += taken;
        }
    }
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    check(fd, "socket");
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (argc == 3 && strcmp(argv[1], "client") == 0) {
        address.sin_port = htons((unsigned short)atoi(argv[2]));
        check(connect(fd, (struct sockaddr *)&address, length), "connect");
    } else {
        check(bind(fd, (struct sockaddr *)&address, length), "bind");
        check(listen(fd, 1), "listen");
        check(getsockname(fd, (struct sockaddr *)&address, &length), "getsockname");
        fprintf(stderr, "listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
        fd = accept(fd, NULL, NULL);
        check(fd, "accept");
    }
    copy(STDIN_FILENO, fd);
    check(shutdown(fd, SHUT_WR), "shutdown");
    copy(fd, STDOUT_FILENO);
    check(close(fd), "close");
    return 0;
}

/*
 * Moves bytes the way that copies least of them: what the kernel allows, not a contender.
 *   splice send PORT     its stdin to the port: sendfile(2) from a file, splice(2) from a pipe
 *   splice take PORT     one connection to its stdout: splice(2), through a pipe where that is none
 */
#include "peer.h"
#include <sys/sendfile.h>
#include <sys/stat.h>

#define ROOM (1 << 20)

static int is_pipe(int fd) {
  struct stat about;
  checked(fstat(fd, &about), "fstat");
  return S_ISFIFO(about.st_mode);
}

static ssize_t once(int from, int to) {
  return checked(splice(from, NULL, to, NULL, ROOM, SPLICE_F_MOVE | SPLICE_F_MORE), "splice");
}

static void send_all(int fd) {
  if (!is_pipe(0)) {
    while (checked(sendfile(fd, 0, NULL, 1 << 30), "sendfile") > 0) {
    }
    return;
  }
  fcntl(0, F_SETPIPE_SZ, ROOM);
  while (once(0, fd) > 0) {
  }
}

static void take_all(int fd) {
  if (is_pipe(1)) {
    fcntl(1, F_SETPIPE_SZ, ROOM);
    while (once(fd, 1) > 0) {
    }
    return;
  }
  int between[2];
  checked(pipe(between), "pipe");
  fcntl(between[1], F_SETPIPE_SZ, ROOM);
  for (ssize_t held; (held = once(fd, between[1])) > 0;)
    while (held > 0) held -= once(between[0], 1);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int port = atoi(argv[2]);
  if (strcmp(argv[1], "send") == 0) {
    int fd = dial(port);
    send_all(fd);
    checked(shutdown(fd, SHUT_WR), "shutdown");
    char byte;
    /* To the peer's FIN: what it has not read is not moved. */
    while (read(fd, &byte, 1) > 0) {
    }
    return 0;
  }
  take_all(checked(accept(listening(port, 0), NULL, NULL), "accept"));
  return 0;
}

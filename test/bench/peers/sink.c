/*
 * Takes bytes and forgets them.
 *   sink stdin          reads its stdin to the end, and prints how many bytes came
 *   sink once PORT      one connection, to its end (port 0: the kernel picks it)
 *   sink all            any number of connections, until it is killed
 *   sink stall          takes connections, and never reads
 */
#include "peer.h"

static char buffer[262144];

static long long drain(int fd) {
  for (long long bytes = 0;;) {
    ssize_t count = read(fd, buffer, sizeof buffer);
    if (count < 0) die("read");
    if (count == 0) return bytes;
    bytes += count;
  }
}

static void drain_all(int server) {
  int epoll = checked(epoll_create1(0), "epoll_create1");
  struct epoll_event event = {.events = EPOLLIN, .data.fd = server};
  checked(epoll_ctl(epoll, EPOLL_CTL_ADD, server, &event), "epoll_ctl");
  for (;;) {
    struct epoll_event ready[256];
    int count = epoll_wait(epoll, ready, 256, -1);
    for (int i = 0; i < count; i++) {
      int fd = ready[i].data.fd;
      if (fd != server) {
        if (read(fd, buffer, sizeof buffer) <= 0) close(fd);
        continue;
      }
      int taken = accept(server, NULL, NULL);
      if (taken < 0) continue;
      struct epoll_event one = {.events = EPOLLIN, .data.fd = taken};
      checked(epoll_ctl(epoll, EPOLL_CTL_ADD, taken, &one), "epoll_ctl");
    }
  }
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "stdin";
  if (strcmp(mode, "stdin") == 0) {
    printf("%lld\n", drain(0));
    return 0;
  }
  int server = listener(argc > 2 ? atoi(argv[2]) : 0, 0);
  if (strcmp(mode, "all") == 0) drain_all(server);
  int fd = checked(accept(server, NULL, NULL), "accept");
  if (strcmp(mode, "stall") == 0)
    for (;;) pause();
  drain(fd);
  return 0;
}

/*
 * Gives bytes as fast as they are taken.
 *   source stdout BYTES          to its stdout, such as a pipe
 *   source PORT BYTES [CONNS]    over so many connections, each its share; then waits for their ends
 */
#include "peer.h"

static char buffer[262144];

static void give(int fd, int64_t bytes) {
  while (bytes > 0) {
    size_t size = bytes < (int64_t)sizeof buffer ? (size_t)bytes : sizeof buffer;
    ssize_t taken = write(fd, buffer, size);
    if (taken < 0) die("write");
    bytes -= taken;
  }
}

/* Waits for the peer's FIN: what it has not read is not moved. */
static void await_end(int fd) {
  char byte[4096];
  while (read(fd, byte, sizeof byte) > 0) {
  }
  close(fd);
}

static void give_over(int port, int64_t bytes, int connections) {
  int *fds = calloc(connections, sizeof *fds);
  int64_t *left = calloc(connections, sizeof *left);
  int epoll = checked(epoll_create1(0), "epoll_create1");
  for (int i = 0; i < connections; i++) {
    fds[i] = dial(port);
    left[i] = bytes / connections;
    fcntl(fds[i], F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLOUT, .data.u32 = i};
    checked(epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event), "epoll_ctl");
  }
  for (int busy = connections; busy > 0;) {
    struct epoll_event ready[256];
    int count = epoll_wait(epoll, ready, 256, -1);
    for (int e = 0; e < count; e++) {
      int i = ready[e].data.u32;
      size_t size = left[i] < (int64_t)sizeof buffer ? (size_t)left[i] : sizeof buffer;
      ssize_t taken = write(fds[i], buffer, size);
      if (taken < 0 && errno != EAGAIN) die("write");
      if (taken > 0) left[i] -= taken;
      if (left[i] > 0) continue;
      epoll_ctl(epoll, EPOLL_CTL_DEL, fds[i], NULL);
      shutdown(fds[i], SHUT_WR);
      busy--;
    }
  }
  for (int i = 0; i < connections; i++) {
    fcntl(fds[i], F_SETFL, 0);
    await_end(fds[i]);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  for (size_t i = 0; i < sizeof buffer; i++) buffer[i] = 'a' + i % 26;
  int64_t bytes = atoll(argv[2]);
  if (strcmp(argv[1], "stdout") == 0) give(1, bytes);
  else give_over(atoi(argv[1]), bytes, argc > 3 ? atoi(argv[3]) : 1);
  return 0;
}

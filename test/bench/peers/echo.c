/* An echo server over epoll(7), level-triggered: what a C program of a hundred lines reaches. */
#include "peer.h"

static char buffer[262144];

static void accept_all(int epoll, int server) {
  for (;;) {
    int fd = accept4(server, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    checked(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }
}

/* Simplified: what the kernel does not take at once is waited for, so one slow reader stops all. */
static int echo_some(int fd) {
  ssize_t count = read(fd, buffer, sizeof buffer);
  if (count < 0) return errno == EAGAIN ? 0 : -1;
  if (count == 0) return -1;
  for (ssize_t sent = 0; sent < count;) {
    ssize_t taken = write(fd, buffer + sent, count - sent);
    if (taken < 0 && errno != EAGAIN) return -1;
    if (taken > 0) sent += taken;
  }
  return 0;
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  int server = listener(0, SOCK_NONBLOCK);
  int epoll = checked(epoll_create1(0), "epoll_create1");
  struct epoll_event event = {.events = EPOLLIN, .data.fd = server};
  checked(epoll_ctl(epoll, EPOLL_CTL_ADD, server, &event), "epoll_ctl");
  for (;;) {
    struct epoll_event ready[256];
    int count = epoll_wait(epoll, ready, 256, -1);
    for (int i = 0; i < count; i++) {
      int fd = ready[i].data.fd;
      if (fd == server) accept_all(epoll, server);
      else if (echo_some(fd) < 0) close(fd);
    }
  }
}

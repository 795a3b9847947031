/*
 * churn PORT SECONDS AT_ONCE: connect, send 64 bytes, read them back, close; so many at a time.
 * Prints how many a second were served.
 */
#include "peer.h"

struct talk {
  int fd;
  size_t come;
};

static unsigned made;
static int epoll;
static struct sockaddr_in server;

static void begin(struct talk *talk) {
  talk->fd = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  talk->come = 0;
  from_address(talk->fd, made++);
  if (connect(talk->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS)
    die("connect");
  struct epoll_event event = {.events = EPOLLOUT, .data.ptr = talk};
  checked(epoll_ctl(epoll, EPOLL_CTL_ADD, talk->fd, &event), "epoll_ctl");
}

/* @returns whether this connection is done */
static int go_on(struct talk *talk, uint32_t events) {
  char message[64] = "ping";
  if (events & EPOLLOUT) {
    if (write(talk->fd, message, sizeof message) != sizeof message) die("write");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = talk};
    checked(epoll_ctl(epoll, EPOLL_CTL_MOD, talk->fd, &event), "epoll_ctl");
    return 0;
  }
  ssize_t got = read(talk->fd, message, sizeof message);
  if (got <= 0) die("read");
  talk->come += got;
  return talk->come >= sizeof message;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int at_once = atoi(argv[3]);
  server = loopback(atoi(argv[1]));
  /* From addresses of its own: the search for a port gets long where others' connections, open or in
     TIME-WAIT, have most of them, and that would be measured as the server's. */
  made = 1000000u * (1 + getpid() % 1000);
  epoll = checked(epoll_create1(0), "epoll_create1");
  struct talk *talks = calloc(at_once, sizeof *talks);
  int64_t from = now_ns(), until = from + (int64_t)(atof(argv[2]) * 1e9);
  int64_t done = 0;
  for (int i = 0; i < at_once; i++) begin(&talks[i]);
  while (now_ns() < until) {
    struct epoll_event ready[64];
    int count = epoll_wait(epoll, ready, 64, 1000);
    for (int i = 0; i < count; i++) {
      struct talk *talk = ready[i].data.ptr;
      if (!go_on(talk, ready[i].events)) continue;
      close(talk->fd);
      done++;
      begin(talk);
    }
  }
  printf("%.0f\n", done * 1e9 / (now_ns() - from));
  return 0;
}

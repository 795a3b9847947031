/* What the peers share: sockets over loopback, and an end with a reason where a call fails. */
#ifndef PEER_H
#define PEER_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static inline void die(const char *what) {
  perror(what);
  exit(1);
}

static inline int checked(int result, const char *what) {
  if (result < 0) die(what);
  return result;
}

/* Nanoseconds since some fixed moment. */
static inline int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static inline struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/* Listens on a port that the kernel picks, or on the one given. */
static inline int listening(int port, int flags) {
  int fd = checked(socket(AF_INET, SOCK_STREAM | flags, 0), "socket");
  int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = loopback(port);
  checked(bind(fd, (struct sockaddr *)&address, sizeof address), "bind");
  checked(listen(fd, 4096), "listen");
  return fd;
}

/* The same, and prints the port as its first line. */
static inline int listener(int port, int flags) {
  int fd = listening(port, flags);
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  checked(getsockname(fd, (struct sockaddr *)&address, &size), "getsockname");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

/* Loopback is 127.0.0.0/8, and each address has ports of its own: the n-th connection can't run out
   of them, though each that it closes first stays in TIME-WAIT for a minute. */
static inline void from_address(int fd, unsigned n) {
  int one = 1;
  struct sockaddr_in source = loopback(0);
  source.sin_addr.s_addr = htonl(0x7f000002u + n / 10000);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  checked(bind(fd, (struct sockaddr *)&source, sizeof source), "bind");
}

static inline int dial(int port) {
  int fd = checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
  struct sockaddr_in address = loopback(port);
  checked(connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
  return fd;
}

#endif

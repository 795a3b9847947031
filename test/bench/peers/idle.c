/*
 * idle PORT COUNT: so many connections, each of which has had one byte echoed, and then is silent.
 * Prints a line once all are open; closes them when its stdin ends.
 */
#include "peer.h"

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  struct sockaddr_in server = loopback(atoi(argv[1]));
  int count = atoi(argv[2]);
  for (int i = 0; i < count; i++) {
    int fd = checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
    from_address(fd, i);
    checked(connect(fd, (struct sockaddr *)&server, sizeof server), "connect");
    char byte = 'x';
    if (write(fd, &byte, 1) != 1) die("write");
    if (read(fd, &byte, 1) != 1) die("read");
  }
  printf("%d\n", count);
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {
  }
  return 0;
}

/* latency PORT COUNT: 64 bytes there and back, one after the other. Prints p50 and p99 in ns. */
#include "peer.h"

static int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int count = atoi(argv[2]);
  int fd = dial(atoi(argv[1]));
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  char message[64] = "ping", answer[64];
  int64_t *took = calloc(count, sizeof *took);
  for (int i = 0; i < count; i++) {
    int64_t from = now_ns();
    if (write(fd, message, sizeof message) != sizeof message) die("write");
    for (size_t come = 0; come < sizeof answer;) {
      ssize_t got = read(fd, answer + come, sizeof answer - come);
      if (got <= 0) die("read");
      come += got;
    }
    took[i] = now_ns() - from;
  }
  qsort(took, count, sizeof *took, by_size);
  printf("%lld %lld\n", (long long)took[count / 2], (long long)took[(int64_t)count * 99 / 100]);
  return 0;
}

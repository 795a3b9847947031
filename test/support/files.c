/*
 * A C program with FILEs over one end of a pair of sockets. One command a line; after each, what
 * it answered, and how many bytes the kernel has for the other end and for this one.
 *   p N        fprintf() of N times x       f          fflush()
 *   w BYTES    write() at the other end     z          shutdown() of the other end
 *   g N        fgets() with room for N      s FORMAT   fscanf() of one value
 *   c          fclose() of the writing one  C          fclose() of the reading one
 *   x          close() of the descriptor
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int there(int fd) {
  int count = -1;
  ioctl(fd, FIONREAD, &count);
  return count;
}

static void unhex(const char *text, char *into) {
  for (; text[0] != 0 && text[1] != 0; text += 2) {
    unsigned byte;
    sscanf(text, "%2x", &byte);
    *into++ = (char)byte;
  }
  *into = 0;
}

static const char *failure(void) {
  return errno == EBADF ? "EBADF" : errno == EAGAIN ? "EAGAIN" : errno == EPIPE ? "EPIPE" : "?";
}

static void tell(int result) {
  if (result < 0) printf("%s", failure());
  else printf("%d", result);
}

int main(void) {
  int ends[2];
  signal(SIGPIPE, SIG_IGN);
  socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  struct timeval soon = {0, 30000};
  setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
  FILE *in = fdopen(ends[0], "r"), *out = fdopen(ends[0], "w");
  static char line[1 << 16], text[1 << 16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *word = strtok(line + 1, " \n");
    int count = word == NULL ? 0 : atoi(word);
    errno = 0;
    switch (line[0]) {
      case 'p':
        memset(text, 'x', (size_t)count);
        text[count] = 0;
        tell(fprintf(out, "%s", text));
        break;
      case 'f': tell(fflush(out)); break;
      case 'c': tell(fclose(out)); break;
      case 'C': tell(fclose(in)); break;
      case 'x': tell(close(ends[0])); break;
      case 'z': tell(shutdown(ends[1], SHUT_WR)); break;
      case 'w':
        unhex(word, text);
        tell((int)write(ends[1], text, strlen(text)));
        break;
      case 'g':
        clearerr(in);
        strcpy(text, "before");
        if (fgets(text, count, in) != NULL) printf("=%s", text[0] == 0 ? "" : strtok(text, "\n") == NULL ? "\\n" : text);
        else printf("%s", ferror(in) ? failure() : "NULL");
        break;
      case 's': {
        clearerr(in);
        unhex(word, line);
        memset(text, 0, sizeof text);
        int result = fscanf(in, line, text);
        if (result < 0) printf("%s", ferror(in) ? failure() : "EOF");
        else printf("%d", result);
        if (result == 1 && strchr(line, 's')) printf("=%s", text);
        if (result == 1 && strchr(line, 'd')) printf("=%d", *(int *)text);
        break;
      }
    }
    printf(" %d %d\n", there(ends[1]), there(ends[0]));
  }
  return 0;
}

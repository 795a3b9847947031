/*
 * C's own printf() and scanf(), asked by the tests of ours. One question a line; bytes in
 * hexadecimal, "-" for none.
 *   i FORMAT NUMBER    snprintf() of an int         → the bytes
 *   l FORMAT NUMBER    snprintf() of a long         → the bytes
 *   s FORMAT BYTES     snprintf() of text           → the bytes
 *   r FORMAT INPUT     fscanf() of up to four values → result, place behind, memory of each
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1 << 16, MEMORY = 128 };

static size_t unhex(const char *text, char *into) {
  size_t length = 0;
  for (; text[0] != '-' && text[0] != 0 && text[1] != 0; text += 2) {
    unsigned byte;
    sscanf(text, "%2x", &byte);
    into[length++] = (char)byte;
  }
  into[length] = 0;
  return length;
}

static void show(const char *bytes, size_t length) {
  if (length == 0) putchar('-');
  for (size_t i = 0; i < length; i++) printf("%02x", (unsigned char)bytes[i]);
}

static void print(char kind, const char *format, const char *given) {
  static char made[LINE], text[LINE];
  int length;
  if (kind == 'i') length = snprintf(made, sizeof made, format, (int)strtoll(given, 0, 10));
  else if (kind == 'l') length = snprintf(made, sizeof made, format, strtol(given, 0, 10));
  else {
    unhex(given, text);
    length = snprintf(made, sizeof made, format, text);
  }
  show(made, (size_t)length);
}

static void scan(const char *format, const char *given) {
  static char input[LINE];
  char memory[4][MEMORY];
  memset(memory, 0, sizeof memory);
  FILE *file = fmemopen(input, unhex(given, input), "r");
  int result = fscanf(file, format, memory[0], memory[1], memory[2], memory[3]);
  printf("%d %ld", result, ftell(file));
  for (int i = 0; i < 4; i++) {
    putchar(' ');
    show(memory[i], MEMORY);
  }
  fclose(file);
}

int main(void) {
  static char line[2 * LINE], format[LINE];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *kind = strtok(line, " \n"), *first = strtok(NULL, " \n"), *second = strtok(NULL, " \n");
    unhex(first, format);
    if (kind[0] == 'r') scan(format, second);
    else print(kind[0], format, second);
    putchar('\n');
  }
  return 0;
}

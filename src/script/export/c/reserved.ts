/** What a variable or field can’t be called in a C program of ours. */

/** Keywords (C11 §6.4.1), and macros that GCC defines on Linux unless it is told -std=c11. */
const KEYWORDS = `auto break case char const continue default do double else enum extern float for
  goto if inline int long register restrict return short signed sizeof static struct switch typedef
  union unsigned void volatile while _Bool asm typeof linux unix i386`;

/** Functions, variables and macros of the headers that our programs include. */
const LIBRARY = `accept bind close connect exit fclose fcntl fdopen fflush fgets fork fprintf fscanf
  fwrite getaddrinfo freeaddrinfo getnameinfo getpeername getsockname getsockopt htonl htons ntohl
  ntohs inet_addr inet_ntop inet_pton ioctl listen main malloc memcmp memcpy memset perror poll
  printf putchar read recv recvfrom send sendto setsockopt shutdown signal sleep socket socketpair
  strlen strnlen unlink wait write pipe dup link access index time abs div errno stdin stdout
  stderr argc argv environ s_addr s6_addr NULL EOF
  select remove rename open creat puts gets getc putc printf kill pause alarm daemon brk sync swab truncate nice chdir exec`;

/** Our own functions, and what main() declares for itself. */
const OWN = `show came differs repeated read_n read_until read_all write_all wait_for wait_bytes
  wait_queue show_state show_address drain buf n value`;

export const RESERVED: ReadonlySet<string> = new Set(
  [KEYWORDS, LIBRARY, OWN].flatMap((words) => words.trim().split(/\s+/)),
);

/** Structures of the system’s headers: one of the user’s with such a name is called otherwise. */
const SYSTEM_STRUCTS: ReadonlySet<string> = new Set(
  `addrinfo cmsghdr hostent iovec ip_mreq ipv6_mreq itimerspec msghdr netent pollfd protoent servent
  sigaction stat tcp_info timespec timezone tm ucred tcphdr sigevent sigstack mmsghdr sched_param
  winsize termio in_pktinfo in6_pktinfo ip_opts group_req flock f_owner_ex file_handle`.split(
    /\s+/,
  ),
);

export function structName(name: string): string {
  return SYSTEM_STRUCTS.has(name) ? `${name}_` : name;
}

/** A field’s place, such as `pets[2].name`, with what C would not take for a name changed. */
export function fieldName(place: string): string {
  return place.replaceAll(/[A-Za-z_]\w*/g, (word) => (MACROS.has(word) ? `${word}_` : word));
}

/** Fields have a space of names of their own; only keywords and macros reach into it. */
const MACROS: ReadonlySet<string> = new Set(
  `${KEYWORDS} errno stdin stdout stderr NULL EOF`.trim().split(/\s+/),
);

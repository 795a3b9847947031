import type { Sys } from './sys.ts';

/** <linux/fcntl.h>. */
export const F_DUPFD_CLOEXEC = 1030;

/**
 * Where descriptors of our own stand, at least: the kernel hands out the lowest number that is free
 * (open(2)), and the user's should be those that a C program gets. Not above 63: to enlarge the table
 * of descriptors of a process with threads, the kernel waits for every processor to have passed
 * through it (expand_fdtable(), synchronize_rcu()): 11 milliseconds and more (measured).
 */
const OUT_OF_THE_WAY = 60;

/** Moves a descriptor of our own there. @returns its number from now on */
export function outOfTheWay(sys: Sys, fd: number): number {
  const moved = sys.fcntl(fd, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
  // EINVAL where the limit of open files is lower (getrlimit(2)): then it stays where it is.
  if (moved < 0) return fd;
  sys.close(fd);
  return moved;
}

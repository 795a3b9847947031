/**
 * Where descriptors of our own stand, at least: the kernel hands out the lowest number that is free
 * (open(2)), and the user's should be those that a C program gets. Not above 63: to enlarge the table
 * of descriptors of a process with threads, the kernel waits for every processor to have passed
 * through it (expand_fdtable(), synchronize_rcu()): 11 milliseconds and more (measured).
 */
export const OUT_OF_THE_WAY = 60;

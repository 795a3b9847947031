/** What the kernel tells about a process: proc(5). */
import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory in KiB. */
export function residentKib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
}

/** How many descriptors it has open. */
export function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** How far a descriptor that is a file has been read. */
export function position(pid: number, fd: number): number {
  return Number(/^pos:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1]);
}

/** Waits until a figure has not changed for a while, and returns it. */
export async function standstill(measure: () => number, quietMs = 250): Promise<number> {
  const until = performance.now() + 10_000;
  let [value, since] = [measure(), performance.now()];
  while (performance.now() - since < quietMs) {
    if (performance.now() > until) throw new Error(`${value} is no standstill`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const now = measure();
    if (now !== value) [value, since] = [now, performance.now()];
  }
  return value;
}

/** A figure that grows while the process does anything: its context switches; −1 when it is gone. */
export function activity(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
  } catch {
    return -1;
  }
}

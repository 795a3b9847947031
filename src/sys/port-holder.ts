/** Who holds a TCP port, where /proc tells: proc(5), /proc/net/tcp and /proc/PID/fd. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface PortHolder {
  /** As in `/proc/net/tcp`: LISTEN, TIME-WAIT …; a port can be held with no process behind it. */
  readonly state: 'LISTEN' | 'TIME-WAIT' | 'other';
  /** Null where no process has it, or where we may not look into the one that has. */
  readonly process: { readonly pid: number; readonly name: string } | null;
}

/** Columns of /proc/net/tcp, after splitting at blanks. */
const LOCAL = 1;
const STATE = 3;
const INODE = 9;
const LISTEN = '0A';
const TIME_WAIT = '06';

/** The socket that is the likeliest to be in the way of a bind to `port`; null where none is seen. */
export function findPortHolder(port: number): PortHolder | null {
  const rows = [...tableOf('/proc/net/tcp'), ...tableOf('/proc/net/tcp6')].filter(
    (columns) => Number.parseInt(columns[LOCAL]?.split(':')[1] ?? '', 16) === port,
  );
  const row =
    rows.find((r) => r[STATE] === LISTEN) ?? rows.find((r) => r[INODE] !== '0') ?? rows[0];
  if (row === undefined) return null;
  const state = row[STATE] === LISTEN ? 'LISTEN' : row[STATE] === TIME_WAIT ? 'TIME-WAIT' : 'other';
  return { state, process: ownerOf(row[INODE] ?? '0') };
}

/** The number that /proc gives a process, and its command's name. */
function ownerOf(inode: string): PortHolder['process'] {
  if (inode === '0') return null;
  const link = `socket:[${inode}]`;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = list(`/proc/${pid}/fd`).some((fd) => target(`/proc/${pid}/fd/${fd}`) === link);
    if (holds) return { pid: Number(pid), name: text(`/proc/${pid}/comm`).trim() };
  }
  return null;
}

function tableOf(path: string): string[][] {
  const [, ...rows] = text(path).split('\n');
  return rows.filter((row) => row !== '').map((row) => row.trim().split(/\s+/));
}

// Processes come and go, and other users' are closed to us: what can't be read is not there.
function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function target(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

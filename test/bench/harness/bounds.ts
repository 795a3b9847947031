/** What each row must reach. A row that is not here is told, and not judged. */

export interface Bound {
  readonly atLeast?: number;
  readonly atMost?: number;
  /** What the figure is a ratio to, or its unit. */
  readonly of: string;
}

const FASTEST = '× the fastest other';

const BOUNDS: Readonly<Record<string, Bound>> = {
  'throughput/file': { atLeast: 1.25, of: FASTEST },
  'throughput/send': { atLeast: 1.25, of: FASTEST },
  'throughput/from-pipe': { atLeast: 1.15, of: FASTEST },
  'throughput/into-pipe': { atLeast: 1.15, of: FASTEST },
  'throughput/relay': { atLeast: 1.25, of: '× socat' },
  // Nothing measurable: less than what two runs of the same differ by.
  'pump/unwatched': { atLeast: 0.97, of: '× a bare loop' },
  'latency/p50': { atMost: 1.1, of: '× C epoll' },
  'latency/p99': { atMost: 1.25, of: '× C epoll' },
  'connections/churn-node': { atLeast: 2, of: '× Node net' },
  'connections/churn-c': { atLeast: 0.8, of: '× C epoll' },
  'idle/resident': { atMost: 70, of: 'MB' },
  'idle/per-connection': { atMost: 2.5, of: 'KB' },
  'idle/cpu': { atMost: 0, of: 'ms of CPU' },
  'memory/receiving': { atMost: 20, of: 'MB over the start' },
  'memory/sending': { atMost: 20, of: 'MB over the start' },
  'memory/stalled-peer': { atMost: 20, of: 'MB over the start' },
  'memory/stalled-pipe': { atMost: 20, of: 'MB over the start' },
  'tls/file': { atLeast: 1, of: '× openssl' },
  'startup/version': { atMost: 5, of: 'ms over bare node' },
  'startup/help': { atMost: 5, of: 'ms over bare node' },
  'startup/prompt': { atMost: 30, of: 'ms over bare node' },
  'step/own': { atMost: 20, of: 'µs' },
  // Nothing may grow faster than its work.
  'step/growth': { atMost: 1.5, of: '× with one socket' },
  'growth/throughput': { atLeast: 0.75, of: '× of what C keeps' },
  'growth/accept': { atLeast: 0.75, of: '× with none open' },
  'size/installed': { atMost: 12, of: 'MB' },
};

/** @param major of the Node that runs socklab */
export function boundOf(row: string, major: number): Bound | null {
  if (row === 'startup/send') return { atMost: major < 22 ? 15 : 12, of: 'ms over bare node' };
  return BOUNDS[row] ?? null;
}

export function isMet(bound: Bound, figure: number): boolean {
  if (Number.isNaN(figure)) return false;
  return figure >= (bound.atLeast ?? -Infinity) && figure <= (bound.atMost ?? Infinity);
}

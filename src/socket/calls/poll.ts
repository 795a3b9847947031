/** poll(2): waiting for several sockets at once, with a time. */
import { constants } from '../../sys/platform.ts';
import type { Arg } from '../call.ts';
import { type Door, LONGEST_MS, type Waiter } from '../door.ts';
import { BadCall } from '../errors.ts';
import type { SocketRecord } from '../socket-table.ts';
import type { Arguments } from './arguments.ts';
import { KINDS } from './kinds.ts';
import { known, type Made, type Param, type Prepared, type Row, SOCKET } from './row.ts';

const EVENT_NAMES = known(/^POLL/);
/** struct pollfd: int fd, short events, short revents. */
const POLLFD = { size: 8, events: 4, revents: 6 };

const EVENTS: Param = { name: 'events', kind: 'int', constants: EVENT_NAMES };
const FDS: Param = { name: 'fds', kind: 'fds', constants: EVENT_NAMES };
const TIMEOUT: Param = { name: 'timeout', kind: 'timeout' };

interface Polled {
  readonly socket: SocketRecord;
  readonly events: number;
}

export const pollCalls: readonly Row[] = [
  {
    name: 'poll',
    kind: 'system',
    params: [SOCKET, EVENTS, { ...TIMEOUT, optional: true }],
    alsoAs: [
      [FDS, { ...TIMEOUT, optional: true }],
      [FDS, { name: 'nfds', kind: 'int' }, TIMEOUT],
    ],
    signature: 'int poll(struct pollfd *fds, nfds_t nfds, int timeout);',
    does: 'Waits until a socket is ready, and tells for what: POLLIN to read, POLLOUT to write, POLLPRI urgent data, POLLHUP both directions closed, POLLERR an error. Without a timeout (in milliseconds, or 1s) it waits as long as it takes.',
    example: 'poll(conn, POLLIN, 1s)',
    source: 'poll(2)',
    blocks: { on: 'readable', because: 'none of them is ready' },
    gives: 'struct',
    prepare: poll,
  },
];

function poll(args: Arguments): Prepared {
  const polled = polledBy(args);
  const at = args.where('timeout');
  const timeout = at === -1 ? -1 : args.milliseconds(at, 1);
  const memory = memoryOf(polled);
  const text = `poll([${polled.map(({ socket, events }) => `{fd=${socket.fd}, events=${eventNames(events)}}`).join(', ')}], ${polled.length}, ${timeout})`;
  const until = performance.now() + timeout;
  return {
    text,
    wait: (door, waiter) => anyReady(door, waiter, polled, timeout < 0 ? null : until),
    attempt: (sys): Made => {
      const result = sys.poll(memory);
      if (result === 0 && (timeout < 0 || performance.now() < until))
        return { result, again: true };
      if (result < 0) return { result };
      const came = polled.map((one, i) => ({ ...one, revents: reventsAt(memory, i) }));
      const told = came
        .filter(({ revents }) => revents !== 0)
        .map(({ socket, revents }) => `{fd=${socket.fd}, revents=${eventNames(revents)}}`);
      return {
        result,
        value: { kind: 'struct', fields: came.map(({ revents }) => revents) },
        shown: result === 0 ? '0 (the time is over)' : `${result} ([${told.join(', ')}])`,
      };
    },
  };
}

/** `poll(conn, POLLIN)`, `poll({conn, POLLIN})`, `poll([{a, POLLIN}, {b, POLLOUT}])`. */
function polledBy(args: Arguments): Polled[] {
  const first = args.at(0);
  if (first.kind !== 'struct' && first.kind !== 'list') {
    return [{ socket: args.socket(0), events: args.int(1) }];
  }
  const items = first.kind === 'struct' ? [first] : first.items;
  const polled = items.map((item) => polledItem(args, item));
  const count = args.where('nfds');
  if (count !== -1 && args.int(count) !== polled.length) {
    throw new BadCall(`there are ${polled.length} of them, not ${args.shown(count)}`, count);
  }
  if (polled.length === 0) throw new BadCall(KINDS.fds.wanted, 0);
  return polled;
}

function polledItem(args: Arguments, item: Arg): Polled {
  const [one, events] = item.kind === 'struct' ? item.fields : [];
  if (one === undefined || events === undefined) throw new BadCall(KINDS.fds.wanted, 0);
  return { socket: args.socketOf(one, 0), events: args.numberOf(events, 0) };
}

function memoryOf(polled: readonly Polled[]): Uint8Array {
  const memory = new Uint8Array(polled.length * POLLFD.size);
  const view = new DataView(memory.buffer);
  for (const [i, { socket, events }] of polled.entries()) {
    view.setInt32(i * POLLFD.size, socket.fd, true);
    view.setInt16(i * POLLFD.size + POLLFD.events, events, true);
  }
  return memory;
}

function reventsAt(memory: Uint8Array, at: number): number {
  return new DataView(memory.buffer).getInt16(at * POLLFD.size + POLLFD.revents, true);
}

/** How often poll() is made again for what the event loop's readiness does not tell: POLLPRI, a closed peer. */
const AGAIN_MS = 10;

function anyReady(
  { readiness }: Door,
  waiter: Waiter,
  polled: readonly Polled[],
  until: number | null,
): Promise<void> {
  const left = until === null ? LONGEST_MS : Math.max(0, until - performance.now());
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, Math.min(left, AGAIN_MS));
    waiter.wake = done;
    // Whoever asks for nothing that readiness tells (events 0 still reports POLLHUP) is asked again.
    for (const { socket, events } of polled) {
      const { open, fd } = socket;
      if (open && (events & reads) !== 0) void readiness.wait(fd, 'readable').then(done);
      if (open && (events & writes) !== 0) void readiness.wait(fd, 'writable').then(done);
    }
  });
}

const flag = (name: string): number => constants.get(name) ?? 0;
const reads = flag('POLLIN') | flag('POLLRDNORM');
const writes = flag('POLLOUT') | flag('POLLWRNORM');

/** `POLLIN|POLLHUP`. */
export function eventNames(events: number): string {
  const names: string[] = [];
  let rest = events;
  for (const name of EVENT_NAMES) {
    const bit = flag(name);
    if (bit !== 0 && (rest & bit) === bit) {
      names.push(name);
      rest &= ~bit;
    }
  }
  if (rest !== 0 || names.length === 0) names.push(String(rest));
  return names.join('|');
}

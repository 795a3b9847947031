/** poll(2): waiting for several sockets at once, with a time. */
import { viewOf, zeroed } from '../../sys/memory.ts';
import { constants } from '../../sys/platform.ts';
import type { Interest } from '../../sys/readiness.ts';
import type { Sys } from '../../sys/sys.ts';
import type { Arg } from '../call.ts';
import type { Door, Waiter } from '../door.ts';
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
  const text = `poll([${polled.map(({ socket, events }) => `{fd=${socket.fd}, events=${eventNames(events)}}`).join(', ')}], ${polled.length}, ${timeout})`;
  const until = timeout < 0 ? Number.POSITIVE_INFINITY : performance.now() + timeout;
  const waiting = new Waiting(polled);
  return {
    text,
    wait: (door, waiter) => waiting.wait(door, waiter, until - performance.now()),
    attempt: (sys): Made => {
      const made = asked(sys, polled, waiting.began);
      if (made.result === 0 && performance.now() < until) return { result: 0, again: true };
      waiting.stop();
      return made;
    },
  };
}

/** Makes the call once. @param late whether time has passed since the sockets were looked up */
function asked(sys: Sys, polled: readonly Polled[], late: boolean): Made {
  // A socket that was closed meanwhile: its number may be another's by now, so the kernel is not
  // asked about it (poll(2) skips −1), and the answer is what it says of a closed descriptor.
  const gone = ({ socket }: Polled) => late && !socket.open;
  const memory = memoryOf(
    polled.map((one) => (gone(one) ? -1 : one.socket.fd)),
    polled,
  );
  const ready = sys.poll(memory);
  if (ready < 0) return { result: ready };
  const result = ready + polled.filter(gone).length;
  const came = polled.map((one, i) => ({
    ...one,
    revents: gone(one) ? flag('POLLNVAL') : reventsAt(memory, i),
  }));
  const told = came
    .filter(({ revents }) => revents !== 0)
    .map(({ socket, revents }) => `{fd=${socket.fd}, revents=${eventNames(revents)}}`);
  return {
    result,
    value: { kind: 'struct', fields: came.map(({ revents }) => revents) },
    shown: result === 0 ? '0 (the time is over)' : `${result} ([${told.join(', ')}])`,
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

function memoryOf(fds: readonly number[], polled: readonly Polled[]): Uint8Array {
  const memory = zeroed(polled.length * POLLFD.size);
  const view = viewOf(memory);
  for (const [i, { events }] of polled.entries()) {
    view.setInt32(i * POLLFD.size, fds[i] ?? -1, true);
    view.setInt16(i * POLLFD.size + POLLFD.events, events, true);
  }
  return memory;
}

function reventsAt(memory: Uint8Array, at: number): number {
  return viewOf(memory).getInt16(at * POLLFD.size + POLLFD.revents, true);
}

/** How often poll() is made again for what the event loop's readiness does not tell: POLLPRI, a closed peer. */
const AGAIN_MS = 10;

/** Waits for the event loop's readiness of several sockets, and a little while at most. */
class Waiting {
  /** Whether it was ever waited. */
  began = false;
  private readonly polled: readonly Polled[];
  private door: Door | null = null;
  /** What is waited for already: poll() is made again and again, but each is asked for once. */
  private readonly pending = new Map<string, SocketRecord>();
  private wake: () => void = () => {};

  constructor(polled: readonly Polled[]) {
    this.polled = polled;
  }

  wait(door: Door, waiter: Waiter, leftMs: number): Promise<void> {
    this.began = true;
    this.door = door;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, Math.min(leftMs, AGAIN_MS)));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      waiter.wake = () => {
        this.stop();
        this.wake();
      };
      for (const { socket, events } of this.polled) {
        // Whoever asks for nothing that readiness tells (events 0 still reports POLLHUP) is asked again.
        if ((events & reads) !== 0) this.expect(door, socket, 'readable');
        if ((events & writes) !== 0) this.expect(door, socket, 'writable');
      }
    });
  }

  /** Nothing is waited for any longer. To other calls on these sockets it is a spurious wake-up. */
  stop(): void {
    for (const { fd, open } of new Set(this.pending.values())) {
      if (open) this.door?.readiness.interrupt(fd);
    }
  }

  private expect({ readiness }: Door, socket: SocketRecord, interest: Interest): void {
    const key = `${interest} ${socket.fd}`;
    if (!socket.open || this.pending.has(key)) return;
    this.pending.set(key, socket);
    void readiness.wait(socket.fd, interest).then(() => {
      this.pending.delete(key);
      this.wake();
    });
  }
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

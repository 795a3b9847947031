/** Questions of socklab's own: a C program has no such calls. */
import { errnoNumber } from '../../sys/platform.ts';
import type { Value } from '../call.ts';
import { pause } from '../door.ts';
import { BadCall } from '../errors.ts';
import type { TcpState } from '../state.ts';
import type { Arguments } from './arguments.ts';
import { KINDS } from './kinds.ts';
import type { Made, Param, Prepared, Row } from './row.ts';

const KNOWN: Param = { name: 'socket', kind: 'known socket' };
const DURATION: Param = { name: 'time', kind: 'duration' };
/** The kernel tells nobody when a state changes, so it is asked again and again. */
const ASK_EVERY_MS = 2;

export const askingCalls: readonly Row[] = [
  {
    name: 'state',
    kind: 'asking',
    params: [KNOWN],
    signature: 'state(socket)',
    does: 'Asks the kernel for the state of the TCP connection, also where only the kernel still has it (TIME-WAIT).',
    example: 'state(client) = FIN-WAIT-2',
    source: 'tcp(7)',
    gives: 'state',
    prepare: (args) => {
      const socket = args.knownSocket(0);
      return {
        text: `state(${socket.name})`,
        attempt: () => answer(args.scope.session.look(socket).state),
      };
    },
  },
  {
    name: 'queue',
    kind: 'asking',
    params: [{ name: 'socket', kind: 'socket' }],
    signature: 'queue(socket)',
    does: 'Asks the kernel how many connections wait for accept() at a listener.',
    example: 'queue(server) = 1',
    source: 'tcp(7)',
    gives: 'integer',
    prepare: (args) => {
      const socket = args.socket(0);
      return {
        text: `queue(${socket.name})`,
        attempt: (): Made => {
          const { queue, state } = args.scope.session.look(socket);
          if (queue !== null) return { result: queue.used };
          const why = state === null ? 'no TCP socket' : `${state}, not LISTEN`;
          throw new BadCall(`only a TCP listener has a queue; ${socket.name} is ${why}`, 0);
        },
      };
    },
  },
  {
    name: 'wait',
    kind: 'asking',
    params: [KNOWN, { name: 'state', kind: 'state' }, { ...DURATION, optional: true }],
    alsoAs: [[{ name: 'name', kind: 'anything' }]],
    signature: 'wait(socket, STATE, 1s)',
    does: 'Waits until the connection is in this state, at most so long (ETIMEDOUT); or, given a name alone, until the blocked call that gives the name has returned, and tells what it gave.',
    example: 'wait(client, TIME-WAIT, 1s)',
    source: 'tcp(7)',
    blocks: { on: 'readable', because: 'the state has not come yet' },
    gives: 'anything',
    prepare: (args) => (args.where('name') === 0 ? waitForName(args) : waitForState(args)),
  },
  {
    name: 'sleep',
    kind: 'asking',
    params: [DURATION],
    signature: 'sleep(100ms)',
    does: 'Waits so long: 200ms, 5s, 2m; a number alone is seconds, as in C.',
    example: 'sleep(100ms)',
    source: 'sleep(3)',
    blocks: { on: 'readable', because: 'the time is not over' },
    gives: 'integer',
    prepare: (args) => {
      const ms = args.milliseconds(0, 1000);
      const until = performance.now() + ms;
      return {
        text: `sleep(${shownMs(ms)})`,
        wait: (_door, waiter) => pause(waiter, Math.max(0, until - performance.now())),
        // A timer may come a little early.
        attempt: () =>
          until - performance.now() > 0.5 ? { result: 0, again: true } : { result: 0 },
      };
    },
  },
  {
    name: 'cancel',
    kind: 'asking',
    params: [{ name: 'job', kind: 'job', optional: true }],
    signature: 'cancel(1)',
    does: 'Ends a blocked call with EINTR, as a signal would: by its number, by the name that it will give, or the newest.',
    example: 'cancel(conn)',
    source: 'signal(7)',
    gives: 'integer',
    prepare: (args) => {
      const job = args.has(0) ? args.at(0) : null;
      const which = job?.kind === 'integer' ? job.value : job?.kind === 'name' ? job.name : null;
      return {
        text: `cancel(${which ?? ''})`,
        attempt: (): Made => {
          if (args.scope.session.cancel(which)) return { result: 0 };
          throw new BadCall(
            which === null ? 'no call is blocked' : `no blocked call is ${which}`,
            which === null ? null : 0,
          );
        },
      };
    },
  },
];

/** `1s`, `1500ms`. */
function shownMs(ms: number): string {
  return ms % 1000 === 0 && ms > 0 ? `${ms / 1000}s` : `${ms}ms`;
}

function answer(state: TcpState | null): Made {
  const value: Value = { kind: 'state', state };
  return { result: 0, value, shown: state ?? 'unknown' };
}

function waitForState(args: Arguments): Prepared {
  const socket = args.knownSocket(0);
  const wanted = args.at(1);
  if (wanted.kind !== 'state') throw new BadCall(KINDS.state.wanted, 1);
  const ms = args.has(2) ? args.milliseconds(2, 1000) : null;
  const until = ms === null ? Number.POSITIVE_INFINITY : performance.now() + ms;
  const now = () => args.scope.session.look(socket).state;
  return {
    text: `wait(${[socket.name, wanted.state, ...(ms === null ? [] : [shownMs(ms)])].join(', ')})`,
    because: `${socket.name} is ${now() ?? 'unknown'}`,
    wait: (_door, waiter) => pause(waiter, ASK_EVERY_MS),
    attempt: (): Made => {
      const state = now();
      if (state === wanted.state) return answer(state);
      if (performance.now() < until) return { result: 0, again: true };
      const text = `${socket.name} is ${state ?? 'unknown'}`;
      return { result: -errnoNumber('ETIMEDOUT'), failure: { code: 'ETIMEDOUT', text } };
    },
  };
}

/** The session waits for names by itself: once this runs, the name is given, or will never be. */
function waitForName(args: Arguments): Prepared {
  const at = args.at(0);
  const name = at.kind === 'name' ? at.name : null;
  return {
    text: `wait(${name ?? '…'})`,
    attempt: (): Made => {
      if (name === null) throw new BadCall('wait() takes a socket and a state, or a name', 0);
      const failed = args.scope.failureOf(name);
      if (failed !== undefined) return { result: -1, failure: failed };
      const socket = args.scope.sockets.get(name);
      if (socket !== undefined) {
        const value: Value = { kind: 'socket', name, fd: socket.fd };
        return { result: socket.fd, value };
      }
      const value = args.scope.values.get(name);
      if (value !== undefined) return { result: resultOf(value), value };
      args.knownSocket(0);
      return { result: 0 };
    },
  };
}

function resultOf(value: Value): number {
  if (value.kind === 'integer') return value.value;
  return value.kind === 'bytes' ? value.bytes.length : 0;
}

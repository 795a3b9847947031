/**
 * Several addresses, one connection: the next attempt begins when the one before has failed, or
 * has taken a quarter of a second; the first that succeeds wins (RFC 8305, "Happy Eyeballs").
 */
import { call, named } from '../call.ts';
import type { SocketError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import { LATE, within } from '../stream/within.ts';
import type { Target } from './addresses.ts';

/** RFC 8305 §5: "One recommended value for a default delay is 250 milliseconds." */
const HEAD_START_MS = 250;

/** What is done with one socket to connect it; the race makes and closes the sockets. */
export interface Attempt {
  /** @returns why it failed; null where the socket is connected */
  connect(socket: string, target: Target): Promise<SocketError | null>;
}

interface Ended {
  readonly socket: string;
  readonly failure: SocketError | null;
}

export interface RaceOptions {
  /** The name of the first socket; `client`. The others' have a number behind it. */
  readonly name?: string;
  /** How long an attempt may take before the next address is tried beside it, in milliseconds. */
  readonly headStartMs?: number;
}

/**
 * @returns the name of the socket that is connected, or why the last attempt failed
 */
export async function raceTo(
  session: Session,
  targets: readonly Target[],
  attempt: Attempt,
  { name = 'client', headStartMs = HEAD_START_MS }: RaceOptions = {},
): Promise<string | SocketError> {
  const waiting = interleaved(targets);
  const running = new Map<string, Promise<Ended>>();
  let failure: SocketError | null = null;
  while (waiting.length > 0 || running.size > 0) {
    const target = waiting.shift();
    if (target !== undefined) {
      const socket = freeName(name, running);
      running.set(socket, run(session, socket, target, attempt));
    }
    const first = Promise.race(running.values());
    const ended = waiting.length > 0 ? await within(headStartMs, first) : await first;
    if (ended === LATE) continue;
    running.delete(ended.socket);
    if (ended.failure === null) {
      for (const loser of running.keys()) await session.perform(call('close', loser));
      return ended.socket;
    }
    failure = ended.failure;
  }
  return failure as SocketError;
}

/** RFC 8305 §4: the families take turns, beginning with the one that the resolver prefers. */
export function interleaved(targets: readonly Target[]): Target[] {
  const preferred = targets[0]?.domain;
  const ours = targets.filter(({ domain }) => domain === preferred);
  const others = targets.filter(({ domain }) => domain !== preferred);
  const turns: Target[] = [];
  for (let i = 0; i < Math.max(ours.length, others.length); i++) {
    for (const target of [ours[i], others[i]]) if (target !== undefined) turns.push(target);
  }
  return turns;
}

/** The usual name, unless an attempt has it that is still under way. */
function freeName(base: string, running: ReadonlyMap<string, unknown>): string {
  let name = base;
  for (let number = 2; running.has(name); number++) name = `${base}_${number}`;
  return name;
}

async function run(
  session: Session,
  socket: string,
  target: Target,
  attempt: Attempt,
): Promise<Ended> {
  const made = await session.perform(
    named(socket, call('socket', target.domain, 'SOCK_STREAM', 0)),
  );
  if (made.outcome.kind === 'error') return { socket, failure: made.outcome.error };
  const failure = await attempt.connect(socket, target);
  // The winner of the race has closed it already, where this one lost.
  if (failure !== null && session.sockets.get(socket)?.open === true)
    await session.perform(call('close', socket));
  return { socket, failure };
}

/**
 * What a recording tells, without the language that it was written in: the sockets that there
 * were, which of them were connected to which, and the calls in the order in which they returned.
 * In that order a program makes them without ever waiting for itself: whatever a call waited for
 * had come by then.
 */
import type { Call } from '../../socket/call.ts';
import { formOf, type Param, paramAt } from '../../socket/calls/row.ts';
import { rowOf } from '../../socket/calls/row-of.ts';
import type { Step } from '../../socket/step.ts';
import type { Entry, Meaning, Recorded, SocketRef } from '../recording.ts';
import { Fixed } from './fixed.ts';
import { type Ahead, NOTHING_AHEAD, ReadAhead } from './read-ahead.ts';
import { addressText, passedTo } from './resolved.ts';
import { split } from './split.ts';

export type Side = 'server' | 'client';

/** A socket of the session, from its making to the end. */
export interface Sock {
  readonly made: number;
  /** The name that it was first given. */
  readonly name: string;
  readonly domain: number;
  readonly type: number;
  /** The listener that it was accepted from. */
  readonly from: Sock | null;
  /** The listener of this session that it was connected to. */
  to: Sock | null;
  /** The socket of this session at the other end of its connection. */
  peer: Sock | null;
  listens: boolean;
  /** Which of two programs it belongs to. */
  side: Side;
  /** Its addresses, as endpoints are written. */
  local: string | null;
  remote: string | null;
}

/** `cancelled`: it was blocked until something ended it. `unanswered`: it is blocked still. */
export type Fate = 'made' | 'cancelled' | 'unanswered';

export interface Act {
  readonly number: number;
  readonly call: Call;
  readonly form: readonly Param[];
  readonly meanings: readonly Meaning[];
  readonly step: Step | null;
  readonly fate: Fate;
  readonly blocked: boolean;
  /** What it is about: the first socket, or that of the FILE. */
  readonly subject: Sock | null;
  /** Whether that is still open. */
  readonly isOpen: boolean;
  /** Bytes that were read ahead by then, where the call asks the kernel, which has them no longer. */
  readonly ahead: number;
  /** How many of the bytes that it gave those had been. */
  readonly discarded: number;
  /** Those that it names as addresses, or in a list. */
  readonly others: readonly Sock[];
  readonly opened: readonly Sock[];
  /** The socket whose address it is given: by its name, or because the addresses are the same. */
  readonly target: Sock | null;
  side: Side;
}

export interface Story {
  readonly acts: readonly Act[];
  readonly sockets: readonly Sock[];
  /** Whether there are two ends that two programs can be. */
  readonly isSplit: boolean;
  readonly fixed: Fixed;
}

export function storyOf(all: readonly Recorded[]): Story {
  const teller = new Teller();
  for (const entry of inOrder(all)) teller.take(entry);
  const sockets = [...teller.socks.values()];
  const isSplit = split(teller.acts, sockets);
  return { acts: teller.acts, sockets, isSplit, fixed: new Fixed(all) };
}

/** Calls whose data goes out bit by bit while they are blocked: they stand where they began. */
const SENDS: ReadonlySet<string> = new Set([
  ...['write', 'send', 'sendto', 'fprintf', 'fflush', 'fclose', 'close'],
]);

/** Whether the call was blocked while what it sends was already on its way. */
export function sendsInPart({ blocked, call }: Pick<Act, 'blocked' | 'call'>): boolean {
  return blocked && SENDS.has(call.name);
}

/** In the order in which the calls returned. */
function inOrder(all: readonly Recorded[]): Entry[] {
  const entries = all.filter((one) => one.kind === 'line');
  const calls = entries.filter((one) => one.line.kind === 'call' && !one.skipped);
  const early = (entry: Entry) =>
    entry.step === null ||
    (entry.line.kind === 'call' &&
      sendsInPart({ blocked: entry.blocked, call: entry.line.statement.call }));
  const returned = calls
    .filter((one) => !early(one))
    .sort((a, b) => (a.step?.n ?? 0) - (b.step?.n ?? 0));
  for (const entry of calls.filter(early)) {
    const at = returned.findIndex((other) => other.number > entry.number);
    returned.splice(at === -1 ? returned.length : at, 0, entry);
  }
  return returned;
}

class Teller {
  readonly acts: Act[] = [];
  readonly socks = new Map<number, Sock>();
  private readonly closed = new Set<Sock>();
  private readonly kept = new ReadAhead();
  /** Connections that wait to be accepted, for each listener. */
  private readonly waiting = new Map<Sock, Sock[]>();

  take(entry: Entry): void {
    const { line, step, meanings, blocked, number } = entry;
    if (line.kind !== 'call') return;
    const { call } = line.statement;
    const form = formOf(rowOf(call.name), call.args) ?? [];
    const refs = call.args.map((_, i) =>
      NAMES_SOCKETS.has(paramAt(form, i).kind) ? (meanings[i]?.sockets ?? []) : [],
    );
    const known = refs.flat().map((ref) => this.sock(ref, null));
    const [subject = null, ...others] = known;
    const opened = entry.opened.map((ref) =>
      this.sock(ref, call.name === 'accept' ? subject : null),
    );
    this.see(step, [...known, ...opened]);
    const act: Act = {
      number,
      call,
      form,
      meanings,
      step,
      fate: fateOf(entry),
      blocked,
      subject,
      isOpen: subject !== null && !this.closed.has(subject),
      ...this.aheadOf(call.name, subject, step),
      others,
      opened,
      target: others[0] ?? this.at(step),
      side: 'server',
    };
    this.acts.push(act);
    if (step?.outcome.kind === 'value') this.happened(act, step.outcome.result);
    else if (step !== null && call.name === 'connect') this.connecting(act, step);
  }

  private sock({ made, name, domain, type }: SocketRef, from: Sock | null): Sock {
    const known = this.socks.get(made);
    if (known !== undefined) return known;
    const end = { to: null, peer: null, local: null, remote: null };
    const sock: Sock = { made, name, domain, type, from, ...end, listens: false, side: 'server' };
    this.socks.set(made, sock);
    return sock;
  }

  private see(step: Step | null, socks: readonly Sock[]): void {
    for (const { socket, local, peer } of step?.sockets ?? []) {
      const sock = socks.find(({ name }) => name === socket);
      if (sock === undefined) continue;
      sock.local = local ?? sock.local;
      sock.remote = peer ?? sock.remote;
    }
  }

  private aheadOf(name: string, subject: Sock | null, step: Step | null): Ahead {
    if (subject === null || step === null) return NOTHING_AHEAD;
    return this.kept.take(name, subject, step);
  }

  private happened(act: Act, result: number): void {
    const { call, subject, opened, target } = act;
    if (subject !== null && rowOf(call.name).closes) this.closed.add(subject);
    if (call.name === 'listen' && subject !== null) subject.listens = true;
    if (call.name === 'connect' && result === 0 && subject !== null && target?.listens) {
      this.connected(subject, target);
    }
    const [first, second] = opened;
    if (call.name === 'socketpair' && first !== undefined && second !== undefined) {
      first.peer = second;
      second.peer = first;
    }
    if (call.name === 'accept' && first !== undefined && subject !== null) {
      this.accepted(first, subject);
    }
  }

  /** A non-blocking connect() is under way. */
  private connecting({ subject, target }: Act, { outcome }: Step): void {
    const underWay = outcome.kind === 'error' && outcome.error.code === 'EINPROGRESS';
    if (underWay && subject !== null && target?.listens) this.connected(subject, target);
  }

  private connected(client: Sock, listener: Sock): void {
    client.to = listener;
    this.waiting.set(listener, [...(this.waiting.get(listener) ?? []), client]);
  }

  /** The one whose addresses mirror its own; a Unix socket has none, and the queue keeps its order. */
  private accepted(conn: Sock, listener: Sock): void {
    const queue = this.waiting.get(listener) ?? [];
    const mirror = queue.find(({ local }) => local !== null && local === conn.remote);
    const client = mirror ?? (conn.remote?.includes(':') && isInet(conn) ? undefined : queue[0]);
    if (client === undefined) return;
    queue.splice(queue.indexOf(client), 1);
    conn.peer = client;
    client.peer = conn;
  }

  /** The socket of this session at the address that was passed. */
  private at(step: Step | null): Sock | null {
    const address = step === null ? null : passedTo(step);
    if (address === null) return null;
    const text = addressText(address);
    return [...this.socks.values()].findLast(({ local }) => isAt(local, text)) ?? null;
  }
}

const NAMES_SOCKETS: ReadonlySet<string> = new Set([
  ...['socket', 'known socket', 'address', 'fds', 'file'],
]);

function fateOf({ step, blocked }: Entry): Fate {
  if (step === null) return 'unanswered';
  const code = step.outcome.kind === 'error' ? step.outcome.error.code : null;
  return blocked && (code === 'EINTR' || code === 'EBADF') ? 'cancelled' : 'made';
}

function isInet({ local }: Sock): boolean {
  return local?.startsWith('unix') === false;
}

/** `127.0.0.1:8888` reaches a socket that is bound to 0.0.0.0:8888. */
function isAt(local: string | null, address: string): boolean {
  if (local === null) return false;
  if (local === address) return true;
  const [, host, port] = /^(0\.0\.0\.0|\[::\]):(\d+)$/.exec(local) ?? [];
  return host !== undefined && address.endsWith(`:${port}`);
}

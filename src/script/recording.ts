/** What was entered in a session and what came of it, in order: what `.save` and `.export` write. */
import type { Arg, Call, Value } from '../socket/call.ts';
import { valueOfArg } from '../socket/calls/prepare.ts';
import { rowOf } from '../socket/calls/row-of.ts';
import { BadCall } from '../socket/errors.ts';
import type { Scope } from '../socket/scope.ts';
import type { Session } from '../socket/session/session.ts';
import type { SocketRecord } from '../socket/socket-table.ts';
import type { Change } from '../socket/state.ts';
import type { Step } from '../socket/step.ts';
import type { Evaluation } from './evaluate.ts';
import type { Line } from './statement.ts';

/** A socket at one moment. Names are given anew, and descriptors too; `made` stays. */
export interface SocketRef {
  /** 1, 2 … in the order in which the session made its sockets. */
  readonly made: number;
  readonly name: string;
  readonly fd: number;
  readonly domain: number;
  readonly type: number;
}

/** What an argument stood for when its call was made. */
export interface Meaning {
  /** Null where it stands for none: a socket, an expectation of C’s. */
  readonly value: Value | null;
  /** The sockets in it: the one that it names, that of a FILE, those inside {…} and […]. */
  readonly sockets: readonly SocketRef[];
}

/** A line that was entered. */
export interface Entry {
  readonly kind: 'line';
  readonly line: Line;
  /** Of the call’s arguments, in their order; none for a line that makes no call. */
  readonly meanings: readonly Meaning[];
  /** True in a block of C whose condition did not hold. */
  readonly skipped: boolean;
  /** Whether its call had to wait. */
  readonly blocked: boolean;
  /** What the call came to; null while it is blocked, and for a line that makes none. */
  readonly step: Step | null;
  /** Whether what came was what the line expects. */
  readonly met: boolean;
  readonly opened: readonly SocketRef[];
  /** How many lines had been entered when the call returned, this one included. */
  readonly answeredAt: number | null;
  /** Which line it is, from 1, in the order in which they were entered; some made no sense. */
  readonly number: number;
}

/** Changes that no call made, such as a peer’s FIN. */
export interface Seen {
  readonly kind: 'seen';
  readonly changes: readonly Change[];
}

export type Recorded = Entry | Seen;

/** So many of the newest lines are kept, and the data in them up to so many bytes. */
const MOST_LINES = 10_000;
const MOST_BYTES = 32 * 1024 * 1024;
/** In bulk, so that a line costs the same however many are kept. */
const SURPLUS = 1000;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class Recording {
  /** The last one last. Calls that are blocked are told of here when they return. */
  readonly all: readonly Recorded[];
  private readonly kept: Recorded[] = [];
  private readonly session: Session;
  private entered = 0;
  private bytes = 0;
  private dropped = 0;

  constructor(session: Session) {
    this.session = session;
    this.all = this.kept;
    session.watch((event) => {
      if (event.type === 'change') this.keep({ kind: 'seen', changes: event.changes });
    });
  }

  /** How many lines there were that are no longer kept. */
  get lost(): number {
    return this.dropped;
  }

  /** The line that was entered last. */
  get last(): Entry | null {
    return this.kept.findLast((one) => one.kind === 'line') ?? null;
  }

  /**
   * A line is about to be carried out: what its names stand for is known now.
   * @returns what to call with what came of it; a line that made no sense is not recorded
   */
  begin(line: Line): (evaluation: Evaluation) => void {
    const call = line.kind === 'call' ? line.statement.call : null;
    const before = call === null ? [] : meaningsOf(this.session.scope, call);
    // Counted here: while its call is made, one that was blocked may return.
    const number = ++this.entered;
    return (evaluation) => {
      const { job } = evaluation;
      const entry: Writable<Entry> = {
        kind: 'line',
        line,
        meanings: before,
        skipped: job === null && (call !== null || evaluation.notes.length > 0),
        blocked: job !== null && job.blocked !== null,
        step: null,
        met: evaluation.mismatch === null,
        opened: [],
        answeredAt: null,
        number,
      };
      this.keep(entry);
      if (job === null || call === null) return;
      job.step.then(
        (step) => this.answered(entry, call, step),
        // It was refused when a name that it waited for never came: it was never made.
        () => this.forget(entry),
      );
      evaluation.finished.then(
        (mismatch) => {
          entry.met = mismatch === null;
        },
        () => {},
      );
    };
  }

  private answered(entry: Writable<Entry>, call: Call, step: Step): void {
    const { scope } = this.session;
    entry.step = step;
    entry.answeredAt = this.entered;
    entry.opened = openedBy(scope, step);
    // Names that it waited for are known by now.
    if (entry.blocked) entry.meanings = merged(entry.meanings, meaningsOf(scope, call));
    this.weigh(bytesOf(step.outcome.kind === 'value' ? step.outcome.value : null));
  }

  private forget(entry: Entry): void {
    const at = this.kept.indexOf(entry);
    if (at !== -1) this.kept.splice(at, 1);
  }

  private keep(one: Recorded): void {
    this.kept.push(one);
    if (one.kind === 'line') this.weigh(weightOf(one));
    if (this.kept.length > MOST_LINES + SURPLUS) this.drop(SURPLUS);
  }

  private weigh(bytes: number): void {
    this.bytes += bytes;
    while (this.bytes > MOST_BYTES && this.kept.length > 1) this.drop(1);
  }

  private drop(count: number): void {
    for (const one of this.kept.splice(0, count)) {
      if (one.kind !== 'line') continue;
      this.dropped++;
      const { outcome } = one.step ?? {};
      const came = outcome?.kind === 'value' ? outcome.value : null;
      this.bytes -= weightOf(one) + bytesOf(came);
    }
  }
}

function meaningsOf(scope: Scope, call: Call): Meaning[] {
  return call.args.map((arg) => ({ value: valueIn(scope, arg), sockets: socketsIn(scope, arg) }));
}

function valueIn(scope: Scope, arg: Arg): Value | null {
  if (arg.kind === 'list' || arg.kind === 'state' || arg.kind === 'duration') return null;
  try {
    return valueOfArg(scope, arg);
  } catch (error) {
    // A socket’s name, a host that is a name, a field of {conn, POLLIN}: no values of their own.
    if (error instanceof BadCall || error instanceof RangeError) return null;
    throw error;
  }
}

function socketsIn(scope: Scope, arg: Arg): SocketRef[] {
  switch (arg.kind) {
    case 'name': {
      const record = scope.sockets.get(arg.name) ?? scope.files.get(arg.name)?.socket;
      return record === undefined ? [] : [refOf(record)];
    }
    case 'integer': {
      const record = scope.sockets.byDescriptor(arg.value);
      return record === undefined ? [] : [refOf(record)];
    }
    case 'struct':
      return arg.fields.slice(0, 1).flatMap((field) => socketsIn(scope, field));
    case 'list':
      return arg.items.flatMap((item) => socketsIn(scope, item));
    default:
      return [];
  }
}

function openedBy(scope: Scope, { call, outcome }: Step): SocketRef[] {
  // wait(conn) gives a socket, too, and makes none.
  if (outcome.kind === 'error' || rowOf(call.name).makesSocket !== true) return [];
  const { value } = outcome;
  const opened = value.kind === 'socket' ? [value] : value.kind === 'pair' ? value.sockets : [];
  return opened.flatMap(({ name }) => {
    const record = scope.sockets.get(name);
    return record === undefined ? [] : [refOf(record)];
  });
}

function refOf({ made, name, fd, domain, type }: SocketRecord): SocketRef {
  return { made, name, fd, domain, type };
}

/** What was known before it was made goes first: the call itself may have given a name anew. */
function merged(before: readonly Meaning[], after: readonly Meaning[]): Meaning[] {
  return after.map((now, i) => {
    const then = before[i];
    const known = then !== undefined && (then.value !== null || then.sockets.length > 0);
    return known ? then : now;
  });
}

function weightOf({ meanings }: Entry): number {
  return meanings.reduce((sum, { value }) => sum + bytesOf(value), 0);
}

function bytesOf(value: Value | null): number {
  return value?.kind === 'bytes' || value?.kind === 'record' ? value.bytes.length : 0;
}

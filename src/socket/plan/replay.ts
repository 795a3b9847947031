/** One side of a recorded connection, sent again; the answers are held against the recorded ones. */
import type { Entry, Side } from '../../wire/record.ts';
import type { Session } from '../session/session.ts';
import type { Connection } from '../stream/connection.ts';

/** What happens on one connection, in order. */
export interface Recorded {
  /** The connection's number in the recording. */
  readonly connection: number;
  readonly turns: readonly Turn[];
  /** Whether it was lost then, and not ended in order: how it ends is not compared. */
  readonly lost: boolean;
}

/** One side sends. */
export interface Turn {
  readonly from: Side;
  /** Null is its end: FIN. */
  readonly bytes: Uint8Array | null;
  /** Microseconds since the connection was opened. */
  readonly timeUs: number;
}

/** Where the answer is another one. Offsets count all that was received on the connection. */
export type Difference =
  | {
      readonly kind: 'other';
      readonly offset: number;
      readonly expected: Uint8Array;
      readonly came: Uint8Array;
    }
  /** The peer ended before so many of the bytes had come. */
  | { readonly kind: 'short'; readonly offset: number; readonly missing: number }
  /** The peer had ended here. */
  | { readonly kind: 'more'; readonly offset: number; readonly came: Uint8Array };

export interface ReplayOptions {
  /** Whether pauses are kept as they were recorded. */
  readonly timing: boolean;
}

/** How much of a difference is kept to be shown. */
const SHOWN = 32;
/** Bytes of an answer that are read at a time. */
const PIECE = 64 * 1024;

/** The connections of a recording, in the order in which they were opened. */
export function recordedIn(entries: Iterable<Entry>): Recorded[] {
  const open = new Map<number, { openedUs: number; turns: Turn[]; lost: boolean }>();
  for (const entry of entries) {
    if (entry.type === 'recording') continue;
    const { connection, timeUs } = entry;
    const known = open.get(connection) ?? { openedUs: timeUs, turns: [], lost: false };
    open.set(connection, known);
    const since = timeUs - known.openedUs;
    if (entry.type === 'close') known.lost = entry.errno !== null;
    if (entry.type === 'end') known.turns.push({ from: entry.from, bytes: null, timeUs: since });
    if (entry.type === 'data')
      known.turns.push({ from: entry.from, bytes: entry.bytes, timeUs: since });
  }
  return [...open].map(([connection, { turns, lost }]) => ({ connection, turns, lost }));
}

/**
 * Does what the client did, and compares what the server answers, byte for byte. What was sent
 * after an answer is sent after that answer; answers are read all the while, so that neither side
 * waits for the other to take what it has.
 * @returns the first difference; null where there is none
 * @throws SocketError where the connection is lost, and was not then; ETIMEDOUT where it stands still
 */
export async function replay(
  session: Session,
  connection: Connection,
  recorded: Recorded,
  { timing }: ReplayOptions,
): Promise<Difference | null> {
  const heard = new Count();
  const answers = listen(connection, recorded, heard);
  const pause = timing ? (ms: number) => session.pause(ms) : null;
  const sending = speak(connection, recorded.turns, heard, pause);
  sending.catch(() => {});
  const difference = await Promise.race([answers, sending.then(() => answers)]);
  if (difference === null) await connection.patient(sending);
  return difference;
}

async function speak(
  connection: Connection,
  turns: readonly Turn[],
  heard: Count,
  pause: ((ms: number) => Promise<unknown>) | null,
): Promise<void> {
  const began = performance.now();
  let before = 0;
  for (const { from, bytes, timeUs } of turns) {
    if (from === 'server') {
      if (bytes !== null) before++;
      continue;
    }
    await heard.reaches(before);
    const early = timeUs / 1000 - (performance.now() - began);
    if (early > 0) await pause?.(early);
    if (bytes === null) await connection.halfClose();
    else await sendAll(connection, bytes);
  }
}

async function listen(
  connection: Connection,
  { turns, lost }: Recorded,
  heard: Count,
): Promise<Difference | null> {
  let received = 0;
  for (const { from, bytes } of turns) {
    if (from === 'client' || bytes === null) continue;
    const difference = await answer(connection, bytes, received);
    if (difference !== null) return difference;
    received += bytes.length;
    heard.add();
  }
  const ended = turns.some(({ from, bytes }) => from === 'server' && bytes === null);
  return ended && !lost ? endOf(connection, received) : null;
}

/** How many answers have come, for whoever waits for them. */
class Count {
  private value = 0;
  private wake: () => void = () => {};

  add(): void {
    this.value++;
    this.wake();
  }

  async reaches(value: number): Promise<void> {
    while (this.value < value) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

async function sendAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  await connection.sink.write(bytes);
  while (connection.sink.busy !== null) await connection.sink.busy;
}

async function answer(
  connection: Connection,
  expected: Uint8Array,
  offset: number,
): Promise<Difference | null> {
  const into = new Uint8Array(Math.min(PIECE, expected.length));
  for (let at = 0; at < expected.length; ) {
    const came = await read(connection, into.subarray(0, expected.length - at));
    if (came.length === 0)
      return { kind: 'short', offset: offset + at, missing: expected.length - at };
    const wrong = came.findIndex((byte, i) => byte !== expected[at + i]);
    if (wrong !== -1) {
      return {
        kind: 'other',
        offset: offset + at + wrong,
        expected: expected.slice(at + wrong, at + wrong + SHOWN),
        came: came.slice(wrong, wrong + SHOWN),
      };
    }
    at += came.length;
  }
  return null;
}

/** The server ended then, so it must end now. */
async function endOf(connection: Connection, offset: number): Promise<Difference | null> {
  const came = await read(connection, new Uint8Array(SHOWN));
  return came.length === 0 ? null : { kind: 'more', offset, came: came.slice() };
}

/** What comes next: at least one byte, or none at the end. */
async function read({ source }: Connection, into: Uint8Array): Promise<Uint8Array> {
  for (;;) {
    const count = await source.read(into);
    if (count >= 0) return into.subarray(0, count);
    await source.readable();
  }
}

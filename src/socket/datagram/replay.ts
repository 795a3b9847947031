/** One side of recorded datagrams, sent again; each answer is held against the recorded one. */
import type { Difference, Recorded, ReplayOptions } from '../plan/replay.ts';
import type { Session } from '../session/session.ts';
import type { Exchange } from './exchange.ts';
import { noEvidence, Silence } from './silence.ts';

/** How much of a difference is kept to be shown. */
const SHOWN = 32;

export interface DatagramReplayOptions extends ReplayOptions {
  /** How long an answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Sends what the client sent, and waits for each answer where it came then: order and borders count.
 * @returns the first difference; null where there is none. Offsets are those in the datagram.
 * @throws SocketError where the peer refuses; ETIMEDOUT where an answer does not come
 */
export async function replayDatagrams(
  session: Session,
  exchange: Exchange,
  { turns }: Recorded,
  { timing, timeoutMs }: DatagramReplayOptions,
): Promise<Difference | null> {
  const began = performance.now();
  const silence = new Silence(() => exchange.stop());
  for (const { from, bytes, timeUs } of turns) {
    if (bytes === null) continue;
    if (from === 'client') {
      const early = timeUs / 1000 - (performance.now() - began);
      if (timing && early > 0) await session.pause(early);
      await exchange.send(bytes);
      continue;
    }
    silence.within(timeoutMs);
    const answer = await exchange.receive().finally(() => silence.stop());
    if (answer === null) throw noEvidence(timeoutMs, exchange);
    const difference = compare(bytes, answer.bytes);
    if (difference !== null) return difference;
  }
  return null;
}

function compare(expected: Uint8Array, came: Uint8Array): Difference | null {
  const shorter = Math.min(expected.length, came.length);
  for (let at = 0; at < shorter; at++) {
    if (expected[at] === came[at]) continue;
    const part = (bytes: Uint8Array) => bytes.slice(at, at + SHOWN);
    return { kind: 'other', offset: at, expected: part(expected), came: part(came) };
  }
  if (came.length > shorter)
    return { kind: 'more', offset: shorter, came: came.slice(shorter, shorter + SHOWN) };
  if (expected.length > shorter)
    return { kind: 'short', offset: shorter, missing: expected.length - shorter };
  return null;
}

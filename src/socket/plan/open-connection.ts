/** Connecting as a plan of calls: socket, bind where asked, connect; all addresses are tried. */
import { call } from '../call.ts';
import type { SocketError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import type { Connection } from '../stream/connection.ts';
import { SocketConnection } from '../stream/socket-connection.ts';
import {
  type Family,
  type InternetEndpoint,
  type StreamEndpoint,
  type Target,
  targetsFor,
  targetsInTime,
} from './addresses.ts';
import { noDelay } from './no-delay.ts';
import { raceTo } from './race.ts';

export interface ConnectOptions {
  readonly family: Family;
  /** How long it may take to resolve the name, connect to one of its addresses and make it secure, in milliseconds. */
  readonly timeoutMs: number;
  /** Keep trying for so long while nobody listens, in milliseconds; 0 tries once. */
  readonly retryMs: number;
  /** The local address to connect from. */
  readonly source: InternetEndpoint | null;
  /** A wait for bytes without progress ends after so long; null waits for ever. */
  readonly patienceMs: number | null;
  /** How long an address may take before the next one is tried beside it; left out: RFC 8305's. */
  readonly headStartMs?: number;
  /** What the socket is called in the session; left out: `client`. */
  readonly name?: string;
  /** Puts TLS on the connection that stands. Where that fails, no other address is tried. */
  readonly secure: SecureClient | null;
}

/**
 * @param leftMs what is left of the time for connecting
 * @throws SocketError where it fails; the connection below is closed then
 */
export type SecureClient = (raw: Connection, leftMs: number) => Promise<Connection>;

/** The pause between two rounds of a retry grows from the first to the second, in milliseconds. */
const RETRY_FROM_MS = 20;
const RETRY_TO_MS = 500;

/**
 * @throws SocketError of the last address that was tried; of the resolver; of what makes it secure,
 *   which is not tried again
 */
export async function openConnection(
  session: Session,
  endpoint: StreamEndpoint,
  options: ConnectOptions,
): Promise<Connection> {
  const until = performance.now() + options.retryMs;
  for (let pause = RETRY_FROM_MS; ; pause = Math.min(2 * pause, RETRY_TO_MS)) {
    const deadline = performance.now() + options.timeoutMs;
    const result = await tryAll(session, endpoint, options, deadline);
    if (result instanceof SocketConnection)
      return options.secure?.(result, Math.max(1, deadline - performance.now())) ?? result;
    const left = until - performance.now();
    if (left <= 0 || !(await session.pause(Math.min(pause, left)))) throw result;
  }
}

async function tryAll(
  session: Session,
  endpoint: StreamEndpoint,
  options: ConnectOptions,
  deadline: number,
): Promise<SocketConnection | SocketError> {
  const targets = await targetsInTime(endpoint, options.family, options.timeoutMs);
  const attempt = {
    connect: async (socket: string, target: Target) =>
      (await bindSource(session, socket, target, options)) ??
      (await tryOne(session, socket, target, deadline)),
  };
  const winner = await raceTo(session, targets, attempt, options);
  if (typeof winner !== 'string') return winner;
  noDelay(session, winner);
  return new SocketConnection(session, winner, options.patienceMs);
}

async function bindSource(
  session: Session,
  socket: string,
  { domain }: Target,
  { source, family }: ConnectOptions,
): Promise<SocketError | null> {
  if (source === null) return null;
  const targets = await targetsFor(source, family, 'bind');
  // A name may have an address of each family; one that does not suit is for bind() to refuse.
  const target = targets.find((one) => one.domain === domain) ?? targets[0];
  if (target === undefined) return null;
  const { outcome } = await session.perform(call('bind', socket, target.address));
  return outcome.kind === 'error' ? outcome.error : null;
}

async function tryOne(
  session: Session,
  socket: string,
  { address }: Target,
  deadline: number,
): Promise<SocketError | null> {
  const job = session.start(call('connect', socket, address));
  const left = Math.max(0, deadline - performance.now());
  const timer = setTimeout(() => job.interrupt('ETIMEDOUT'), left);
  const { outcome } = await job.step.finally(() => clearTimeout(timer));
  return outcome.kind === 'error' ? outcome.error : null;
}

/** Connecting as a plan of calls: socket, bind where asked, connect; the next address on failure. */
import { call, named } from '../call.ts';
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
} from './addresses.ts';

export interface ConnectOptions {
  readonly family: Family;
  /** How long one attempt to connect may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Keep trying for so long while nobody listens, in milliseconds; 0 tries once. */
  readonly retryMs: number;
  /** The local address to connect from. */
  readonly source: InternetEndpoint | null;
  /** A wait for bytes without progress ends after so long; null waits for ever. */
  readonly patienceMs: number | null;
  /** Puts TLS on the connection that stands. Where that fails, no other address is tried. */
  readonly secure: Secure | null;
}

/** @throws SocketError where it fails; the connection below is closed then */
export type Secure = (raw: Connection) => Promise<Connection>;

/** The pause between two rounds of a retry grows from the first to the second, in milliseconds. */
const RETRY_FROM_MS = 20;
const RETRY_TO_MS = 500;

/** @throws SocketError of the last address that was tried */
export async function openConnection(
  session: Session,
  endpoint: StreamEndpoint,
  options: ConnectOptions,
): Promise<Connection> {
  const until = performance.now() + options.retryMs;
  for (let pause = RETRY_FROM_MS; ; pause = Math.min(2 * pause, RETRY_TO_MS)) {
    const result = await tryAll(session, endpoint, options);
    if (result instanceof SocketConnection) return options.secure?.(result) ?? result;
    const left = until - performance.now();
    if (left <= 0) throw result;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)));
  }
}

async function tryAll(
  session: Session,
  endpoint: StreamEndpoint,
  options: ConnectOptions,
): Promise<Connection | SocketError> {
  let failure: SocketError | null = null;
  for (const { domain, address } of await targetsFor(endpoint, options.family, 'connect')) {
    const made = await session.perform(named('client', call('socket', domain, 'SOCK_STREAM', 0)));
    if (made.outcome.kind === 'error') {
      failure = made.outcome.error;
      continue;
    }
    failure =
      (await bindSource(session, options)) ?? (await tryOne(session, address, options.timeoutMs));
    if (failure === null) return new SocketConnection(session, 'client', options.patienceMs);
    await session.perform(call('close', 'client'));
  }
  return failure as SocketError;
}

async function bindSource(
  session: Session,
  { source, family }: ConnectOptions,
): Promise<SocketError | null> {
  if (source === null) return null;
  const [target] = await targetsFor(source, family, 'bind');
  if (target === undefined) return null;
  const { outcome } = await session.perform(call('bind', 'client', target.address));
  return outcome.kind === 'error' ? outcome.error : null;
}

async function tryOne(
  session: Session,
  address: Target['address'],
  timeoutMs: number,
): Promise<SocketError | null> {
  const job = session.start(call('connect', 'client', address));
  const timer = setTimeout(() => job.interrupt('ETIMEDOUT'), timeoutMs);
  const { outcome } = await job.step.finally(() => clearTimeout(timer));
  return outcome.kind === 'error' ? outcome.error : null;
}

/** `send` as a plan of calls on one connection. */
import { errnoNumber } from '../../sys/platform.ts';
import type { Expectation } from '../../wire/expectation.ts';
import type { Reply } from '../../wire/reply.ts';
import { type Arg, call } from '../call.ts';
import { SocketError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import type { Connection } from '../stream/connection.ts';
import { nowhere } from '../stream/nowhere.ts';
import { pump, READS_A_TURN } from '../stream/pump.ts';
import type { Sink, Source } from '../stream/stream.ts';
import { isUnix, type StreamEndpoint } from './addresses.ts';
import { type ClientEvents, type ClientOptions, connected } from './client.ts';
import { OwnTurn } from './own-turn.ts';
import { cutOff } from './receive.ts';
import { Replies } from './replies.ts';

export interface SendOptions extends ClientOptions {
  /** A source can be sent once only. */
  readonly message: Uint8Array | Source;
  /** How often the message is sent. */
  readonly repeat: number;
  /** The pause between two of them, in milliseconds. */
  readonly gapMs: number;
  readonly reply: Reply;
  /** What each reply must be; null takes any. */
  readonly expected: Expectation | null;
  readonly output: Sink;
}

/**
 * The message, and the reply to it. A reply that goes on to the peer's end, or is not waited for,
 * comes after our FIN, and is one for all messages; else each message has its own, and no FIN is
 * sent before the last, since many servers take it for the end of everything.
 * @throws SocketError as connect() does; ETIMEDOUT where the reply makes no progress. UnmetReply.
 */
export async function send(
  session: Session,
  endpoint: StreamEndpoint,
  options: SendOptions,
  events: ClientEvents,
): Promise<void> {
  await connected(session, endpoint, options, events, async (connection) => {
    const sender = new Sender(session, connection, options);
    if (options.reply.kind === 'eof') await sender.allThenReply();
    else if (options.reply.kind !== 'none') await sender.eachWithReply();
    else await sender.withoutReply(() => lingering(session, endpoint, connection, options));
  });
}

class Sender {
  private readonly session: Session;
  private readonly connection: Connection;
  private readonly options: SendOptions;
  private readonly turn = new OwnTurn();

  constructor(session: Session, connection: Connection, options: SendOptions) {
    this.session = session;
    this.connection = connection;
    this.options = options;
  }

  async allThenReply(): Promise<void> {
    // The reply may begin, and fill the buffers, before the message is out: read meanwhile.
    const reply = this.replies().next();
    const sent = this.all();
    // A peer that is done before it has all of the message: its reply counts, then the failure.
    sent.catch(() => {});
    const cut = await cutOff(reply);
    await this.connection.patient(sent);
    if (cut !== null) throw cut;
  }

  async eachWithReply(): Promise<void> {
    const replies = this.replies();
    for (let n = 0; n < this.options.repeat; n++) {
      if (n > 0) await this.pause();
      const sent = this.one();
      sent.catch(() => {});
      await replies.next();
      await this.connection.patient(sent);
    }
  }

  /** What the peer says is thrown away: left unread it would fill the buffers, and close() reset. */
  async withoutReply(closed: () => Promise<void>): Promise<void> {
    const { source, buffer } = this.connection;
    let lost: unknown = null;
    const inbound = pump(this.turn.patientWith(source), nowhere, buffer).catch((error) => {
      lost = error;
    });
    const sent = this.all();
    sent.catch(() => {});
    // A peer that takes nothing is told by whoever reads: there is no progress in any direction.
    const rest = inbound.then(() => (lost === null ? this.connection.patient(sent) : undefined));
    await Promise.race([sent, rest]);
    const closing = lost === null ? closed() : Promise.resolve();
    closing.catch(() => {});
    await Promise.race([closing, inbound.then(() => (lost === null ? closing : undefined))]);
    // That the socket is ours no more is how our own close() ends the reading.
    if (lost instanceof SocketError && lost.code === 'EBADF') return;
    if (lost !== null) throw lost;
  }

  private replies(): Replies {
    const { connection, options, turn } = this;
    const { reply, expected, output } = options;
    const { buffer } = connection;
    return new Replies(turn.patientWith(connection.source), { reply, expected, output, buffer });
  }

  private async all(): Promise<void> {
    for (let n = 0; n < this.options.repeat; n++) {
      if (n > 0) await this.pause();
      if (n % READS_A_TURN === READS_A_TURN - 1) await new Promise((next) => setImmediate(next));
      await this.one();
    }
    await this.connection.halfClose();
  }

  /** Returns when the kernel has taken the whole message. */
  private async one(): Promise<void> {
    const { sink } = this.connection;
    const { message } = this.options;
    if (message instanceof Uint8Array) await sink.write(message);
    else await pump(this.turn.waitingFor(message), sink);
    while (sink.busy !== null) await sink.busy;
  }

  private async pause(): Promise<void> {
    const { gapMs } = this.options;
    if (gapMs === 0) return;
    await this.turn.during(this.session.pause(gapMs));
  }
}

/**
 * close(), which waits until the peer's kernel has everything (socket(7), SO_LINGER). Without that,
 * bytes that the peer sends after our close() would be answered with RST, and what is still on its
 * way to it would be lost. A Unix socket's peer has it at once.
 */
async function lingering(
  session: Session,
  endpoint: StreamEndpoint,
  connection: Connection,
  { patienceMs }: SendOptions,
): Promise<void> {
  if (isUnix(endpoint)) return connection.close();
  const seconds = patienceMs === null ? MOST_SECONDS : Math.max(1, Math.ceil(patienceMs / 1000));
  const linger: Arg = {
    kind: 'struct',
    fields: [
      { kind: 'integer', value: 1 },
      { kind: 'integer', value: seconds },
    ],
  };
  const { name, local, remote } = connection;
  await session.perform(call('setsockopt', name, 'SOL_SOCKET', 'SO_LINGER', linger));
  const began = performance.now();
  await connection.close();
  if (performance.now() - began < seconds * 1000) return;
  const text = session.sys.strerror(errnoNumber('ETIMEDOUT'));
  throw new SocketError({ call: 'close', code: 'ETIMEDOUT', text }, { local, remote });
}

/** A day: for ever, as far as a peer's kernel is concerned. */
const MOST_SECONDS = 86_400;

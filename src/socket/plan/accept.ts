/** Taking connections from a listener: by steps where somebody watches, else by accept4(2) alone. */
import { errnoNumber } from '../../sys/platform.ts';
import { ADDRESS_STORAGE } from '../../sys/sockaddr.ts';
import { outBuffer } from '../../sys/sys.ts';
import { call, named } from '../call.ts';
import { SocketError, socketError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import type { SocketRecord } from '../socket-table.ts';
import { AcceptedConnection, type Listener } from '../stream/accepted-connection.ts';
import type { Connection } from '../stream/connection.ts';
import { READS_A_TURN } from '../stream/pump.ts';
import { SocketConnection } from '../stream/socket-connection.ts';

const EAGAIN = -errnoNumber('EAGAIN');
const EINTR = -errnoNumber('EINTR');

/** How long to wait before accept() is tried again when there are no descriptors left. */
const EXHAUSTED_MS = 100;

/** macOS has none. */
const HAS_ACCEPT4 = process.platform === 'linux';

const peer = outBuffer(ADDRESS_STORAGE);
const peerBytes = Buffer.from(peer.bytes.buffer, peer.bytes.byteOffset, peer.bytes.byteLength);

const NO_ROOM: readonly string[] = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];

/** Takes the connections of the socket `server`, in the order of the kernel's queue. */
export class Acceptor implements Listener {
  readonly session: Session;
  readonly local: string;
  private readonly exhausted: (error: SocketError) => void;
  /** Whether none had come when it last looked. */
  private dry = false;
  /** How many it has taken since others last had a turn. */
  private taken = 0;

  /** @param exhausted told once when no descriptor is left; then it waits and tries again */
  constructor(session: Session, local: string, exhausted: (error: SocketError) => void) {
    this.session = session;
    this.local = local;
    this.exhausted = exhausted;
  }

  /** One that has come already, at once; null where there is none, or next() is to be asked. */
  now(number: number): Connection | null {
    const { session } = this;
    if (this.taken >= READS_A_TURN) return null;
    const server = session.sockets.get('server');
    if (!HAS_ACCEPT4 || !session.unseen || server?.open !== true) return null;
    const answer = this.plainly(server, number);
    if (answer === null || answer instanceof SocketError) return null;
    this.taken++;
    return answer;
  }

  /**
   * @param number the connection is called conn1, conn2 …
   * @returns null when the listener was closed meanwhile
   */
  async next(number: number): Promise<Connection | null> {
    for (let told = false; ; ) {
      const server = this.session.sockets.get('server');
      if (server?.open !== true) return null;
      if (this.dry) {
        this.dry = false;
        this.taken = 0;
        await this.session.readiness.wait(server.fd, 'readable');
        continue;
      }
      // While connections keep coming, accept() never blocks: those that stand have their turns, too,
      // also where each of these is refused.
      if (this.taken >= READS_A_TURN) {
        this.taken = 0;
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      // A watcher may come while it waits: asked anew each time.
      const plain = HAS_ACCEPT4 && this.session.unseen;
      const answer = plain ? this.plainly(server, number) : await this.step(number);
      if (answer === null) continue;
      if (!(answer instanceof SocketError)) {
        this.taken++;
        return answer;
      }
      if (answer.code === 'EBADF') return null;
      if (NO_ROOM.includes(answer.code)) {
        // accept(2): the connection stays in the queue, so readiness alone would spin.
        if (!told) this.exhausted(answer);
        told = true;
        await new Promise((resolve) => setTimeout(resolve, EXHAUSTED_MS));
      } else if (answer.code !== 'ECONNABORTED' && answer.code !== 'EPROTO') {
        throw answer;
      }
    }
  }

  /** @returns null where none has come yet */
  private plainly({ fd }: SocketRecord, number: number): AcceptedConnection | SocketError | null {
    const { session, local } = this;
    const taken = session.sys.accept4(fd, peer);
    if (taken >= 0) return new AcceptedConnection(this, taken, number, packed());
    this.dry = taken === EAGAIN;
    if (taken === EAGAIN || taken === EINTR) return null;
    return socketError(session.sys, 'accept', taken, { local });
  }

  private async step(number: number): Promise<SocketConnection | SocketError> {
    const name = `conn${number}`;
    const { outcome } = await this.session.perform(named(name, call('accept', 'server')));
    return outcome.kind === 'value' ? new SocketConnection(this.session, name) : outcome.error;
  }
}

/** The peer's address, a character a byte. */
function packed(): string {
  return peerBytes.toString('latin1', 0, Math.min(peer.length[0] ?? 0, peerBytes.length));
}

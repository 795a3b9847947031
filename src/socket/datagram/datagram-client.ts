/** A connected datagram socket: one peer, and the kernel lets nobody else in. */
import { errnoNumber } from '../../sys/platform.ts';
import { ADDRESS_STORAGE } from '../../sys/sockaddr.ts';
import { outBuffer, type Result, written } from '../../sys/sys.ts';
import { type Call, call } from '../call.ts';
import type { Session } from '../session/session.ts';
import { succeeded } from '../step.ts';
import { type Peer, peerAt, tooLong } from './datagram.ts';
import { DatagramSocket } from './datagram-socket.ts';

export class DatagramClient extends DatagramSocket {
  /** The peer's address, as an endpoint is written. */
  readonly remote: string | null;
  private readonly peer: Peer | null;

  /** @param name of a socket that is connected */
  constructor(session: Session, name: string) {
    super(session, name);
    this.remote = session.endsOf(this.record).remote ?? null;
    const address = outBuffer(ADDRESS_STORAGE);
    const result = session.sys.getpeername(this.record.fd, address);
    this.peer = result < 0 ? null : peerAt(written(address));
  }

  /**
   * Sends one datagram, and waits while the kernel has no room for it.
   * @throws SocketError; ECONNREFUSED tells of one that was sent earlier, and this one is not sent then
   */
  async send(bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.most) {
      const where = { local: this.local, remote: this.remote };
      throw tooLong(this.most, `${bytes.length} were given`, where);
    }
    if (this.session.watched) {
      succeeded(await this.session.perform(call('send', this.name, bytes)));
    } else {
      await this.sendPlainly(bytes);
    }
    this.bytesOut += bytes.length;
  }

  private async sendPlainly(bytes: Uint8Array): Promise<void> {
    const { record, session } = this;
    for (;;) {
      const result = record.open ? session.sys.send(record.fd, bytes, 0) : -errnoNumber('EBADF');
      if (result >= 0) return;
      if (result === -errnoNumber('EAGAIN')) await session.readiness.wait(record.fd, 'writable');
      else if (result !== -errnoNumber('EINTR')) throw this.failed('send', result);
    }
  }

  protected override take(into: Uint8Array, flags: number): Result {
    return this.session.sys.recv(this.record.fd, into, flags);
  }

  protected override taking(room: number, flag: string | null): Call {
    return call('recv', this.name, room, ...(flag === null ? [] : [flag]));
  }

  protected override sender(): Peer | null {
    return this.peer;
  }
}

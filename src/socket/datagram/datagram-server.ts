/** A bound socket that hears from many peers, and answers each of them. */
import { intBytes } from '../../sys/memory.ts';
import { Message, pktinfoOption } from '../../sys/message.ts';
import { errnoNumber } from '../../sys/platform.ts';
import { ADDRESS_STORAGE } from '../../sys/sockaddr.ts';
import { outBuffer, type Result, written } from '../../sys/sys.ts';
import { type Call, call } from '../call.ts';
import { SocketError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import { type Step, succeeded } from '../step.ts';
import { canBeWritten, type Peer, peerArg, peerAt, tooLong, UDP_ROOM } from './datagram.ts';
import { DatagramSocket } from './datagram-socket.ts';

/** A Unix peer that does not read must not hold the server up for longer. */
const NO_ROOM_MS = 1000;
const LOOK_EVERY_MS = 10;

export class DatagramServer extends DatagramSocket {
  private readonly from = outBuffer(ADDRESS_STORAGE);
  /**
   * Bound to every address, a socket answers from the one that the routes prefer, and a peer that
   * wrote to another takes no notice: so the kernel is asked which it was (ip(7), IP_PKTINFO).
   * Null where there is one address only; where each call is a step, which these are not.
   */
  private readonly message: Message | null;

  /** @param name of a socket that is bound */
  constructor(session: Session, name: string) {
    super(session, name);
    this.message = this.asksWhereTo() ? new Message(new Uint8Array(UDP_ROOM)) : null;
  }

  private asksWhereTo(): boolean {
    const { local, session, record } = this;
    if (session.watched || !/^(0\.0\.0\.0|\[::\]):/.test(local ?? '')) return false;
    const { level, option } = pktinfoOption(local?.startsWith('[') ? 'inet6' : 'inet');
    const on = intBytes(1);
    return (
      process.platform === 'linux' && session.sys.setsockopt(record.fd, level, option, on) >= 0
    );
  }

  /**
   * Sends one datagram.
   * @throws SocketError where the kernel does not take it; the server can go on after it
   */
  async sendTo(peer: Peer, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.most) {
      const where = { local: this.local, remote: peer.name };
      throw tooLong(this.most, `${bytes.length} were given`, where);
    }
    const until = performance.now() + NO_ROOM_MS;
    while (!(await this.handOver(peer, bytes))) {
      if (!this.isOpen) throw this.failed('sendto', -errnoNumber('EBADF'), peer);
      if (!this.isUnix) {
        await this.session.readiness.wait(this.record.fd, 'writable');
        continue;
      }
      if (performance.now() > until) throw this.noRoom(peer);
      // Its queue may be full instead of our buffer: no readiness of ours tells when it is not.
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    this.bytesOut += bytes.length;
  }

  /** @returns whether the kernel has taken it; false where it must wait */
  private async handOver(peer: Peer, bytes: Uint8Array): Promise<boolean> {
    if (!this.isOpen) return false;
    // Calls are made of text. A name that is none is answered all the same, without a call line.
    if (this.session.watched && (!this.isUnix || canBeWritten(peer)))
      return this.byStepTo(peer, bytes);
    const { sys } = this.session;
    const { fd } = this.record;
    const result =
      this.message === null || peer.via === undefined
        ? sys.sendto(fd, bytes, 0, peer.address)
        : sys.sendmsg(fd, this.message.toSend(bytes, peer.address, peer.via), 0);
    if (result >= 0) return true;
    if (result === -errnoNumber('EAGAIN') || result === -errnoNumber('EINTR')) return false;
    throw this.failed('sendto', result, peer);
  }

  private async byStepTo(peer: Peer, bytes: Uint8Array): Promise<boolean> {
    // Without the flag the session would wait for our own buffer, which has room, and try for ever.
    const flags = this.isUnix ? ['MSG_DONTWAIT'] : [];
    const step = await this.session.perform(
      call('sendto', this.name, bytes, ...flags, peerArg(peer)),
    );
    if (step.outcome.kind === 'error' && step.outcome.error.code === 'EAGAIN') return false;
    succeeded(step);
    return true;
  }

  private noRoom({ name }: Peer): SocketError {
    // What lies unread in anybody's queue counts as our send buffer's (unix(7), SO_SNDBUF).
    const text = `no room for ${NO_ROOM_MS / 1000} s: this peer, or another one, does not read`;
    const failure = { call: 'sendto', code: 'EAGAIN', text };
    return new SocketError(failure, { local: this.local, remote: name });
  }

  protected override take(into: Uint8Array, flags: number): Result {
    const { message, session, record } = this;
    if (message === null) return session.sys.recvfrom(record.fd, into, flags, this.from);
    const length = session.sys.recvmsg(record.fd, message.toReceive(), flags);
    if (length > 0) into.set(message.data.subarray(0, length));
    return length;
  }

  protected override taking(room: number, flag: string | null): Call {
    return call('recvfrom', this.name, room, ...(flag === null ? [] : [flag]));
  }

  protected override sender(step: Step | null): Peer | null {
    if (step === null && this.message !== null)
      return peerAt(this.message.sender, this.message.via ?? undefined);
    if (step === null) return peerAt(written(this.from));
    const from = step.details.find((detail) => detail.kind === 'from');
    return from === undefined ? null : peerAt(from.bytes);
  }
}

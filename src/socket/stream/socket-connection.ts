/** A connected socket as a stream: by steps where somebody watches, else by plain reads and writes. */
import { errnoNumber } from '../../sys/platform.ts';
import { type Arg, call } from '../call.ts';
import { SocketError } from '../errors.ts';
import type { Job } from '../session/job.ts';
import type { Session } from '../session/session.ts';
import { type Step, succeeded } from '../step.ts';
import type { Connection, Loan } from './connection.ts';
import { copied, DescriptorSink } from './descriptor-stream.ts';
import { nothingMoved, untilStalled, whenStalled } from './idle.ts';
import { SocketSource } from './socket-source.ts';
import type { Descriptor, Sink, Source } from './stream.ts';

/** A read that is a step takes at most this much. */
const STEP_BYTES = 64 * 1024;

export class SocketConnection implements Connection {
  /** The socket's name in the session. */
  readonly name: string;
  readonly local: string | null;
  readonly remote: string | null;
  readonly source: Source;
  readonly sink: Sink;
  readonly plain: Descriptor | null;
  private readonly plainSource: SocketSource;
  private readonly plainSink: DescriptorSink;
  private readonly patienceMs: number | null;
  private readonly session: Session;
  private readonly fd: number;
  private open = true;

  /** @param patienceMs a wait without progress ends with ETIMEDOUT after so long; null waits for ever */
  constructor(session: Session, name: string, patienceMs: number | null = null) {
    const record = session.sockets.get(name);
    if (record === undefined) throw new Error(`no socket ${name}`);
    this.session = session;
    this.name = name;
    this.fd = record.fd;
    this.patienceMs = patienceMs;
    const where = session.endsOf(record);
    [this.local, this.remote] = [where.local ?? null, where.remote ?? null];
    const descriptor: Descriptor = {
      fd: record.fd,
      kind: 'socket',
      where,
      isOpen: () => record.open,
    };
    this.plain = session.watched ? null : descriptor;
    this.plainSource = new SocketSource(session, descriptor);
    this.plainSink = new DescriptorSink(session, descriptor);
    this.source = session.watched ? this.steppedSource() : this.patientSource();
    this.sink = session.watched ? this.steppedSink() : this.plainSink;
  }

  lend(closed: () => void): Loan | null {
    const record = this.session.sockets.get(this.name);
    if (this.plain === null || record?.fd !== this.fd || !record.open) return null;
    record.alsoClose = closed;
    return { fd: this.fd, sys: this.session.sys, patienceMs: this.patienceMs };
  }

  get buffer(): Uint8Array | undefined {
    return this.session.watched ? new Uint8Array(STEP_BYTES) : undefined;
  }

  get bytesIn(): number {
    return this.plainSource.taken;
  }

  get bytesOut(): number {
    return this.plainSink.taken;
  }

  sent(bytes: number): void {
    this.plainSink.taken += bytes;
  }

  /** Sends FIN: shutdown(SHUT_WR). */
  async halfClose(): Promise<void> {
    if (!this.open) return;
    const step = await this.session.perform(call('shutdown', this.name, 'SHUT_WR'));
    // The peer may have reset the connection already; the read side tells that better.
    if (step.outcome.kind === 'error' && step.outcome.error.code !== 'ENOTCONN')
      throw step.outcome.error;
  }

  async close(): Promise<void> {
    if (!this.stillOurs()) return;
    this.open = false;
    await this.session.perform(call('close', this.name));
  }

  /** A linger time of zero: close() then sends RST (socket(7), SO_LINGER). */
  async reset(): Promise<void> {
    if (!this.stillOurs()) return;
    const linger: Arg = {
      kind: 'struct',
      fields: [
        { kind: 'integer', value: 1 },
        { kind: 'integer', value: 0 },
      ],
    };
    await this.session.perform(call('setsockopt', this.name, 'SOL_SOCKET', 'SO_LINGER', linger));
    await this.close();
  }

  private stillOurs(): boolean {
    const known = this.session.sockets.get(this.name);
    return this.open && known?.fd === this.fd && known.open;
  }

  patient(work: Promise<void>): Promise<void> {
    return untilStalled(this, this.patienceMs, work, () => this.timedOut('write'));
  }

  private patientSource(): Source {
    const inner = this.plainSource;
    if (this.patienceMs === null) return inner;
    return {
      dryWhenShort: true,
      plain: inner.plain,
      passed: (count) => inner.passed(count),
      read: (into) => inner.read(into),
      discard: (into) => inner.discard(into),
      readable: () => this.patiently(inner),
    };
  }

  private steppedSource(): Source {
    return {
      dryWhenShort: false,
      read: async (into) => {
        const size = Math.min(into.length, STEP_BYTES);
        const value = succeeded(
          await this.watched(this.session.start(call('read', this.name, size))),
        );
        if (value.kind !== 'bytes') return -errnoNumber('EAGAIN');
        into.set(value.bytes);
        this.plainSource.passed(value.bytes.length);
        return value.bytes.length;
      },
      readable: () => Promise.resolve(),
    };
  }

  private steppedSink(): Sink {
    const sink: { busy: Promise<void> | null; write: Sink['write'] } = {
      busy: null,
      write: (bytes) => {
        const copy = copied(bytes);
        const earlier = sink.busy ?? Promise.resolve();
        const writing = earlier
          .then(() => this.watched(this.session.start(call('write', this.name, copy))))
          .then((step) => {
            succeeded(step);
            this.sent(copy.length);
          })
          .finally(() => {
            if (sink.busy === writing) sink.busy = null;
          });
        sink.busy = writing;
        return writing;
      },
    };
    return sink;
  }

  private async watched(job: Job): Promise<Step> {
    let late = false;
    const stop = this.losePatience(() => {
      late = true;
      job.interrupt('ETIMEDOUT');
    });
    const step = await job.step.finally(() => stop());
    if (late && step.outcome.kind === 'error')
      throw this.timedOut(job.call.name === 'read' ? 'read' : 'write');
    return step;
  }

  private async patiently(inner: Source): Promise<void> {
    let late = false;
    const stop = this.losePatience(() => {
      late = true;
      this.session.readiness.interrupt(this.fd);
    });
    await inner.readable();
    stop();
    if (!late) return;
    throw this.timedOut('read');
  }

  private timedOut(call: 'read' | 'write'): SocketError {
    const text = nothingMoved(this.patienceMs ?? 0);
    const where = { local: this.local, remote: this.remote };
    return new SocketError({ call, code: 'ETIMEDOUT', text }, where);
  }

  /** Calls `giveUp` after a time in which no byte moved, in either direction. @returns how to stop */
  private losePatience(giveUp: () => void): () => void {
    return this.patienceMs === null ? () => {} : whenStalled(this, this.patienceMs, giveUp);
  }
}

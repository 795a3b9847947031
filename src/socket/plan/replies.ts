/** Reading replies, one after the other, out of a stream. */
import { ByteQueue } from '../../wire/byte-queue.ts';
import type { Expectation } from '../../wire/expectation.ts';
import { type Reply, ReplyFrame } from '../../wire/reply.ts';
import { pump } from '../stream/pump.ts';
import type { Sink, Source } from '../stream/stream.ts';
import { compare, MOST_COMPARED, UnmetReply } from './unmet-reply.ts';

/** A read takes at most this much. */
const PIECE = 64 * 1024;

export interface RepliesOptions {
  readonly reply: Reply;
  /** What each of them must be; null takes any. */
  readonly expected: Expectation | null;
  readonly output: Sink;
  /** For pump(): see Connection.buffer. */
  readonly buffer: Uint8Array | undefined;
}

export class Replies {
  private readonly source: Source;
  private readonly options: RepliesOptions;
  /** Made when it is needed. What came behind a reply stays in it until the next one is read. */
  private memory: Uint8Array | null = null;
  private left: Uint8Array = new Uint8Array(0);

  constructor(source: Source, options: RepliesOptions) {
    this.source = source;
    this.options = options;
  }

  /**
   * Hands the next reply to the output, and compares it.
   * @throws UnmetReply where it ended early, or is not what was expected; SocketError as read(2)
   */
  async next(): Promise<void> {
    const { reply, expected } = this.options;
    const kept = expected === null ? null : new KeptReply();
    if (reply.kind === 'eof') await this.toTheEnd(kept);
    else await this.framed(reply, kept);
    if (expected !== null && kept !== null) compare(expected, kept.whole, reply);
  }

  private toTheEnd(kept: KeptReply | null): Promise<void> {
    const { output, buffer } = this.options;
    const sink: Sink = {
      get busy() {
        return output.busy;
      },
      write: (bytes) => {
        kept?.add(bytes);
        return output.write(bytes);
      },
    };
    return pump(this.source, kept === null ? output : sink, buffer);
  }

  private async framed(reply: Reply, kept: KeptReply | null): Promise<void> {
    const frame = new ReplyFrame(reply);
    while (!frame.complete) {
      if (this.left.length === 0) this.left = await this.more();
      if (this.left.length === 0) {
        throw new UnmetReply({ kind: 'short', reply, came: frame.length });
      }
      const own = this.left.subarray(0, frame.push(this.left));
      this.left = this.left.subarray(own.length);
      kept?.add(own);
      await this.options.output.write(own);
    }
  }

  /** What has come; nothing at the end. */
  private async more(): Promise<Uint8Array> {
    this.memory ??= new Uint8Array(PIECE);
    for (;;) {
      const count = await this.source.read(this.memory);
      if (count >= 0) return this.memory.subarray(0, count);
      await this.source.readable();
    }
  }
}

/** A reply that is to be compared, as long as it is not too long for that. */
class KeptReply {
  private readonly bytes = new ByteQueue();
  private tooLong = false;

  /** Null where it is too long. */
  get whole(): Uint8Array | null {
    return this.tooLong ? null : this.bytes.peek(this.bytes.length);
  }

  add(bytes: Uint8Array): void {
    this.tooLong ||= this.bytes.length + bytes.length > MOST_COMPARED;
    if (this.tooLong) this.bytes.clear();
    else this.bytes.push(bytes);
  }
}

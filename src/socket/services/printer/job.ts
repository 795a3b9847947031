/** A print job: the file that its bytes go to. Nothing of the file's name is the peer's. */
import { createFile, nameFile, removeFile } from '../../../sys/files.ts';
import { errnoNumber } from '../../../sys/platform.ts';
import { SocketError, socketError } from '../../errors.ts';
import type { Connection } from '../../stream/connection.ts';
import { DescriptorSink } from '../../stream/descriptor-stream.ts';
import type { Sink } from '../../stream/stream.ts';
import type { World } from '../world.ts';

const EEXIST = -errnoNumber('EEXIST');

/** The file is made when the first bytes come: who only looks whether the port answers prints nothing. */
export class Job implements Sink {
  private readonly world: World;
  private readonly folder: string;
  private readonly nextNumber: () => number;
  /** Without its ending: `.part` until it is complete, then `.bin`. */
  private name = '';
  private file: DescriptorSink | null = null;
  private fd = -1;

  constructor(world: World, folder: string, nextNumber: () => number) {
    this.world = world;
    this.folder = folder;
    this.nextNumber = nextNumber;
  }

  get busy(): Promise<void> | null {
    return this.file?.busy ?? null;
  }

  write(bytes: Uint8Array): Promise<void> | null {
    this.file ??= this.create();
    return this.file.write(bytes);
  }

  /** The peer has sent all: the file gets the name that it keeps. @throws SocketError */
  complete(connection: Connection): void {
    if (this.file === null) return;
    const part = this.path('.part');
    this.close();
    for (;;) {
      const named = nameFile(part, this.path('.bin'));
      if (named >= 0) break;
      if (named !== EEXIST) throw this.failure('link', named, this.path('.bin'));
      // Another server prints into the same folder.
      this.name = this.freshName();
    }
    this.tell(connection, '.bin', '');
  }

  /**
   * Where the peer broke off, what had come stays, under the name of an incomplete file. Where it
   * could not be written down, nothing stays: it would only keep the disk full.
   */
  giveUp(connection: Connection, error: unknown): 'ours' | 'theirs' {
    const ours = error instanceof SocketError && error.local?.startsWith(`${this.folder}/`);
    if (this.fd >= 0) this.close();
    if (this.file === null) return ours ? 'ours' : 'theirs';
    if (!ours) this.tell(connection, '.part', ', not complete: the connection was lost');
    else if (error.call === 'write') removeFile(this.path('.part'));
    return ours ? 'ours' : 'theirs';
  }

  private create(): DescriptorSink {
    for (;;) {
      this.name = this.freshName();
      const path = this.path('.part');
      const fd = createFile(path);
      if (fd === EEXIST) continue;
      if (fd < 0) throw this.failure('open', fd, path);
      this.fd = fd;
      const isOpen = () => this.fd === fd;
      return new DescriptorSink(this.world.door, { fd, isOpen, where: { local: path } });
    }
  }

  /** `job-0001-20261124T101500`: its number, and when it began, in UTC. */
  private freshName(): string {
    const began = new Date(this.world.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
    return `job-${String(this.nextNumber()).padStart(4, '0')}-${began}`;
  }

  private path(ending: '.part' | '.bin'): string {
    return `${this.folder}/${this.name}${ending}`;
  }

  private close(): void {
    this.world.door.readiness.release(this.fd);
    this.world.door.sys.close(this.fd);
    this.fd = -1;
  }

  private failure(call: string, result: number, path: string): SocketError {
    return socketError(this.world.door.sys, call, result, { local: path });
  }

  private tell({ remote }: Connection, ending: '.part' | '.bin', note: string): void {
    const [file, bytes] = [`${this.name}${ending}`, this.file?.taken ?? 0];
    this.world.tell({
      type: 'job',
      fields: { remote, file, bytes, complete: ending === '.bin' },
      sentence: `${file}: ${bytes} bytes from ${remote ?? 'a local socket'}${note}`,
      minor: false,
    });
  }
}

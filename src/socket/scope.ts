/** The names of a session: sockets, FILEs, values, and the structures that were defined. */
import type { Sys } from '../sys/sys.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import type { StructDefinition } from '../wire/struct/definition.ts';
import { namedScalars, scalarOf } from '../wire/struct/scalar.ts';
import { ValueProblem } from '../wire/struct/value.ts';
import type { Value } from './call.ts';
import { BadCall, type SocketError } from './errors.ts';
import { coerced, fieldOf, headerStructs, withField, zeroRecord } from './records.ts';
import type { SocketRecord, SocketTable } from './socket-table.ts';
import type { Snapshot } from './state.ts';

/** A FILE over a socket: fdopen(3). Its buffers are the program's own; the kernel knows nothing of them. */
export interface FileRecord {
  readonly name: string;
  readonly socket: SocketRecord;
  readonly reads: boolean;
  readonly writes: boolean;
  open: boolean;
  /** Whether anything was printed yet: glibc makes the buffer then. */
  used: boolean;
  /** Read from the kernel, and not yet taken by fgets() or fscanf(). */
  readonly unread: ByteQueue;
  /** Printed, and not yet handed to the kernel. */
  readonly unsent: ByteQueue;
}

/** What asking calls may ask of the session. */
export interface Session {
  /** A picture of the socket as it is now. */
  look(socket: SocketRecord): Snapshot;
  /** Ends a blocked call: by its number, by the name it will give, or the newest. @returns whether there was one */
  cancel(job: number | string | null): boolean;
}

export class Scope {
  readonly sys: Sys;
  readonly sockets: SocketTable;
  readonly session: Session;
  /** What names stand for that are not sockets: `n = write(…)`. */
  readonly values = new Map<string, Value>();
  readonly files = new Map<string, FileRecord>();
  private definitions: Map<string, StructDefinition> | null = null;
  /** Variables that were declared with a structure’s type, and keep it. */
  private readonly typed = new Map<string, StructDefinition>();
  /** Arrays that were declared, such as `char buf[64]`: their sizes. */
  private readonly sizes = new Map<string, number>();
  /** Names that a call was to give, and did not. */
  private readonly failures = new Map<string, SocketError>();

  constructor(sys: Sys, sockets: SocketTable, session: Session) {
    this.sys = sys;
    this.sockets = sockets;
    this.session = session;
  }

  /** What `struct name` means. The headers' are read when somebody asks: most sessions have none. */
  get structs(): Map<string, StructDefinition> {
    this.definitions ??= new Map(headerStructs());
    return this.definitions;
  }

  /**
   * The name means this value from now on. `addr.sin_port` is a field of what addr means.
   * @throws BadCall where a structure can’t hold it, or has no such field
   */
  give(name: string, value: Value): void {
    const [base = name, ...path] = name.split('.');
    const record = path.length > 0 ? this.values.get(base) : undefined;
    if (record?.kind === 'record') {
      this.values.set(
        base,
        fitting(() => withField(record, path, value)),
      );
      return;
    }
    if (path.length > 0) {
      const why = this.isKnown(base) ? `${base} is no structure` : `there is no structure ${base}`;
      throw new BadCall(`${why}: declare it first, struct sockaddr_in ${base};`);
    }
    const type = this.typed.get(name);
    const held = type === undefined ? value : fitting(() => coerced(type, value));
    this.forget(name);
    this.sockets.makeWay(name);
    this.values.set(name, held);
  }

  /** What a name stands for that is no socket; also a field, `msg.age`. */
  valueOf(name: string): Value | undefined {
    const value = this.values.get(name);
    if (value !== undefined) return value;
    const [base = name, ...path] = name.split('.');
    const record = path.length > 0 ? this.values.get(base) : undefined;
    return record?.kind === 'record' ? (fieldOf(record, path) ?? undefined) : undefined;
  }

  /** `struct person msg;`: the variable keeps its type, and is all zero bytes. */
  declare(name: string, type: StructDefinition): void {
    this.typed.set(name, type);
    this.give(name, zeroRecord(type));
  }

  /** `char buf[64];`: so many bytes. */
  reserve(name: string, size: number): void {
    this.give(name, { kind: 'bytes', bytes: new Uint8Array(0) });
    this.sizes.set(name, size);
  }

  /** sizeof(name): of a variable, a structure, or a type of C’s; null where nothing has the name. */
  sizeOf(name: string): number | null {
    const struct = this.structs.get(name);
    if (struct !== undefined && !this.values.has(name)) return zeroRecord(struct).layout.size;
    const value = this.valueOf(name);
    switch (value?.kind) {
      case 'record':
        return value.layout.size;
      case 'bytes':
        return this.sizes.get(name) ?? value.bytes.length;
      case 'integer':
        return 4; // a C int
      default:
        return (namedScalars.get(name) ?? scalarOf(name.split(' ')))?.size ?? null;
    }
  }

  giveFile(file: FileRecord): void {
    this.give(file.name, { kind: 'file', name: file.name });
    this.files.set(file.name, file);
  }

  /** A socket gets the name: what it stood for is gone. */
  forget(name: string): void {
    this.values.delete(name);
    this.files.delete(name);
    this.failures.delete(name);
  }

  fail(name: string, error: SocketError): void {
    // A name that had a value keeps it, as a C variable would not; -1 is no use to anyone here.
    if (!this.isKnown(name)) this.failures.set(name, error);
  }

  failureOf(name: string): SocketError | undefined {
    return this.failures.get(name);
  }

  isKnown(name: string): boolean {
    return this.valueOf(name) !== undefined || this.sockets.get(name) !== undefined;
  }

  /** The names that can be used now, sockets first. */
  names(): string[] {
    return [...this.sockets.openOnes().map((record) => record.name), ...this.values.keys()];
  }
}

/** @throws BadCall where a field can’t hold its value */
function fitting<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ValueProblem) throw new BadCall(error.message);
    throw error;
  }
}

/** A FILE in the making. */
export function newFile(
  name: string,
  socket: SocketRecord,
  mode: { readonly reads: boolean; readonly writes: boolean },
): FileRecord {
  const buffers = { unread: new ByteQueue(), unsent: new ByteQueue() };
  return { name, socket, ...mode, open: true, used: false, ...buffers };
}

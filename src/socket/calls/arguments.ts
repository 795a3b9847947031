/** Turns an argument as written into what the kernel takes, and into how C would write it. */
import { constant, constants } from '../../sys/platform.ts';
import { nearest } from '../../wire/nearest.ts';
import type { Arg, Call, Value } from '../call.ts';
import { BadCall } from '../errors.ts';
import type { FileRecord, Scope } from '../scope.ts';
import type { SocketRecord } from '../socket-table.ts';
import { KINDS, wantedFor } from './kinds.ts';
import type { OptionValue } from './option-value.ts';
import { namesKnown, noSocket, unknownConstant, unknownName } from './refusals.ts';
import { formOf, formText, type Param, type Row } from './row.ts';
import { structureOf } from './structure-argument.ts';

/** read() and getsockopt() make room for their answer; this is the most that one call may ask for. */
export const MOST_BYTES = 16 * 1024 * 1024;

/** Computes a call inside another one, such as htons(8888). */
export type Compute = (call: Call) => Value;

/** The arguments of one call, resolved one at a time by the row of the table that wants them. */
export class Arguments {
  readonly scope: Scope;
  readonly call: Call;
  /** The socket that the call is about: the first that was asked for. */
  subject: SocketRecord | null = null;
  private readonly args: readonly Arg[];
  private readonly form: readonly Param[];
  private readonly compute: Compute;

  /** @throws BadCall where the call can't be written with so many arguments */
  constructor(scope: Scope, call: Call, row: Row, compute: Compute) {
    const form = formOf(row, call.args);
    if (form === null) throw new BadCall(`${row.name} takes ${formText(row.params)}`);
    this.scope = scope;
    this.call = call;
    this.args = call.args;
    this.form = form;
    this.compute = compute;
  }

  get count(): number {
    return this.args.length;
  }

  has(at: number): boolean {
    return this.args[at] !== undefined;
  }

  /** Where the parameter of this name stands in the form that was chosen; −1 where it was left out. */
  where(param: string): number {
    const at = this.form.findIndex(({ name }) => name === param);
    return this.has(at) ? at : -1;
  }

  /**
   * The socket that argument `at` names, by name or by descriptor. A closed one is as good for
   * the kernel to refuse (EBADF), as long as its number is nobody else's.
   */
  socket(at: number): SocketRecord {
    return this.socketOf(this.at(at), at);
  }

  /** The same for an argument inside a structure or list, which is argument `at`. */
  socketOf(arg: Arg, at: number): SocketRecord {
    const record = this.knownSocketOf(arg, at);
    this.mustBeOurs(record, at);
    return record;
  }

  /** A socket, also one that was closed: the kernel may still know its connection. */
  knownSocket(at: number): SocketRecord {
    return this.knownSocketOf(this.at(at), at);
  }

  /** The same for an argument inside a structure or list, which is argument `at`. */
  knownSocketOf(arg: Arg, at: number): SocketRecord {
    const { sockets } = this.scope;
    const record =
      arg.kind === 'integer'
        ? sockets.byDescriptor(arg.value)
        : arg.kind === 'name'
          ? sockets.get(arg.name)
          : undefined;
    if (record === undefined) throw noSocket(this.scope, arg, at);
    this.subject ??= record;
    return record;
  }

  /** The FILE that argument `at` names. */
  file(at: number): FileRecord {
    const arg = this.at(at);
    const file = arg.kind === 'name' ? this.scope.files.get(arg.name) : undefined;
    if (file === undefined) {
      if (arg.kind !== 'name' || this.scope.isKnown(arg.name))
        throw new BadCall(KINDS.file.wanted, at);
      throw unknownName(this.scope, arg.name, at);
    }
    if (!file.open) throw new BadCall(`${file.name} was closed by fclose()`, at);
    this.mustBeOurs(file.socket, at);
    this.subject ??= file.socket;
    return file;
  }

  /** A C int: a number, or constants joined with `|`. */
  int(at: number): number {
    const value = this.number(at);
    if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
      throw new BadCall(`${value} does not fit an int`, at);
    }
    return value | 0;
  }

  /** A number that an unsigned C type of so many bits can hold. */
  unsigned(at: number, bits: 16 | 32): number {
    const value = this.number(at);
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
      throw new BadCall(
        `${value} does not fit uint${bits}_t (0 to ${2 ** bits - 1}); C would cut it off without a word`,
        at,
      );
    }
    return value;
  }

  /** A count of bytes to make room for. */
  size(at: number): number {
    const value = this.number(at);
    if (!Number.isInteger(value) || value < 0 || value > MOST_BYTES) {
      throw new BadCall(`a count of bytes is a number from 0 to ${MOST_BYTES}`, at);
    }
    return value;
  }

  /** Bytes to send: a string, hex"…", or a name that holds bytes. */
  bytes(at: number): Uint8Array {
    const arg = this.at(at);
    if (arg.kind === 'bytes') return arg.bytes;
    const value = this.value(at);
    if (value?.kind === 'bytes' || value?.kind === 'record') return value.bytes;
    if (arg.kind === 'name' && value === null && this.scope.sockets.get(arg.name) === undefined) {
      throw new BadCall(
        `there is no ${arg.name}; text stands between double quotes: "${arg.name}"`,
        at,
        nearest(arg.name, this.scope.names()),
      );
    }
    throw new BadCall(KINDS.bytes.wanted, at);
  }

  /** Text, such as a format or a host name; null for NULL. */
  text(at: number): string | null {
    if (this.at(at).kind === 'null') return null;
    return Buffer.from(this.bytes(at)).toString('utf8');
  }

  /** A value for printf(): a number, or bytes. */
  printable(at: number): number | Uint8Array {
    const value = this.value(at);
    if (value?.kind === 'integer') return value.value;
    return value?.kind === 'bytes' ? value.bytes : this.bytes(at);
  }

  /** Milliseconds: a duration, or a number of `unit` milliseconds each. */
  milliseconds(at: number, unit: 1 | 1000): number {
    const arg = this.at(at);
    const ms = arg.kind === 'duration' ? arg.ms : this.number(at) * unit;
    // Only poll(2) has a meaning for less than nothing: no limit.
    if (ms < 0 && unit !== 1) throw new BadCall('a time is not negative', at);
    return ms;
  }

  /** The name that is to be filled in; null where NULL, or nothing, was given. */
  out(at: number): string | null {
    const arg = this.args[at];
    if (arg === undefined || arg.kind === 'null') return null;
    if (arg.kind !== 'name') throw new BadCall(KINDS.out.wanted, at);
    const [base = ''] = arg.name.split('.');
    if (base !== arg.name && !this.scope.isKnown(base)) throw unknownName(this.scope, base, at);
    return arg.name;
  }

  /** The value of a socket option: a number, bytes, or the numbers of a small structure. */
  option(at: number): OptionValue {
    const arg = this.at(at);
    if (arg.kind === 'struct') {
      return { kind: 'struct', fields: arg.fields.map((field) => this.numberOf(field, at)) };
    }
    // C would be told EFAULT; 0 would switch the option off.
    if (arg.kind === 'null') throw new BadCall(KINDS.option.wanted, at);
    const value = this.value(at);
    if (value?.kind === 'bytes') return value;
    if (value?.kind === 'record') return { kind: 'bytes', bytes: value.bytes };
    if (value?.kind === 'struct') return { kind: 'struct', fields: value.fields.map(Number) };
    return { kind: 'integer', value: this.number(at) };
  }

  /** What argument `at` stands for; null for a name that stands for nothing, or for a socket. */
  value(at: number): Value | null {
    return this.valueOf(this.at(at), at);
  }

  /** The same for an argument inside a structure or list, which is argument `at`. */
  valueOf(arg: Arg, at: number): Value | null {
    switch (arg.kind) {
      case 'integer':
        return arg;
      case 'decimal':
        return { kind: 'integer', value: arg.value };
      case 'bytes':
        return arg;
      case 'constants':
      case 'null':
        return { kind: 'integer', value: this.numberOf(arg, at) };
      case 'sizeof':
        return { kind: 'integer', value: this.sizeOf(arg.of, at) };
      case 'struct':
        return structureOf(this, arg, at);
      case 'call':
        return this.computed(arg.call, at);
      case 'name':
        return this.scope.valueOf(arg.name) ?? null;
      default:
        return null;
    }
  }

  /** How C writes argument `at`: constants by name, numbers as numbers. */
  shown(at: number): string {
    const arg = this.at(at);
    if (arg.kind === 'constants') return arg.parts.join('|');
    return String(this.number(at));
  }

  /** The argument itself, for a row that knows better what it means. */
  at(index: number): Arg {
    const arg = this.args[index];
    if (arg === undefined) throw new BadCall('an argument is missing', index);
    return arg;
  }

  number(at: number): number {
    return this.numberOf(this.at(at), at);
  }

  /** The same for an argument inside a structure or list, which is argument `at`. */
  numberOf(arg: Arg, at: number): number {
    if (arg.kind === 'integer') return arg.value;
    if (arg.kind === 'constants') {
      if (arg.parts.length === 1) return this.constant(arg.parts[0] ?? 0, at);
      return arg.parts.reduce<number>((sum, part) => sum | this.constant(part, at), 0) | 0;
    }
    if (arg.kind === 'null') return 0;
    if (arg.kind === 'call' || arg.kind === 'name' || arg.kind === 'sizeof') {
      const value = this.valueOf(arg, at);
      if (value?.kind === 'integer') return value.value;
      if (value === null && arg.kind === 'name' && !this.scope.isKnown(arg.name)) {
        throw /^[A-Z]/.test(arg.name)
          ? unknownConstant(arg.name, at)
          : unknownName(this.scope, arg.name, at);
      }
    }
    throw new BadCall(wantedFor('int', arg), at);
  }

  private sizeOf(name: string, at: number): number {
    const size = this.scope.sizeOf(name);
    if (size !== null) return size;
    throw new BadCall(`nothing is known of the size of ${name}`, at);
  }

  private computed(call: Call, at: number): Value {
    try {
      return this.compute(call);
    } catch (error) {
      // The mistake is inside the argument.
      if (error instanceof BadCall) throw new BadCall(error.message, at, error.suggestion);
      throw error;
    }
  }

  private constant(part: string | number, at: number): number {
    if (typeof part === 'number') return part;
    const value = constants.get(part);
    if (value !== undefined) return value;
    throw unknownConstant(part, at);
  }

  /** A closed socket's number must be nobody else's in this process: a call on it then gives EBADF. */
  private mustBeOurs({ open, name, fd }: SocketRecord, at: number): void {
    if (open || this.scope.sys.fcntl(fd, constant('F_GETFD'), 0) < 0) return;
    throw new BadCall(
      `${name} is closed, and its descriptor ${fd} is something else by now; ${namesKnown(this.scope)}`,
      at,
    );
  }
}

/** Turns an argument as written into what the kernel takes, and into how C would write it. */
import { constant, constants } from '../../sys/platform.ts';
import { ADDRESS_STORAGE, decodeAddress, encodeAddress } from '../../sys/sockaddr.ts';
import { outBuffer, written } from '../../sys/sys.ts';
import { nearest } from '../../wire/nearest.ts';
import { ValueProblem } from '../../wire/struct/value.ts';
import type { Arg, Call, Item, Value } from '../call.ts';
import { type Endpoint, EndpointError, parseEndpoint } from '../endpoint.ts';
import { BadCall } from '../errors.ts';
import { recordOf } from '../records.ts';
import type { FileRecord, Scope } from '../scope.ts';
import type { SocketRecord } from '../socket-table.ts';
import { KINDS } from './kinds.ts';
import type { OptionValue } from './option-value.ts';
import { formOf, formText, type Param, type Row } from './row.ts';
import { socketAddress } from './socket-address.ts';

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
    if (record === undefined) throw this.noSocket(arg, at);
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
      throw this.unknown(arg.name, at);
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
    return arg.kind === 'duration' ? arg.ms : this.number(at) * unit;
  }

  /** The name that is to be filled in; null where NULL, or nothing, was given. */
  out(at: number): string | null {
    const arg = this.args[at];
    if (arg === undefined || arg.kind === 'null') return null;
    if (arg.kind === 'name') return arg.name;
    throw new BadCall(KINDS.out.wanted, at);
  }

  /** The value of a socket option: a number, bytes, or the numbers of a small structure. */
  option(at: number): OptionValue {
    const arg = this.at(at);
    if (arg.kind === 'struct') {
      return { kind: 'struct', fields: arg.fields.map((field) => this.numberOf(field, at)) };
    }
    const value = this.value(at);
    if (value?.kind === 'bytes') return value;
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
      case 'bytes':
        return arg;
      case 'constants':
      case 'null':
        return { kind: 'integer', value: this.numberOf(arg, at) };
      case 'sizeof':
        return { kind: 'integer', value: this.sizeOf(arg.of, at) };
      case 'struct':
        return this.struct(arg, at);
      case 'call':
        return this.computed(arg.call, at);
      case 'name':
        return this.scope.valueOf(arg.name) ?? null;
      default:
        return null;
    }
  }

  /** A socket address: an endpoint, or a socket's name, which stands for its local address. */
  address(at: number, domain: number): Uint8Array {
    const arg = this.at(at);
    if (arg.kind === 'endpoint') return this.encode(this.named(arg.endpoint), domain, at);
    if (arg.kind === 'at') return this.encode(this.composed(arg, at), domain, at);
    if (arg.kind === 'name') {
      const value = this.scope.valueOf(arg.name);
      if (value === undefined) return this.addressOf(this.openSocket(at), at);
      // struct sockaddr_in: its bytes are the address.
      if (value.kind === 'record') return value.bytes;
      if (value.kind === 'address') return this.encode(parseEndpoint(value.address), domain, at);
      if (value.kind === 'addresses') {
        return this.encode(parseEndpoint(value.addresses[0] ?? ''), domain, at);
      }
    }
    if (arg.kind === 'integer' || arg.kind === 'name') {
      const port = this.number(at);
      return this.encode({ transport: 'tcp', host: { kind: 'loopback' }, port }, domain, at);
    }
    throw new BadCall(KINDS.address.wanted, at);
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
          ? this.unknownConstant(arg.name, at)
          : this.unknown(arg.name, at);
      }
    }
    throw new BadCall(KINDS.int.wanted, at);
  }

  private sizeOf(name: string, at: number): number {
    const size = this.scope.sizeOf(name);
    if (size !== null) return size;
    throw new BadCall(`nothing is known of the size of ${name}`, at);
  }

  /** `{1, 0}`; `person{"Ann", 33}`. */
  private struct(arg: Extract<Arg, { kind: 'struct' }>, at: number): Value {
    const fields = arg.fields.map((field) => this.item(field, at));
    if (arg.type === undefined) return { kind: 'struct', fields };
    const type = this.scope.structs.get(arg.type);
    if (type === undefined) {
      const near = nearest(arg.type, this.scope.structs.keys());
      throw new BadCall(`there is no struct ${arg.type}`, at, near);
    }
    try {
      return recordOf(type, fields);
    } catch (error) {
      if (error instanceof ValueProblem) throw new BadCall(error.message, at);
      throw error;
    }
  }

  private item(arg: Arg, at: number): Item {
    if (arg.kind === 'list') return arg.items.map((one) => this.item(one, at));
    const value = this.valueOf(arg, at);
    if (value?.kind === 'bytes') return value.bytes;
    if (value?.kind === 'struct') return value.fields;
    return this.numberOf(arg, at);
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
    throw this.unknownConstant(part, at);
  }

  /** `host:8888`, where host is a name that was given a value. */
  private named(endpoint: Endpoint): Endpoint {
    if (!('host' in endpoint) || endpoint.host.kind !== 'hostname') return endpoint;
    const value = this.scope.valueOf(endpoint.host.name);
    if (value?.kind !== 'bytes') return endpoint;
    return this.parsed(`${Buffer.from(value.bytes)}:${endpoint.port}`);
  }

  private composed({ host, port }: { host: string; port: string }, at: number): Endpoint {
    const number = this.scope.valueOf(port);
    if (number === undefined) {
      throw new BadCall(
        `no service and no value has the name ${port}`,
        at,
        nearest(port, this.scope.values.keys()),
      );
    }
    if (number.kind !== 'integer') throw new BadCall(`${port} is not a number`, at);
    const named = this.scope.valueOf(host);
    const place = named?.kind === 'bytes' ? Buffer.from(named.bytes).toString() : host;
    return this.parsed(`${place}:${number.value}`, at);
  }

  private parsed(text: string, at = 0): Endpoint {
    try {
      return parseEndpoint(text);
    } catch (error) {
      if (error instanceof EndpointError) throw new BadCall(`${text}: ${error.message}`, at);
      throw error;
    }
  }

  private openSocket(at: number): SocketRecord {
    const record = this.knownSocket(at);
    if (record.open) return record;
    throw new BadCall(
      `${record.name} is closed (it was descriptor ${record.fd}); ${this.namesKnown()}`,
      at,
    );
  }

  private addressOf(record: SocketRecord, at: number): Uint8Array {
    const buffer = outBuffer(ADDRESS_STORAGE);
    const result = this.scope.sys.getsockname(record.fd, buffer);
    const bytes = written(buffer).slice();
    const address = result < 0 ? null : decodeAddress(bytes);
    const unbound =
      address === null || address.family === 'unnamed' || ('port' in address && address.port === 0);
    if (unbound) throw new BadCall(`${record.name} has no local address yet: bind it first`, at);
    return bytes;
  }

  private encode(endpoint: Endpoint, domain: number, at: number): Uint8Array {
    try {
      return encodeAddress(socketAddress(endpoint, domain));
    } catch (error) {
      if (error instanceof RangeError) throw new BadCall(error.message, at);
      throw error;
    }
  }

  /** A closed socket's number must be nobody else's in this process: a call on it then gives EBADF. */
  private mustBeOurs({ open, name, fd }: SocketRecord, at: number): void {
    if (open || this.scope.sys.fcntl(fd, constant('F_GETFD'), 0) < 0) return;
    throw new BadCall(
      `${name} is closed, and its descriptor ${fd} is something else by now; ${this.namesKnown()}`,
      at,
    );
  }

  private noSocket(arg: Arg, at: number): BadCall {
    if (arg.kind === 'integer') {
      // A foreign descriptor might be the terminal, or the event loop's own.
      return new BadCall(
        `descriptor ${arg.value} is not a socket of this session; ${this.namesKnown()}`,
        at,
      );
    }
    if (arg.kind !== 'name') return new BadCall(KINDS.socket.wanted, at);
    if (!this.scope.values.has(arg.name)) return this.unknown(arg.name, at);
    return new BadCall(`${arg.name} is no socket; ${this.namesKnown()}`, at);
  }

  private unknownConstant(name: string, at: number): BadCall {
    return new BadCall(`there is no constant ${name}`, at, nearest(name, constants.keys()));
  }

  private unknown(name: string, at: number): BadCall {
    const failure = this.scope.failureOf(name);
    if (failure !== undefined) {
      return new BadCall(`there is no ${name}: ${failure.call}() failed with ${failure.code}`, at);
    }
    const known = this.scope.names();
    const near = nearest(name, /^[A-Z]/.test(name) ? [...known, ...constants.keys()] : known);
    return new BadCall(`there is no ${name}; ${this.namesKnown()}`, at, near);
  }

  private namesKnown(): string {
    const names = this.scope.sockets.openOnes().map((record) => record.name);
    return names.length === 0 ? 'no socket is open' : `open: ${names.slice(0, 20).join(', ')}`;
  }
}

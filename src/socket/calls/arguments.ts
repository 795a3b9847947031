/** Turns an argument as written into what the kernel takes, and into how C would write it. */
import { constant, constants } from '../../sys/platform.ts';
import {
  ADDRESS_STORAGE,
  decodeAddress,
  encodeAddress,
  formatAddress,
  type SocketAddress,
} from '../../sys/sockaddr.ts';
import { outBuffer, type Sys, written } from '../../sys/sys.ts';
import { nearest } from '../../wire/nearest.ts';
import type { Arg, Value } from '../call.ts';
import type { Endpoint, Host } from '../endpoint.ts';
import { BadCall } from '../errors.ts';
import type { SocketRecord, SocketTable } from '../socket-table.ts';

/** Names that stand for values: what a call gave back, and the sockets. */
export interface Scope {
  readonly sys: Sys;
  readonly sockets: SocketTable;
  readonly values: ReadonlyMap<string, Value>;
}

/** read() and getsockopt() make room for their answer; this is the most that one call may ask for. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The arguments of one call, resolved one at a time by the row of the table that wants them. */
export class Arguments {
  private readonly scope: Scope;
  private readonly args: readonly Arg[];

  constructor(scope: Scope, args: readonly Arg[]) {
    this.scope = scope;
    this.args = args;
  }

  has(at: number): boolean {
    return this.args[at] !== undefined;
  }

  /** The open socket that argument `at` names, by name or by descriptor. */
  socket(at: number): SocketRecord {
    const arg = this.at(at);
    const { sockets } = this.scope;
    if (arg.kind === 'integer') {
      const record = sockets.byDescriptor(arg.value);
      if (record !== undefined) return record;
      // A foreign descriptor might be the terminal, or the event loop's own.
      throw new BadCall(
        `descriptor ${arg.value} is not a socket of this session; ${this.namesKnown()}`,
        at,
      );
    }
    if (arg.kind !== 'name') throw new BadCall('a socket is given by its name', at);
    const record = sockets.get(arg.name);
    if (record?.open) return record;
    if (record !== undefined) {
      throw new BadCall(
        `${arg.name} is closed (it was descriptor ${record.fd}); ${this.namesKnown()}`,
        at,
      );
    }
    throw this.unknown(arg.name, at);
  }

  /** A C int: a number, or constants joined with `|`. */
  int(at: number): number {
    const arg = this.at(at);
    const value = this.number(arg, at);
    if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
      throw new BadCall(`${value} does not fit an int`, at);
    }
    return value | 0;
  }

  /** A count of bytes to make room for. */
  size(at: number): number {
    const value = this.number(this.at(at), at);
    if (!Number.isInteger(value) || value < 0 || value > MOST_BYTES) {
      throw new BadCall(`a count of bytes is a number from 0 to ${MOST_BYTES}`, at);
    }
    return value;
  }

  /** Bytes to send: a string, hex"…", or a name that holds bytes. */
  bytes(at: number): Uint8Array {
    const arg = this.at(at);
    if (arg.kind === 'bytes') return arg.bytes;
    if (arg.kind === 'name') {
      const value = this.scope.values.get(arg.name);
      if (value?.kind === 'bytes') return value.bytes;
      if (value === undefined && this.scope.sockets.get(arg.name) === undefined) {
        throw new BadCall(
          `there is no ${arg.name}; text stands between double quotes: "${arg.name}"`,
          at,
        );
      }
    }
    throw new BadCall('bytes are written "text\\n" or hex"de ad"', at);
  }

  /** The argument as written, for a row that knows better what it means. */
  raw(at: number): Arg {
    const arg = this.at(at);
    if (arg.kind !== 'constants' && arg.kind !== 'name') return arg;
    return { kind: 'integer', value: this.number(arg, at) };
  }

  /** A socket address: an endpoint, or a socket's name, which stands for its local address. */
  address(at: number, domain: number): Uint8Array {
    const arg = this.at(at);
    if (arg.kind === 'name') return this.addressOf(this.socket(at), at);
    if (arg.kind === 'integer') {
      return this.encode(
        { transport: 'tcp', host: { kind: 'loopback' }, port: arg.value },
        domain,
        at,
      );
    }
    if (arg.kind !== 'endpoint') {
      throw new BadCall(
        'an address is 127.0.0.1:8888, [::1]:8888, unix:/path, or the name of a socket',
        at,
      );
    }
    return this.encode(arg.endpoint, domain, at);
  }

  /** How C writes argument `at`: constants by name, numbers as numbers. */
  shown(at: number): string {
    const arg = this.at(at);
    if (arg.kind === 'constants') return arg.parts.join('|');
    if (arg.kind === 'name') return String(this.number(arg, at));
    return arg.kind === 'integer' ? String(arg.value) : arg.kind;
  }

  private at(index: number): Arg {
    const arg = this.args[index];
    if (arg === undefined) throw new BadCall('an argument is missing', index);
    return arg;
  }

  private number(arg: Arg, at: number): number {
    if (arg.kind === 'integer') return arg.value;
    if (arg.kind === 'constants') {
      return arg.parts.reduce<number>((sum, part) => sum | this.constant(part, at), 0) | 0;
    }
    if (arg.kind === 'null') return 0;
    if (arg.kind === 'name') {
      const value = this.scope.values.get(arg.name);
      if (value?.kind === 'integer') return value.value;
      if (value === undefined && this.scope.sockets.get(arg.name) === undefined) {
        throw /^[A-Z]/.test(arg.name)
          ? this.unknownConstant(arg.name, at)
          : this.unknown(arg.name, at);
      }
    }
    throw new BadCall('a number or a constant is wanted here', at);
  }

  private constant(part: string | number, at: number): number {
    if (typeof part === 'number') return part;
    const value = constants.get(part);
    if (value !== undefined) return value;
    throw this.unknownConstant(part, at);
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

  private unknownConstant(name: string, at: number): BadCall {
    return new BadCall(`there is no constant ${name}`, at, nearest(name, constants.keys()));
  }

  private unknown(name: string, at: number): BadCall {
    const known = [
      ...this.scope.sockets.openOnes().map((r) => r.name),
      ...this.scope.values.keys(),
    ];
    const near = nearest(name, /^[A-Z]/.test(name) ? [...known, ...constants.keys()] : known);
    return new BadCall(`there is no ${name}; ${this.namesKnown()}`, at, near);
  }

  private namesKnown(): string {
    const names = this.scope.sockets.openOnes().map((record) => record.name);
    return names.length === 0 ? 'no socket is open' : `open: ${names.slice(0, 20).join(', ')}`;
  }
}

/**
 * The address that an endpoint means for a socket of `domain`.
 * @throws RangeError for a host name: only getaddrinfo() resolves names
 */
function socketAddress(endpoint: Endpoint, domain: number): SocketAddress {
  if ('path' in endpoint) return { family: 'unix', path: endpoint.path };
  if ('abstract' in endpoint) return { family: 'abstract', name: endpoint.abstract };
  return hostAddress(endpoint.host, endpoint.port, domain === constant('AF_INET6'));
}

function hostAddress(host: Host, port: number, six: boolean): SocketAddress {
  switch (host.kind) {
    case 'loopback':
      return six ? inet6('::1', port, 0) : { family: 'inet', host: '127.0.0.1', port };
    case 'any':
      return six ? inet6('::', port, 0) : { family: 'inet', host: '0.0.0.0', port };
    case 'inet':
      return { family: 'inet', host: host.literal, port };
    case 'inet6':
      return inet6(host.literal, port, host.scope);
    case 'hostname':
      if (host.name === 'INADDR_ANY') return hostAddress({ kind: 'any' }, port, six);
      if (host.name === 'localhost' || host.name === 'INADDR_LOOPBACK')
        return hostAddress({ kind: 'loopback' }, port, six);
      throw new RangeError(`the kernel knows no names: give the address of ${host.name}`);
  }
}

function inet6(host: string, port: number, scope: number): SocketAddress {
  return { family: 'inet6', host, port, scope };
}

/** `{AF_INET, 127.0.0.1:8888}`: a socket address in a call line. */
export function shownAddress(bytes: Uint8Array): string {
  const address = decodeAddress(bytes);
  switch (address.family) {
    case 'inet':
      return `{AF_INET, ${formatAddress(address)}}`;
    case 'inet6':
      return `{AF_INET6, ${formatAddress(address)}}`;
    case 'unix':
      return `{AF_UNIX, ${JSON.stringify(address.path)}}`;
    case 'abstract':
      return `{AF_UNIX, @${JSON.stringify(address.name)}}`;
    case 'unnamed':
      return '{AF_UNIX}';
    case 'other':
      return `{family ${address.number}}`;
  }
}

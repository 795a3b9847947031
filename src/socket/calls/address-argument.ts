/** An argument that is a socket address: an endpoint, a socket, or a value that holds an address. */
import { ADDRESS_STORAGE, decodeAddress, encodeAddress, UNNAMED } from '../../sys/sockaddr.ts';
import { outBuffer, written } from '../../sys/sys.ts';
import { nearest } from '../../wire/nearest.ts';
import type { Arg, Value } from '../call.ts';
import { type Endpoint, EndpointError, parseEndpoint } from '../endpoint.ts';
import { BadCall } from '../errors.ts';
import type { Arguments } from './arguments.ts';
import { KINDS } from './kinds.ts';
import { namesKnown } from './refusals.ts';
import { socketAddress } from './socket-address.ts';

/**
 * The address as the kernel takes it. A socket's name stands for its local address.
 * @param domain of the socket that the address is for: `:8888` is another address for AF_INET6
 * @throws BadCall where the argument is no address
 */
export function addressArgument(args: Arguments, at: number, domain: number): Uint8Array {
  const arg = args.at(at);
  switch (arg.kind) {
    case 'endpoint':
      return encoded(named(args, arg.endpoint, at), domain, at);
    case 'at':
      return encoded(composed(args, arg, at), domain, at);
    case 'integer':
      return loopback(arg.value, domain, at);
    case 'name': {
      const value = args.scope.valueOf(arg.name);
      return value === undefined ? ofSocket(args, at) : ofValue(arg.name, value, domain, at);
    }
    default:
      throw new BadCall(KINDS.address.wanted, at);
  }
}

function ofValue(name: string, value: Value, domain: number, at: number): Uint8Array {
  switch (value.kind) {
    // struct sockaddr_in: its bytes are the address.
    case 'record':
      return value.bytes;
    case 'address':
      if (value.address === UNNAMED)
        throw new BadCall(`${name} is a socket without a name: it has no address`, at);
      return encoded(parsed(value.address, at), domain, at);
    case 'addresses':
      return encoded(parsed(value.addresses[0] ?? '', at), domain, at);
    case 'integer':
      return loopback(value.value, domain, at);
    default:
      throw new BadCall(KINDS.address.wanted, at);
  }
}

function loopback(port: number, domain: number, at: number): Uint8Array {
  return encoded({ transport: 'tcp', host: { kind: 'loopback' }, port }, domain, at);
}

/** `host:8888`, where host is a name that was given a value. */
function named({ scope }: Arguments, endpoint: Endpoint, at: number): Endpoint {
  if (!('host' in endpoint) || endpoint.host.kind !== 'hostname') return endpoint;
  const value = scope.valueOf(endpoint.host.name);
  if (value?.kind !== 'bytes') return endpoint;
  return parsed(`${hostOf(value.bytes)}:${endpoint.port}`, at);
}

/** `127.0.0.1:port`, where port is the number that a name stands for. */
function composed(
  { scope }: Arguments,
  { host, port }: Extract<Arg, { kind: 'at' }>,
  at: number,
): Endpoint {
  const number = scope.valueOf(port);
  if (number === undefined) {
    const message = `no service and no value has the name ${port}`;
    throw new BadCall(message, at, nearest(port, scope.values.keys()));
  }
  if (number.kind !== 'integer') throw new BadCall(`${port} is not a number`, at);
  const value = scope.valueOf(host);
  return parsed(`${value?.kind === 'bytes' ? hostOf(value.bytes) : host}:${number.value}`, at);
}

/** The text of a host; an IPv6 address has colons of its own, so it stands between brackets. */
function hostOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  return text.includes(':') && !text.startsWith('[') ? `[${text}]` : text;
}

function parsed(text: string, at: number): Endpoint {
  try {
    return parseEndpoint(text);
  } catch (error) {
    if (error instanceof EndpointError) throw new BadCall(`${text}: ${error.message}`, at);
    throw error;
  }
}

function ofSocket(args: Arguments, at: number): Uint8Array {
  const { name, fd, open } = args.knownSocket(at);
  if (!open) {
    const message = `${name} is closed (it was descriptor ${fd}); ${namesKnown(args.scope)}`;
    throw new BadCall(message, at);
  }
  const buffer = outBuffer(ADDRESS_STORAGE);
  const result = args.scope.sys.getsockname(fd, buffer);
  const bytes = written(buffer).slice();
  const address = result < 0 ? null : decodeAddress(bytes);
  const unbound =
    address === null || address.family === 'unnamed' || ('port' in address && address.port === 0);
  if (unbound) throw new BadCall(`${name} has no local address yet: bind it first`, at);
  return bytes;
}

function encoded(endpoint: Endpoint, domain: number, at: number): Uint8Array {
  try {
    return encodeAddress(socketAddress(endpoint, domain));
  } catch (error) {
    if (error instanceof RangeError) throw new BadCall(error.message, at);
    throw error;
  }
}

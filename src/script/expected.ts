/** What a call must answer, held against what came. */
import type { Arg, Item, Value } from '../socket/call.ts';
import {
  canonicalEndpoint,
  type Endpoint,
  EndpointError,
  formatEndpoint,
  parseEndpoint,
} from '../socket/endpoint.ts';
import { canonicalErrno, constantValue, errnoValue } from '../socket/names.ts';
import { itemsOf } from '../socket/records.ts';
import type { TcpState } from '../socket/state.ts';
import type { Outcome } from '../socket/step.ts';

/** What a statement says that its call must answer: `= 0`, `= "hel"...`, `= EADDRINUSE`. */
export type Expected =
  | { readonly kind: 'integer'; readonly value: number }
  /** `POLLIN|POLLHUP`, `O_RDWR`. */
  | { readonly kind: 'constants'; readonly parts: readonly (string | number)[] }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly prefix: boolean }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'errno'; readonly name: string }
  | { readonly kind: 'address'; readonly address: string }
  /** `127.0.0.1:port`, `host:80`, where port and host are names. */
  | { readonly kind: 'at'; readonly host: string; readonly port: string }
  | { readonly kind: 'struct'; readonly type?: string; readonly fields: readonly Arg[] }
  /** What is known only when its turn comes: `sizeof(msg)`, `htons(8888)`. */
  | Extract<Arg, { kind: 'sizeof' | 'call' }>
  | { readonly kind: 'state'; readonly state: TcpState }
  /** What a name stands for. */
  | { readonly kind: 'name'; readonly name: string }
  /** The end of file. */
  | { readonly kind: 'eof' }
  /** As fgets() has it: the end of file. */
  | { readonly kind: 'null' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'anything' };

/** What names stand for; undefined where they stand for nothing. */
export type Values = (name: string) => Value | undefined;

/** Whether a call that has returned answered what was expected. Nothing expected: that it succeeds. */
export function isMet(expected: Expected | null, outcome: Outcome, values: Values): boolean {
  if (expected?.kind === 'anything') return true;
  if (outcome.kind === 'error') return failsAs(expected, outcome.error.code);
  if (expected === null) return true;
  return suits(expected, outcome.value, outcome.result, values);
}

function failsAs(expected: Expected | null, code: string): boolean {
  switch (expected?.kind) {
    case 'errno':
      return code === canonicalErrno(expected.name);
    case 'integer':
      // What a C function returns when it fails.
      return expected.value === -1;
    case 'eof':
    case 'null':
      return code === 'EOF';
    default:
      return false;
  }
}

function suits(expected: Expected, value: Value, result: number, values: Values): boolean {
  switch (expected.kind) {
    case 'integer':
      // getsockopt() and ioctl() give their value; every other call's number is its result.
      return numberOf(value, result) === expected.value;
    case 'constants':
      return constantsSuit(expected.parts, value, result);
    case 'bytes':
      return bytesSuit(expected.bytes, expected.prefix, value);
    case 'regex':
      return regexSuits(expected.source, value);
    case 'address':
      return addressesOf(value).includes(expected.address);
    case 'at':
      return addressesOf(value).includes(composed(expected, values));
    case 'struct':
      return structSuits(expected, value, values);
    case 'state':
      return value.kind === 'state' && value.state === expected.state;
    case 'errno':
      // getsockopt(…, SO_ERROR) gives an errno as a value.
      return result === 0 && value.kind === 'integer' && value.value === errnoValue(expected.name);
    case 'name':
      return same(values(expected.name), value, result);
    case 'eof':
    case 'null':
      return (value.kind === 'bytes' || value.kind === 'record') && value.bytes.length === 0;
    // Whoever asks has computed it; a call that has returned was not blocked.
    case 'sizeof':
    case 'call':
    case 'blocked':
    case 'anything':
      return false;
  }
}

function numberOf(value: Value, result: number): number {
  return value.kind === 'integer' ? value.value : result;
}

/** poll() gives what it found; every other call a number. */
function constantsSuit(parts: readonly (string | number)[], value: Value, result: number): boolean {
  const wanted = parts.reduce<number>((sum, part) => sum | constantValue(part), 0);
  if (value.kind !== 'struct') return (numberOf(value, result) | 0) === wanted;
  return value.fields.length === 1 && value.fields[0] === wanted;
}

function bytesSuit(bytes: Uint8Array, prefix: boolean, value: Value): boolean {
  const came = firstBytes(value);
  if (came === null) return false;
  return Buffer.compare(prefix ? came.subarray(0, bytes.length) : came, bytes) === 0;
}

/** latin1: one character a byte, so that any bytes can be matched. */
function regexSuits(source: string, value: Value): boolean {
  const bytes = firstBytes(value);
  const texts = bytes === null ? addressesOf(value) : [Buffer.from(bytes).toString('latin1')];
  const regex = new RegExp(source, 's');
  return texts.some((text) => regex.test(text));
}

/** The bytes of a read; the first text of several, such as the host of getnameinfo(). */
function firstBytes(value: Value): Uint8Array | null {
  if (value.kind === 'bytes' || value.kind === 'record') return value.bytes;
  const first = value.kind === 'struct' ? value.fields[0] : undefined;
  return first instanceof Uint8Array ? first : null;
}

function addressesOf(value: Value): readonly string[] {
  if (value.kind === 'address') return [value.address];
  return value.kind === 'addresses' ? value.addresses : [];
}

export function composed({ host, port }: { host: string; port: string }, values: Values): string {
  const [named, number] = [values(host), values(port)];
  const place = named?.kind === 'bytes' ? Buffer.from(named.bytes).toString() : host;
  try {
    const text = `${place}:${number?.kind === 'integer' ? number.value : port}`;
    return kernelAddress(parseEndpoint(text)) ?? '';
  } catch (error) {
    if (error instanceof EndpointError) return '';
    throw error;
  }
}

/** An endpoint as getsockname(2) tells it; null for a host by name, which the kernel knows none of. */
export function kernelAddress(endpoint: Endpoint): string | null {
  const canonical = canonicalEndpoint(endpoint);
  // A socket address does not say whether it is one of datagrams.
  if (!('host' in canonical)) return formatEndpoint({ ...canonical, transport: 'unix' });
  const { host, port } = canonical;
  if (host.kind === 'any') return `0.0.0.0:${port}`;
  if (host.kind !== 'hostname') return formatEndpoint(canonical);
  const literal = HOSTS_OF_C.get(host.name);
  return literal === undefined ? null : `${literal}:${port}`;
}

const HOSTS_OF_C: ReadonlyMap<string, string> = new Map([
  ['localhost', '127.0.0.1'],
  ['INADDR_LOOPBACK', '127.0.0.1'],
  ['INADDR_ANY', '0.0.0.0'],
]);

function structSuits(
  { type, fields }: Extract<Expected, { kind: 'struct' }>,
  value: Value,
  values: Values,
): boolean {
  if (type !== undefined && value.kind === 'record' && value.layout.name !== type) return false;
  const items =
    value.kind === 'record' ? itemsOf(value) : value.kind === 'struct' ? value.fields : null;
  if (items === null || items.length !== fields.length) return false;
  return items.every((item, i) => itemSuits(fields[i], item, values));
}

function itemSuits(arg: Arg | undefined, item: Item, values: Values): boolean {
  switch (arg?.kind) {
    case 'integer':
    case 'decimal':
      return isNumber(item, arg.value);
    case 'constants':
      return item === arg.parts.reduce<number>((sum, part) => sum | constantValue(part), 0);
    case 'bytes':
      return item instanceof Uint8Array && Buffer.compare(item, arg.bytes) === 0;
    case 'struct':
      return (
        isItems(item) &&
        item.every((inner, i) => itemSuits(arg.fields[i], inner, values)) &&
        item.length === arg.fields.length
      );
    case 'list':
      return (
        isItems(item) &&
        item.every((inner, i) => itemSuits(arg.items[i], inner, values)) &&
        item.length === arg.items.length
      );
    case 'name': {
      const known = values(arg.name);
      if (known?.kind === 'integer') return isNumber(item, known.value);
      return (
        known?.kind === 'bytes' &&
        item instanceof Uint8Array &&
        Buffer.compare(item, known.bytes) === 0
      );
    }
    default:
      return false;
  }
}

/** Whether it is this number; a `float` has the nearest one that it can hold. */
function isNumber(item: Item, value: number): boolean {
  if (item instanceof Uint8Array || isItems(item)) return false;
  const came = Number(item);
  return came === value || came === Math.fround(value);
}

function isItems(item: Item): item is readonly Item[] {
  return Array.isArray(item);
}

function same(known: Value | undefined, value: Value, result: number): boolean {
  switch (known?.kind) {
    case 'integer':
      return numberOf(value, result) === known.value;
    case 'bytes':
      return bytesSuit(known.bytes, false, value);
    case 'address':
      return addressesOf(value).includes(known.address);
    case 'addresses':
      return addressesOf(value).some((address) => known.addresses.includes(address));
    case 'record':
      return bytesSuit(known.bytes, false, value);
    case 'struct':
      return value.kind === 'struct' && sameItem(known.fields, value.fields);
    case 'state':
      return value.kind === 'state' && value.state === known.state;
    default:
      return false;
  }
}

function sameItem(one: Item | undefined, other: Item): boolean {
  if (one instanceof Uint8Array)
    return other instanceof Uint8Array && Buffer.compare(one, other) === 0;
  if (one === undefined || !isItems(one)) return one === other;
  return (
    isItems(other) &&
    one.length === other.length &&
    other.every((item, i) => sameItem(one[i], item))
  );
}

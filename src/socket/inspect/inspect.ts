/** Takes an address apart, and asks the resolver what it knows. The result is plain data. */
import { formatIPv4, formatIPv6 } from '../../sys/inet.ts';
import { type OwnAddress, ownAddresses } from '../../sys/interfaces.ts';
import { nameOf } from '../../sys/name-of.ts';
import { addressFields, encodeAddress, type Field } from '../../sys/sockaddr.ts';
import type { Transport } from '../endpoint.ts';
import { SocketError } from '../errors.ts';
import { addressesFor } from '../plan/addresses.ts';
import { LATE, within } from '../stream/within.ts';
import { swapped, withoutHtons } from '../swapped-port.ts';
import { type Embedded, embeddedIPv4, type Reach, reachOf } from './hidden.ts';
import { type Network, networkOf } from './network.ts';
import { type Scope, scopeOf } from './scope.ts';
import {
  type AddressSubject,
  bytesOf,
  type Internet,
  type NameSubject,
  type Subject,
  type UnixSubject,
} from './subject.ts';

export type Inspection = AddressInspection | NameInspection | UnixInspection;

export interface AddressInspection {
  readonly kind: 'address';
  readonly transport: Transport | null;
  readonly address: AddressParts;
  /** null where no port was written. */
  readonly port: Port | null;
  readonly sockaddr: readonly Field[];
  readonly name: NameFound;
}

export interface NameInspection {
  readonly kind: 'name';
  readonly transport: Transport | null;
  readonly name: string;
  /** All that getaddrinfo(3) gives, in its order. */
  readonly found: readonly {
    readonly address: string;
    readonly scope: Scope;
    readonly sockaddr: readonly Field[];
  }[];
  readonly port: Port | null;
}

export interface UnixInspection {
  readonly kind: 'unix';
  readonly transport: 'unix' | 'unixgram';
  /** A path in the file system, or a name apart from it. */
  readonly form: 'path' | 'abstract';
  readonly name: string;
  readonly sockaddr: readonly Field[];
}

export interface AddressParts {
  readonly version: 4 | 6;
  /** As inet_ntop(3) writes it. */
  readonly text: string;
  readonly written: AddressSubject['written'];
  /** 4 or 16, in network order. */
  readonly bytes: Uint8Array;
  /** The interface that an IPv6 address is on, where that was written. */
  readonly zone: { readonly name: string; readonly index: number } | null;
  /** Of this machine, where one has the address. */
  readonly interface: { readonly name: string; readonly prefix: number } | null;
  /** By the prefix that was written, else by the interface's; null where there is neither. */
  readonly network: (Network & { readonly from: 'written' | 'interface' }) | null;
  readonly scope: Scope;
  readonly reach: Reach | null;
  readonly embedded: (Embedded & { readonly scope: Scope }) | null;
}

export interface Port {
  readonly number: number;
  /** In network order, as htons(3) makes them. */
  readonly bytes: readonly [high: number, low: number];
  /** What it would be if its bytes were sent in the other order. */
  readonly swapped: number;
  /** The port that was meant, where htons(3) seems to have been forgotten. */
  readonly meant: number | null;
}

/** `late`: the resolver did not answer in time. */
export type NameFound =
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'none' | 'late' };

/** The outside world. */
export interface World {
  readonly own: () => readonly OwnAddress[];
  readonly nameOf: (address: string) => Promise<string | null>;
  readonly addressesFor: typeof addressesFor;
  /** How long a lookup may take, in milliseconds. */
  readonly patienceMs: number;
}

export const world: World = { own: ownAddresses, nameOf, addressesFor, patienceMs: 2000 };

/** @throws SocketError where a name does not resolve, or not in time */
export function inspect(subject: Subject, outside: World = world): Promise<Inspection> {
  switch (subject.kind) {
    case 'address':
      return inspectAddress(subject, outside);
    case 'name':
      return inspectName(subject, outside);
    case 'unix':
      return Promise.resolve(inspectUnix(subject));
  }
}

async function inspectAddress(subject: AddressSubject, outside: World): Promise<AddressInspection> {
  const { transport, address, port, zone } = subject;
  const { host } = address;
  const asked = outside.nameOf(zone === null ? host : `${host}%${zone}`);
  const name = await within(outside.patienceMs, asked);
  return {
    kind: 'address',
    transport,
    address: partsOf(subject, outside.own()),
    port: port === null ? null : portOf(port),
    sockaddr: fieldsOf(address),
    name:
      name === LATE ? { kind: 'late' } : name === null ? { kind: 'none' } : { kind: 'found', name },
  };
}

async function inspectName(subject: NameSubject, outside: World): Promise<NameInspection> {
  const { transport, name, port } = subject;
  const endpoint = { transport: 'tcp', host: { kind: 'hostname', name }, port: port ?? 0 } as const;
  const found = await within(outside.patienceMs, outside.addressesFor(endpoint, 0, 'connect'));
  if (found === LATE) {
    const text = `the resolver does not answer within ${outside.patienceMs / 1000} s`;
    throw new SocketError({ call: 'getaddrinfo', code: 'EAI_AGAIN', text }, { remote: name });
  }
  return {
    kind: 'name',
    transport,
    name,
    found: found.map((address) => ({
      address: textOf(address),
      scope: scopeOf(bytesOf(address)),
      sockaddr: fieldsOf(address),
    })),
    port: port === null ? null : portOf(port),
  };
}

function inspectUnix({ transport, address }: UnixSubject): UnixInspection {
  const named = address.family === 'unix' ? address.path : address.name;
  const form = address.family === 'unix' ? 'path' : 'abstract';
  const sockaddr = addressFields(encodeAddress(address));
  return { kind: 'unix', transport, form, name: named, sockaddr };
}

/** Without asking anybody. */
function partsOf(subject: AddressSubject, own: readonly OwnAddress[]): AddressParts {
  const { address, zone, prefix, written } = subject;
  const bytes = bytesOf(address);
  const text = bytes.length === 4 ? formatIPv4(bytes) : formatIPv6(bytes);
  const index = address.family === 'inet6' ? address.scope : 0;
  const at =
    own.find(
      (one) => one.address === text && (index === 0 || one.scope === 0 || one.scope === index),
    ) ?? null;
  const embedded = embeddedIPv4(bytes);
  const bits = prefix ?? at?.prefix ?? null;
  const from = prefix === null ? 'interface' : 'written';
  return {
    version: bytes.length === 4 ? 4 : 6,
    text,
    written,
    bytes,
    zone: zone === null ? null : { name: zone, index },
    interface: at === null ? null : { name: at.name, prefix: at.prefix },
    network: bits === null ? null : { ...networkOf(bytes, bits), from },
    scope: scopeOf(bytes),
    reach: reachOf(bytes),
    embedded:
      embedded === null
        ? null
        : {
            ...embedded,
            scope: scopeOf(bytesOf({ family: 'inet', host: embedded.address, port: 0 })),
          },
  };
}

function portOf(number: number): Port {
  return {
    number,
    bytes: [number >> 8, number & 0xff],
    swapped: swapped(number),
    meant: withoutHtons(number),
  };
}

function fieldsOf(address: Internet): Field[] {
  return addressFields(encodeAddress(address));
}

/** Without the port: `fe80::1%2`. */
function textOf(address: Internet): string {
  if (address.family === 'inet') return address.host;
  return address.scope === 0 ? address.host : `${address.host}%${address.scope}`;
}

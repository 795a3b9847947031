/** What some addresses carry inside them: an IPv4 address, or how far a multicast packet goes. */
import { formatIPv4 } from '../../sys/inet.ts';
import { libraryAddress, within } from './scope.ts';

/** An IPv4 address within an IPv6 one. */
export interface Embedded {
  /** As the text forms of the RFCs call it. */
  readonly form: 'mapped' | 'compatible' | 'translated' | 'NAT64' | '6to4' | 'Teredo';
  readonly address: string;
}

/** How far a packet to a group goes. */
export interface Reach {
  readonly word: string;
  readonly source: string;
}

/** Where the four bytes lie. Teredo has the client's, each bit of it inverted (RFC 4380 §4). */
const FORMS: readonly (readonly [
  block: string,
  form: Embedded['form'],
  at: number,
  invert: boolean,
])[] = [
  ['::ffff:0:0/96', 'mapped', 12, false],
  ['::ffff:0:0:0/96', 'translated', 12, false],
  ['64:ff9b::/96', 'NAT64', 12, false],
  ['2002::/16', '6to4', 2, false],
  ['2001::/32', 'Teredo', 12, true],
  ['::/96', 'compatible', 12, false],
];

/** null where there is none; :: and ::1 are themselves, not IPv4-compatible (RFC 4291 §2.5.5.1). */
export function embeddedIPv4(bytes: Uint8Array): Embedded | null {
  if (bytes.length !== 16) return null;
  const address = libraryAddress(bytes);
  if (['unspecified', 'loopback'].includes(address.range())) return null;
  const found = FORMS.find(([block]) => within(address, block));
  if (found === undefined) return null;
  const [, form, at, invert] = found;
  const inside = bytes.subarray(at, at + 4).map((byte) => (invert ? byte ^ 0xff : byte));
  return { form, address: formatIPv4(inside) };
}

/** The scope field of RFC 4291 §2.7, by the names of RFC 7346 §2. */
const SCOPE_FIELD: Readonly<Record<number, string>> = {
  1: 'interface-local',
  2: 'link-local',
  3: 'realm-local',
  4: 'admin-local',
  5: 'site-local',
  8: 'organization-local',
  14: 'global',
};

const IPV4_REACH: readonly (readonly [block: string, reach: Reach])[] = [
  ['224.0.0.0/24', { word: 'link-local', source: 'RFC 5771 §4' }],
  ['239.0.0.0/8', { word: 'organization-local', source: 'RFC 2365' }],
];

/** null where the address is no group. */
export function reachOf(bytes: Uint8Array): Reach | null {
  const address = libraryAddress(bytes);
  if (address.range() !== 'multicast') return null;
  if (address.kind() === 'ipv4') {
    const row = IPV4_REACH.find(([block]) => within(address, block));
    return row?.[1] ?? { word: 'global', source: 'RFC 5771' };
  }
  const field = (bytes[1] ?? 0) & 0x0f;
  return { word: SCOPE_FIELD[field] ?? 'reserved or unassigned', source: 'RFC 7346 §2' };
}

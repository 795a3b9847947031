/**
 * Where an address is valid, and the RFC that says so. ipaddr.js knows the blocks that are set
 * aside; here stand the words for them, and what it puts into one bag ("reserved", "unicast").
 */
import ipaddr from 'ipaddr.js';

export interface Scope {
  /** In a word or two: `loopback`, `private`, `link-local`. */
  readonly word: string;
  /** The RFC, with its section where that helps. */
  readonly source: string;
  /** What it means, in one sentence without its full stop. */
  readonly means: string;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** Blocks within one of the library's ranges; the range itself where no prefix is given. */
type Ranges = Readonly<Record<string, readonly (readonly [block: string | null, scope: Scope])[]>>;

/** @param bytes 4 or 16, in network order */
export function scopeOf(bytes: Uint8Array): Scope {
  const address = libraryAddress(bytes);
  const range = address.range();
  const rows = (address.kind() === 'ipv4' ? IPV4 : IPV6)[range] ?? [];
  const row = rows.find(([block]) => block === null || within(address, block));
  // A newer library may know more ranges than there are words for.
  return row?.[1] ?? scope(range, 'RFC 6890', 'a block with a purpose of its own');
}

/** From bytes: the library's own reader takes ::1.2.3.4 for ::ffff:1.2.3.4. */
export function libraryAddress(bytes: Uint8Array): Address {
  return ipaddr.fromByteArray([...bytes]);
}

/** Whether the address lies in a block such as `192.0.2.0/24`. */
export function within(address: Address, block: string): boolean {
  const [start, prefix] = ipaddr.parseCIDR(block);
  return address.kind() === start.kind() && address.match(start, prefix);
}

function scope(word: string, source: string, means: string): Scope {
  return { word, source, means };
}

const EXAMPLES = 'for examples in texts; nobody has it, and nothing answers';
const LABORATORY = 'for measuring network devices in a laboratory';
const LINK = 'valid on one link only; a host gives it to itself, and no router passes it on';
const INSIDE = 'stays inside this machine, and never reaches a network';
const GROUP = 'a group: every host that has joined it gets what is sent to it';
const HOST = 'in none of the blocks set aside: one host, to which the Internet can route';
const TUNNELS = 'relays that carry multicast through tunnels';
const SINK = 'name servers that answer for private addresses';

const IPV4: Ranges = {
  loopback: [[null, scope('loopback', 'RFC 1122 §3.2.1.3', INSIDE)]],
  private: [
    [
      null,
      scope('private', 'RFC 1918', 'for everyone’s own network; the Internet does not route it'),
    ],
  ],
  linkLocal: [[null, scope('link-local', 'RFC 3927', LINK)]],
  carrierGradeNat: [
    [
      null,
      scope('shared', 'RFC 6598', 'between a provider’s NAT and its customers (carrier-grade NAT)'),
    ],
  ],
  multicast: [[null, scope('multicast', 'RFC 1112', GROUP)]],
  broadcast: [
    [null, scope('broadcast', 'RFC 919 §7', 'every host on this link; no router passes it on')],
  ],
  unspecified: [
    [
      '0.0.0.0/32',
      scope(
        'unspecified',
        'RFC 1122 §3.2.1.3',
        'no address; for bind() it means every interface (INADDR_ANY)',
      ),
    ],
    [
      null,
      scope('this network', 'RFC 1122 §3.2.1.3', 'only a host that is starting sends from it'),
    ],
  ],
  reserved: [
    ['192.0.2.0/24', scope('documentation', 'RFC 5737', EXAMPLES)],
    ['198.51.100.0/24', scope('documentation', 'RFC 5737', EXAMPLES)],
    ['203.0.113.0/24', scope('documentation', 'RFC 5737', EXAMPLES)],
    ['198.18.0.0/15', scope('benchmarking', 'RFC 2544', LABORATORY)],
    ['192.0.0.0/24', scope('protocols', 'RFC 6890 §2.1', 'assigned to protocols, not to hosts')],
    [
      '192.88.99.0/24',
      scope('6to4 relay', 'RFC 7526', 'led to the nearest 6to4 relay; it is deprecated'),
    ],
    [null, scope('reserved', 'RFC 1112 §4', 'kept for the future; in use nowhere')],
  ],
  as112: [[null, scope('AS112', 'RFC 7534', SINK)]],
  amt: [[null, scope('AMT', 'RFC 7450', TUNNELS)]],
  unicast: [[null, scope('global', 'RFC 6890', HOST)]],
};

const IPV6: Ranges = {
  unspecified: [
    [
      null,
      scope(
        'unspecified',
        'RFC 4291 §2.5.2',
        'no address; for bind() it means every interface (in6addr_any)',
      ),
    ],
  ],
  loopback: [[null, scope('loopback', 'RFC 4291 §2.5.3', INSIDE)]],
  linkLocal: [[null, scope('link-local', 'RFC 4291 §2.5.6', LINK)]],
  uniqueLocal: [
    [
      null,
      scope(
        'unique local',
        'RFC 4193',
        'for everyone’s own network; the Internet does not route it',
      ),
    ],
  ],
  multicast: [[null, scope('multicast', 'RFC 4291 §2.7', GROUP)]],
  ipv4Mapped: [
    [
      null,
      scope(
        'IPv4-mapped',
        'RFC 4291 §2.5.5.2',
        'an IPv4 address in an AF_INET6 socket; what is sent to it goes out as IPv4',
      ),
    ],
  ],
  deprecatedSiteLocal: [
    [null, scope('site-local', 'RFC 3879', 'valid within one site; it is deprecated')],
  ],
  discard: [[null, scope('discard-only', 'RFC 6666', 'what is sent to it is thrown away')]],
  rfc6145: [
    [null, scope('IPv4-translated', 'RFC 2765 §2.1', 'an IPv6 host, as a translator names it')],
  ],
  rfc6052: [
    [
      '64:ff9b:1::/48',
      scope('translation', 'RFC 8215', 'an IPv4 host, behind a translator of this network'),
    ],
    [null, scope('translation', 'RFC 6052', 'an IPv4 host, behind a translator (NAT64)')],
  ],
  '6to4': [[null, scope('6to4', 'RFC 3056', 'a network behind an IPv4 address and a tunnel')]],
  teredo: [[null, scope('Teredo', 'RFC 4380', 'a host behind a NAT and a UDP tunnel')]],
  benchmarking: [[null, scope('benchmarking', 'RFC 5180', LABORATORY)]],
  amt: [[null, scope('AMT', 'RFC 7450', TUNNELS)]],
  as112v6: [[null, scope('AS112', 'RFC 7535', SINK)]],
  deprecatedOrchid: [
    [null, scope('ORCHID', 'RFC 4843', 'the hash of a key, not a place; it is deprecated')],
  ],
  orchid2: [[null, scope('ORCHID', 'RFC 7343', 'the hash of a key, not a place')]],
  droneRemoteIdProtocolEntityTags: [
    [null, scope('drone remote ID', 'RFC 9374', 'names an aircraft, not a place')],
  ],
  segmentRouting: [
    [null, scope('segment routing', 'RFC 9602', 'a step of a route within one network')],
  ],
  reserved: [
    ['2001:db8::/32', scope('documentation', 'RFC 3849', EXAMPLES)],
    ['3fff::/20', scope('documentation', 'RFC 9637', EXAMPLES)],
    [null, scope('protocols', 'RFC 2928', 'assigned to protocols, not to hosts')],
  ],
  unicast: [
    ['2000::/3', scope('global', 'RFC 4291 §2.5.4', HOST)],
    [
      '::/96',
      scope(
        'IPv4-compatible',
        'RFC 4291 §2.5.5.1',
        'an IPv4 address and a tunnel; it is deprecated',
      ),
    ],
    [null, scope('unassigned', 'RFC 4291 §2.4', 'nobody has been given it')],
  ],
};

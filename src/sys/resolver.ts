/** Names → addresses and ports: getaddrinfo(3) through Node, services(5). */
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { bind, bindNow } from './ffi.ts';
import { counted } from './lookups.ts';
import type { SocketAddress } from './sockaddr.ts';

type Internet = Extract<SocketAddress, { port: number }>;

export interface Resolver {
  /**
   * Every stream address of a host name, in the order that getaddrinfo(3) prefers.
   * @throws an Error with `code` (ENOTFOUND, EAI_AGAIN …) where the name does not resolve
   */
  addressesOf(host: string, port: number, family: 0 | 4 | 6): Promise<Internet[]>;
  /** The port of a service name such as `http`, of TCP unless UDP is asked for; null where it is not known. */
  portOf(service: string, protocol?: 'tcp' | 'udp'): number | null;
  /** The name of the service at a TCP port; null where it has none. */
  serviceAt(port: number): string | null;
  /** The number of a network interface (`lo` → 1), for `fe80::1%lo`; null where there is none. */
  scopeOf(zone: string): number | null;
}

/** The services that anyone expects to be known, also where there is no /etc/services. */
const wellKnown: ReadonlyMap<string, number> = new Map(
  Object.entries({
    echo: 7,
    discard: 9,
    daytime: 13,
    chargen: 19,
    ftp: 21,
    ssh: 22,
    telnet: 23,
    smtp: 25,
    time: 37,
    domain: 53,
    http: 80,
    pop3: 110,
    imap: 143,
    https: 443,
  }),
);

const interfaceIndex = bind('unsigned int if_nametoindex(const char *)');

export const resolver: Resolver = {
  async addressesOf(host, port, family) {
    const found = await counted(lookup(host, { all: true, family, order: 'verbatim' }));
    return found.map(({ address, family: version }) =>
      version === 6 ? inet6(address, port) : { family: 'inet', host: address, port },
    );
  },

  portOf(service, protocol = 'tcp') {
    if (!/^[a-z][a-z0-9+._-]*$/i.test(service)) return null;
    const row = services().find(
      ({ entry, names }) => entry.endsWith(`/${protocol}`) && names.includes(service),
    );
    return row === undefined ? (wellKnown.get(service) ?? null) : Number.parseInt(row.entry, 10);
  },

  serviceAt(port) {
    const row = services().find(({ entry }) => entry === `${port}/tcp`);
    const known = [...wellKnown].find(([, number]) => number === port)?.[0];
    return row?.names[0] ?? known ?? null;
  },

  scopeOf(zone) {
    if (/^[0-9]{1,9}$/.test(zone)) return Number(zone);
    const index = Number(interfaceIndex(zone)); // if_nametoindex(3): 0 where there is none
    return index === 0 ? null : index;
  },
};

/** As `ready` of Sys. */
export function readyToResolve(): void {
  bindNow(interfaceIndex);
}

function inet6(address: string, port: number): Internet {
  const [host = '', zone = '0'] = address.split('%');
  return { family: 'inet6', host, port, scope: resolver.scopeOf(zone) ?? 0 };
}

interface Service {
  readonly entry: string;
  readonly names: readonly string[];
}

/** Read once: a script may have a service in each of its lines. */
let read: readonly Service[] | null = null;

/** services(5): `http 80/tcp www # a comment`. */
function services(): readonly Service[] {
  read ??= servicesFile()
    .split('\n')
    .map((line) => (line.split('#')[0] ?? '').trim().split(/\s+/))
    .map(([name = '', entry = '', ...aliases]) => ({ entry, names: [name, ...aliases] }));
  return read;
}

function servicesFile(): string {
  try {
    return readFileSync('/etc/services', 'utf8');
  } catch {
    return '';
  }
}

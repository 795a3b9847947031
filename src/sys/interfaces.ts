/** The addresses that this machine's own network interfaces have: getifaddrs(3), through Node. */
import { networkInterfaces } from 'node:os';

export interface OwnAddress {
  /** The interface: `lo`, `eth0`. */
  readonly name: string;
  /** As inet_ntop(3) writes it, without a zone. */
  readonly address: string;
  /** How many of its bits are network. */
  readonly prefix: number;
  /** The interface's number, of a link-local IPv6 address; else 0. */
  readonly scope: number;
}

/** Only interfaces that are up have any. */
export function ownAddresses(): OwnAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
    all.flatMap((one) => {
      // Node gives no CIDR where the netmask is not a row of ones and then zeros.
      const prefix = one.cidr?.split('/')[1];
      if (prefix === undefined) return [];
      const scope = one.family === 'IPv6' ? one.scopeid : 0;
      return [{ name, address: one.address, prefix: Number(prefix), scope }];
    }),
  );
}

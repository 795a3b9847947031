/** Sentences about an address's network, and about its place there. */
import type { AddressParts } from '../../socket/inspect/inspect.ts';
import { visibleText } from '../visible.ts';

type Network = NonNullable<AddressParts['network']>;

/** `192.168.1.0/24 on eth0, netmask 255.255.255.0, broadcast 192.168.1.255` */
export function networkLine(address: AddressParts, network: Network): string {
  const { version, interface: here } = address;
  const { prefix, network: start, mask, broadcast, from } = network;
  const on = here === null || from === 'written' ? '' : ` on ${visibleText(here.name)}`;
  const block = `${start}/${prefix}${on}`;
  // Nobody writes an IPv6 netmask.
  if (version === 6) return block;
  return `${block}, netmask ${mask}${broadcast === null ? '' : `, broadcast ${broadcast}`}`;
}

/** `17, of 254 hosts: 192.168.1.1 … 192.168.1.254` */
export function hostLine({ version, text, bytes }: AddressParts, network: Network): string {
  const { host, hostPart, first, last, prefix } = network;
  const hostBits = bytes.length * 8 - prefix;
  if (hostBits === 0) return 'the prefix leaves no host bits: it is this one address';
  const place = version === 4 ? String(host) : hostPart;
  if (hostBits === 1)
    return `${place}, one of a link’s two ends (${version === 4 ? 'RFC 3021' : 'RFC 6164'})`;
  return `${place}${role(text, version, network)}, of ${countOf(network, hostBits)} hosts: ${first} … ${last}`;
}

/** The first and the last of a network's addresses are no host's. */
function role(text: string, version: 4 | 6, { network, broadcast }: Network): string {
  if (text === broadcast) return ' (all hosts: the broadcast)';
  if (text !== network) return '';
  return version === 4 ? ' (no host: the network)' : ' (any router: RFC 4291 §2.6.1)';
}

/** From 2^33 on, digits tell less than the power does. */
function countOf({ hosts }: Network, hostBits: number): string {
  if (hostBits <= 32) return String(hosts).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `2^${hostBits} − ${(1n << BigInt(hostBits)) - hosts}`;
}

/** An internet address on the screen: its bits, network and host, scope, name, bytes in memory. */
import type { AddressInspection, AddressParts, NameFound } from '../../socket/inspect/inspect.ts';
import { spacedHex } from '../../wire/bytes.ts';
import { widthOf } from '../layout.ts';
import type { Page } from '../page.ts';
import { legend, renderBits } from './bits.ts';
import { hostLine, networkLine } from './network.ts';
import { INDENT, label, memoryLines, portLines, row } from './rows.ts';

/** @param explain false leaves away what is said of all such addresses */
export function addressLines(
  { address, name, port, sockaddr }: AddressInspection,
  page: Page,
  explain: boolean,
): string[] {
  return [
    ...formLines(address, page),
    ...bitLines(address, page),
    '',
    ...networkLines(address, page, explain),
    ...zoneLines(address, page, explain),
    ...scopeLines(address, page, explain),
    nameLine(name, page),
    ...portLines(port, page),
    '',
    ...memoryLines(sockaddr, port !== null, page),
  ];
}

/** What the address is where it was left out, and an IPv6 address's short and full form. */
function formLines({ written, version, text, bytes }: AddressParts, page: Page): string[] {
  if (written === 'loopback') return [row('address', `${text}, as no host was written`, page)];
  if (written === 'any') return [row('address', `${text}: * is every interface`, page)];
  if (version === 4) return [];
  const full = spacedHex(bytes)
    .replaceAll(' ', '')
    .replaceAll(/....(?=.)/g, '$&:');
  return [row('forms', text === full ? full : `${text} = ${full}`, page)];
}

function bitLines({ bytes, network, version }: AddressParts, page: Page): string[] {
  const { theme, width } = page;
  const lines = renderBits(bytes, network?.prefix ?? null, width - INDENT, theme);
  if (network !== null) {
    const told = legend(network.prefix, bytes.length);
    const beside = `${lines.at(-1)}   ${told}`;
    if (widthOf(beside) > width - INDENT) lines.push(told);
    else lines[lines.length - 1] = beside;
  }
  const labels = [version === 4 ? 'fields' : 'groups', 'bits'];
  const labelled = lines.map((line, i) => (label(labels[i] ?? '', theme) + line).trimEnd());
  if (version === 6) return labelled;
  const hex = spacedHex(bytes).replaceAll(' ', '');
  const number = `${Number.parseInt(hex, 16)} = 0x${hex}, high byte first in memory (htonl)`;
  return [...labelled, row('number', number, page)];
}

/** Of these nobody asks which network they are in. */
const WITHOUT_NETWORK = ['unspecified', 'multicast', 'broadcast', 'IPv4-mapped'];

function networkLines(address: AddressParts, page: Page, explain: boolean): string[] {
  const { network, interface: here, scope, text, version } = address;
  if (network === null) {
    if (!explain || WITHOUT_NETWORK.includes(scope.word)) return [];
    const hint =
      version === 4
        ? `with ${text}/24, three fields are network and one is host`
        : `with ${text}/64, one half is network and one is host`;
    return [row('network', `unknown without a prefix; ${hint}`, page)];
  }
  const lines = [
    row('network', networkLine(address, network), page),
    row('host', hostLine(address, network), page),
  ];
  if (here === null || network.from === 'interface') return lines;
  const told = `an interface of this machine has this address, with /${here.prefix}`;
  return [...lines, row('here', told, page, here.name)];
}

/** RFC 4007 §6: a link-local address is only clear together with its link. */
function zoneLines(address: AddressParts, page: Page, explain: boolean): string[] {
  const { zone, scope, text, reach, version } = address;
  if (zone !== null) return [row('zone', `interface number ${zone.index}`, page, zone.name)];
  const local = scope.word === 'link-local' || reach?.word === 'link-local';
  if (version === 4 || !local || !explain) return [];
  return [row('zone', `missing: each link has such addresses; ${text}%eth0 names one`, page)];
}

function scopeLines(
  { scope, reach, embedded }: AddressParts,
  page: Page,
  explain: boolean,
): string[] {
  const source = `${scope.word} (${scope.source})`;
  const lines = [row('scope', explain ? `${source}: ${scope.means}` : source, page)];
  if (reach !== null) lines.push(row('reach', `${reach.word} (${reach.source})`, page));
  if (embedded !== null) {
    const { form, address, scope: inside } = embedded;
    lines.push(row('contains', `the IPv4 address ${address} (${form}): ${inside.word}`, page));
  }
  return lines;
}

function nameLine(name: NameFound, page: Page): string {
  switch (name.kind) {
    case 'found':
      return row('name', '', page, name.name);
    case 'none':
      return row('name', 'no name is known for it', page);
    case 'late':
      return row('name', 'unknown: the resolver does not answer in time', page);
  }
}

/** What `inspect` found as one JSON object. Bytes are written as hexadecimal digits. */
import type { AddressParts, Inspection, NameFound, Port } from '../../socket/inspect/inspect.ts';
import { spacedHex } from '../../wire/bytes.ts';
import { eventJson } from '../json.ts';

type Json = Readonly<Record<string, unknown>>;

/** One line, without its end. @param text what was asked about, as it was typed */
export function inspectionJson(inspection: Inspection, text: string): string {
  return eventJson('inspect', { input: text, kind: inspection.kind, ...detail(inspection) });
}

function detail(inspection: Inspection): Json {
  switch (inspection.kind) {
    case 'address': {
      const { transport, address, port, sockaddr, name } = inspection;
      return {
        transport,
        ...addressJson(address),
        port: portJson(port),
        sockaddr: sockaddrJson(sockaddr),
        ...nameJson(name),
      };
    }
    case 'name': {
      const { transport, name, found, port } = inspection;
      const addresses = found.map(({ address, scope, sockaddr }) => ({
        address,
        scope,
        sockaddr: sockaddrJson(sockaddr),
      }));
      return { transport, name, addresses, port: portJson(port) };
    }
    case 'unix': {
      const { transport, form, name, sockaddr } = inspection;
      return { transport, form, name, sockaddr: sockaddrJson(sockaddr) };
    }
  }
}

function addressJson(address: AddressParts): Json {
  const { version, text, bytes, zone, network, scope, reach, embedded } = address;
  const hex = digits(bytes);
  const groups = hex.match(/..../g) ?? [];
  return {
    version,
    address: text,
    full: version === 4 ? text : groups.join(':'),
    fields: version === 4 ? [...bytes] : groups,
    bits: [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(''),
    hex: `0x${hex}`,
    zone,
    interface: address.interface,
    network: network === null ? null : networkJson(network),
    scope,
    multicast_scope: reach,
    embedded_ipv4: embedded,
  };
}

function networkJson(network: NonNullable<AddressParts['network']>): Json {
  const { prefix, from, mask, hostPart, broadcast, first, last, hosts } = network;
  return {
    prefix,
    from,
    netmask: mask,
    network: network.network,
    host_part: hostPart,
    broadcast,
    first_host: first,
    last_host: last,
    // As text: 2^64 is more than a number in JSON can be trusted with.
    hosts: String(hosts),
  };
}

function portJson(port: Port | null): Json | null {
  if (port === null) return null;
  const { number, bytes, swapped, meant } = port;
  return { number, hex: digits(Uint8Array.from(bytes)), swapped, without_htons: meant };
}

function sockaddrJson(fields: readonly { label: string; bytes: Uint8Array }[]): Json {
  const hex = fields.map(({ bytes }) => digits(bytes));
  return {
    hex: hex.join(''),
    fields: fields.map(({ label }, i) => ({ name: label, hex: hex[i] })),
  };
}

function nameJson(name: NameFound): Json {
  return { name: name.kind === 'found' ? name.name : null, name_lookup: name.kind };
}

function digits(bytes: Uint8Array): string {
  return spacedHex(bytes).replaceAll(' ', '');
}

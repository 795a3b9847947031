/** Endpoints as the socket addresses that the kernel takes, and how a call line shows those. */
import { constant } from '../../sys/platform.ts';
import { formatAddress, type SocketAddress } from '../../sys/sockaddr.ts';
import type { Endpoint, Host } from '../endpoint.ts';

/**
 * The address that an endpoint means for a socket of `domain`.
 * @throws RangeError for a host name: only getaddrinfo() resolves names
 */
export function socketAddress(endpoint: Endpoint, domain: number): SocketAddress {
  if ('path' in endpoint) return { family: 'unix', path: endpoint.path };
  if ('abstract' in endpoint) return { family: 'abstract', name: endpoint.abstract };
  return hostAddress(endpoint.host, endpoint.port, domain === constant('AF_INET6'));
}

function hostAddress(host: Host, port: number, six: boolean): SocketAddress {
  switch (host.kind) {
    case 'loopback':
      return six ? inet6('::1', port, 0) : { family: 'inet', host: '127.0.0.1', port };
    case 'any':
      return six ? inet6('::', port, 0) : { family: 'inet', host: '0.0.0.0', port };
    case 'inet':
      return { family: 'inet', host: host.literal, port };
    case 'inet6':
      return inet6(host.literal, port, host.scope);
    case 'hostname':
      if (host.name === 'INADDR_ANY') return hostAddress({ kind: 'any' }, port, six);
      if (host.name === 'localhost' || host.name === 'INADDR_LOOPBACK')
        return hostAddress({ kind: 'loopback' }, port, six);
      throw new RangeError(`the kernel knows no names: give the address of ${host.name}`);
  }
}

function inet6(host: string, port: number, scope: number): SocketAddress {
  return { family: 'inet6', host, port, scope };
}

/** `{AF_INET, 127.0.0.1:8888}`: a socket address in a call line. */
export function shownAddress(address: SocketAddress): string {
  switch (address.family) {
    case 'inet':
      return `{AF_INET, ${formatAddress(address)}}`;
    case 'inet6':
      return `{AF_INET6, ${formatAddress(address)}}`;
    case 'unix':
      return `{AF_UNIX, ${JSON.stringify(address.path)}}`;
    case 'abstract':
      return `{AF_UNIX, @${JSON.stringify(address.name)}}`;
    case 'unnamed':
      return '{AF_UNIX}';
    case 'other':
      return `{family ${address.number}}`;
  }
}

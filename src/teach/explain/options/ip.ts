/** Options of IP: levels IPPROTO_IP and IPPROTO_IPV6. */
import type { Text } from '../topic.ts';

export const ipOptions: readonly Text[] = [
  {
    name: 'IP_TTL',
    what: 'How many routers a packet may pass: its time to live. 1 to 255; Linux: 64 at first.',
    when: 'To keep packets near, or to trace a path hop by hop, as traceroute does.',
    advice: 'setsockopt(s, IPPROTO_IP, IP_TTL, 5). For IPv6 the option is IPV6_UNICAST_HOPS.',
    source: 'ip(7), RFC 791',
    aliases: ['TTL', 'time to live'],
    see: ['IPV6_UNICAST_HOPS', 'IP_TOS'],
  },
  {
    name: 'IP_TOS',
    what: 'The byte of the IP header that says what kind of service the packets want. Its upper six bits are the DSCP, and the lower two are for congestion marks.',
    when: 'In networks whose routers tell traffic apart. 0x10 was "low delay".',
    advice:
      'Outside of one’s own network it is often ignored or cleared. TCP on Linux keeps the lower two bits to itself.',
    source: 'ip(7), RFC 2474',
    aliases: ['TOS', 'DSCP'],
    see: ['SO_PRIORITY', 'IP_TTL'],
  },
  {
    name: 'IPV6_V6ONLY',
    what: 'Whether an IPv6 socket keeps to IPv6. At 0 it also takes IPv4, whose peers look like ::ffff:127.0.0.1. Linux: 0 at first (net.ipv6.bindv6only).',
    when: 'Before bind(); after it, EINVAL. A server on [::] with 0 serves both, and then nobody else can bind 0.0.0.0 at that port.',
    advice: 'Set it yourself either way: systems differ in their default.',
    source: 'ipv6(7), RFC 3493',
    see: ['AF_INET6', 'IPv4-mapped address', 'EADDRINUSE'],
  },
  {
    name: 'IPV6_UNICAST_HOPS',
    what: 'How many routers an IPv6 packet may pass: its hop limit. 0 to 255; -1 is the machine’s default, 64 on Linux.',
    when: 'As IP_TTL for IPv4.',
    advice: 'setsockopt(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 5).',
    source: 'ipv6(7), RFC 3493',
    aliases: ['hop limit'],
    see: ['IP_TTL', 'AF_INET6'],
  },
];

import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderInspection } from '../../../src/view/inspect/inspect.ts';
import { widthOf } from '../../../src/view/layout.ts';
import { inspected } from '../../support/inspections.ts';
import { page } from '../../support/steps.ts';

async function shown(text: string, style: Parameters<typeof page>[0] = {}, width = 80) {
  return renderInspection(await inspected(text), text, page(style, width));
}

/** Of each kind, and with everything that a line can say. */
const ALL = [
  '129.128.243.70',
  '192.168.1.17/24',
  '10.0.0.0/31',
  '10.0.0.1/32',
  '10.0.0.0/8',
  '10.255.255.255/8',
  '0.0.0.0/0',
  '127.0.0.1/24',
  '127.0.0.1:35091',
  '127.0.0.1:8738',
  '*:80',
  ':0',
  '239.1.2.3',
  '::1',
  '[::1]:8888',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  '::ffff:127.0.0.1',
  '2001:db8::/64',
  '2001:0db8:1234:5678:9abc:def1:2345:6789/57',
  '2001:db8:1234:5678:9abc:def1:2345:6789/127',
  'udp:10.0.0.1:53',
  'localhost',
  'localhost:http',
  'unix:/run/user/1000/socklab/a-longer-name.sock',
  'unixgram:@x',
];

describe('an address on the screen', () => {
  it('with a prefix shows what is network and what is host', async () => {
    expect(await shown('192.168.1.17/20')).toBe(
      `192.168.1.17/20   an IPv4 address: 32 bits, four fields of 8

  fields   192      168      1        17
  bits     11000000 10101000 00000001 00010001
           NNNNNNNN NNNNNNNN NNNNhhhh hhhhhhhh
           N network, 20 bits; h host, 12 bits
  number   3232235793 = 0xc0a80111, high byte first in memory (htonl)

  network  192.168.0.0/20, netmask 255.255.240.0, broadcast 192.168.15.255
  host     273, of 4,094 hosts: 192.168.0.1 … 192.168.15.254
  scope    private (RFC 1918): for everyone’s own network; the Internet does not
           route it
  name     no name is known for it

  memory   02 00  │ 00 00   │ c0 a8 01 11 │ 00 00 00 00 00 00 00 00
           family   no port   address       padding
           struct sockaddr_in, 16 bytes`,
    );
  });

  it.each([
    ['129.128.243.70', 'with 129.128.243.70/24, three fields'],
    ['127.0.0.1', 'network  127.0.0.0/8 on lo, netmask 255.0.0.0'],
    ['127.0.0.1', 'name     localhost'],
    ['127.0.0.1/24', 'here     lo   an interface of this machine has this address, with /8'],
    ['10.0.0.0/8', 'host     0 (no host: the network), of 16,777,214 hosts'],
    ['10.255.255.255/8', 'host     16777215 (all hosts: the broadcast), of'],
    ['10.0.0.0/31', 'host     0, one of a link’s two ends (RFC 3021)'],
    ['10.0.0.1/32', 'no host bits: it is this one address'],
    ['2001:db8::/64', 'host     :: (any router: RFC 4291 §2.6.1), of 2^64 − 1 hosts'],
    ['fe80::1', 'fe80::1%eth0 names one'],
    ['fe80::1%eth0', 'zone     eth0   interface number 2'],
    ['ff02::1', 'reach    link-local (RFC 7346 §2)'],
    ['::ffff:127.0.0.1', 'contains the IPv4 address 127.0.0.1 (mapped): loopback'],
    ['::1', 'forms    ::1 = 0000:0000:0000:0000:0000:0000:0000:0001'],
    [':80', 'address  127.0.0.1, as no host was written'],
    ['*:80', 'address  0.0.0.0: * is every interface'],
    ['127.0.0.1:8888', '8888 = 0x22b8, high byte first (htons): 22 b8; b8 22 is 47138'],
    ['127.0.0.1:35091', 'Was htons() forgotten? 35091 is 5001 with its two bytes swapped.'],
    ['127.0.0.1:8738', '8738 = 0x2222, high byte first (htons): 22 22, two bytes alike'],
    [':0', 'port     0: bind() lets the kernel choose one'],
    ['udp:10.0.0.1:53', 'udp:10.0.0.1:53   a UDP endpoint: an IPv4 address and a port'],
    ['[::1]:80', 'struct sockaddr_in6, 28 bytes'],
  ])('%s: %s', async (text, told) => {
    expect(await shown(text)).toContain(told);
  });

  it('without explanations still has all that is about itself', async () => {
    const inspection = await inspected('129.128.243.70:80');
    const quiet = renderInspection(inspection, '129.128.243.70:80', page(), false);
    expect(quiet).toContain('scope    global (RFC 6890)\n');
    expect(quiet).not.toContain('unknown without a prefix');
    const lines = renderInspection(inspection, '129.128.243.70:80', page()).split('\n');
    const wanted = lines.filter((line) => !/scope|which the|network|and one/.test(line));
    for (const line of wanted) expect(quiet.split('\n')).toContain(line);
  });

  it('says so calmly where the resolver is late', async () => {
    const late = await inspected('10.0.0.1', {
      nameOf: () => new Promise(() => {}),
      patienceMs: 1,
    });
    expect(renderInspection(late, '10.0.0.1', page())).toContain(
      'name     unknown: the resolver does not answer in time',
    );
  });
});

describe('a name on the screen', () => {
  it('has each address with its scope, and the order told', async () => {
    const addressesFor = async () => [
      { family: 'inet6', host: '::1', port: 80, scope: 0 } as const,
      { family: 'inet', host: '127.0.0.1', port: 80 } as const,
    ];
    const both = await inspected('localhost', { addressesFor });
    expect(renderInspection(both, 'localhost', page()).split('\n').slice(0, 6)).toEqual([
      'localhost   a name for 2 addresses',
      '',
      '  address  ::1         loopback (RFC 4291 §2.5.3)',
      '           127.0.0.1   loopback (RFC 1122 §3.2.1.3)',
      '           to be tried in this order, which is that of getaddrinfo() (RFC 6724)',
      '',
    ]);
    expect(renderInspection(both, 'localhost', page(), false)).not.toContain('in this order');
  });
});

describe('a Unix path on the screen', () => {
  it('shows every byte', async () => {
    const path = `/run/${'x'.repeat(90)}`;
    const text = await shown(`unix:${path}`);
    const rows = text.split('\n').filter((line) => /^.{11}([0-9a-f]{2} ){2,}/.test(line));
    const bytes = rows
      .join(' ')
      .match(/\b[0-9a-f]{2}\b/g)
      ?.join('');
    expect(bytes).toContain(Buffer.from(`${path}\0`).toString('hex'));
    expect(text).toContain('95 bytes, and a zero byte that ends it');
  });
});

describe('every inspection', () => {
  it.each(ALL)('%s fits into 80 columns and 24 rows, and into 60 columns', async (text) => {
    for (const width of [80, 60]) {
      const lines = (await shown(text, {}, width)).split('\n');
      expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
      if (width === 80) expect(lines.length).toBeLessThanOrEqual(24);
    }
  });

  it.each(ALL)('%s is ASCII alone with --ascii, and says the same in colour', async (text) => {
    expect(await shown(text, { ascii: true })).toMatch(/^[\n\x20-\x7e]*$/);
    const coloured = await shown(text, { color: true });
    expect(coloured).toContain('\x1b[');
    expect(stripVTControlCharacters(coloured)).toBe(await shown(text));
  });

  it('does nothing to the terminal, whatever the names are', async () => {
    const evil = 'x\x1b]0;owned\x07\u202e';
    const own = () => [{ name: evil, address: '10.0.0.1', prefix: 8, scope: 0 }];
    const nameOf = async () => evil;
    for (const text of ['10.0.0.1', '10.0.0.1/9', `unix:/${evil}`]) {
      const told = renderInspection(await inspected(text, { own, nameOf }), text, page());
      expect(told).toContain('^[]0;owned^G<U+202E>');
      expect(told).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    }
  });

  it('leaves a path’s own characters alone with --ascii', async () => {
    expect(await shown('unix:/a→b’c', { ascii: true })).toContain('path     /a→b’c   10 bytes');
  });
});

/** Byte order, and addresses as text: what a C program computes without asking the kernel. */
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../../sys/inet.ts';
import { inetAddr as inetAddrOf, readyToAsk } from '../../sys/names.ts';
import { constant, errnoNumber } from '../../sys/platform.ts';
import { littleEndian, swap } from '../../wire/byte-order.ts';
import { quoted, spacedHex } from '../../wire/bytes.ts';
import type { Value } from '../call.ts';
import { BadCall } from '../errors.ts';
import type { Arguments } from './arguments.ts';
import { BYTES_SHOWN, known, type Made, type Param, type Prepared, type Row } from './row.ts';
import { givenDetail } from './stdio.ts';

const FAMILY: Param = { name: 'family', kind: 'int', constants: known(/^AF_INET/) };
const TEXT: Param = { name: 'text', kind: 'text' };

export const byteOrderCalls: readonly Row[] = [
  order('htons', 16, 'host byte order to network byte order, which is high byte first'),
  order('htonl', 32, 'host byte order to network byte order, which is high byte first'),
  order('ntohs', 16, 'network byte order back to host byte order'),
  order('ntohl', 32, 'network byte order back to host byte order'),
  {
    name: 'inet_pton',
    kind: 'library',
    params: [FAMILY, TEXT],
    alsoAs: [[FAMILY, TEXT, { name: 'address', kind: 'out', counted: true }]],
    signature: 'int inet_pton(int af, const char *src, void *dst);',
    does: 'Turns an address in text into its bytes, in network byte order. It returns 1, or 0 where the text is no address.',
    example: 'inet_pton(AF_INET, "127.0.0.1")',
    source: 'inet_pton(3)',
    gives: 'bytes',
    computes: true,
    prepare: inetPton,
  },
  {
    name: 'inet_ntop',
    kind: 'library',
    params: [FAMILY, { name: 'address', kind: 'bytes' }],
    alsoAs: [
      [
        FAMILY,
        { name: 'address', kind: 'bytes' },
        { name: 'text', kind: 'out' },
        { name: 'size', kind: 'size' },
      ],
    ],
    signature: 'const char *inet_ntop(int af, const void *src, char *dst, socklen_t size);',
    does: 'Turns the bytes of an address into text.',
    example: 'inet_ntop(AF_INET, hex"7f 00 00 01")',
    source: 'inet_ntop(3)',
    gives: 'bytes',
    computes: true,
    prepare: inetNtop,
  },
  {
    name: 'inet_addr',
    kind: 'library',
    params: [TEXT],
    signature: 'in_addr_t inet_addr(const char *cp);',
    does: 'Turns an IPv4 address in text into its 32 bits, in network byte order. It also reads 127.1 and octal; inet_pton() doesn’t, tells mistakes apart from 255.255.255.255, and knows IPv6.',
    example: 'inet_addr("127.0.0.1")',
    source: 'inet_addr(3)',
    gives: 'integer',
    computes: true,
    prepare: inetAddr,
  },
  {
    name: 'strlen',
    kind: 'library',
    params: [{ name: 'text', kind: 'bytes' }],
    signature: 'size_t strlen(const char *s);',
    does: 'Counts the bytes up to the first zero byte.',
    example: 'strlen("hello\\n")',
    source: 'strlen(3)',
    gives: 'integer',
    computes: true,
    prepare: (args) => {
      const bytes = args.bytes(0);
      const end = bytes.indexOf(0);
      const length = end === -1 ? bytes.length : end;
      const text = `strlen(${quoted(bytes.subarray(0, BYTES_SHOWN))})`;
      return { text, attempt: () => ({ result: length }) };
    },
  },
];

function order(name: 'htons' | 'htonl' | 'ntohs' | 'ntohl', bits: 16 | 32, what: string): Row {
  const type = `uint${bits}_t`;
  const word = { htons: 'hostshort', htonl: 'hostlong', ntohs: 'netshort', ntohl: 'netlong' }[name];
  const most = 2 ** bits - 1;
  return {
    name,
    kind: 'library',
    params: [{ name: 'number', kind: 'int', most }],
    signature: `${type} ${name}(${type} ${word});`,
    does: `Turns a number of ${bits} bits from ${what}.`,
    example:
      bits === 16
        ? `${name}(8888)`
        : `${name}(${name === 'htonl' ? 'INADDR_LOOPBACK' : '16777343'})`,
    source: `${name}(3)`,
    gives: 'integer',
    computes: true,
    prepare: (args) => {
      const value = args.unsigned(0, bits);
      const swapped = littleEndian ? swap(value, bits) : value;
      return {
        text: `${name}(${args.shown(0)})`,
        details: [{ kind: 'order', value, bytes: bits === 16 ? 2 : 4, swapped }],
        attempt: () => ({ result: swapped }),
      };
    },
  };
}

function inetPton(args: Arguments): Prepared {
  const family = args.int(0);
  const text = args.text(1) ?? '';
  const out = args.out(2);
  return {
    text: `inet_pton(${args.shown(0)}, ${JSON.stringify(text)}, …)`,
    attempt: (): Made => {
      const six = family === constant('AF_INET6');
      if (!six && family !== constant('AF_INET')) return { result: -errnoNumber('EAFNOSUPPORT') };
      const bytes = six ? parseIPv6(text) : parseIPv4(text);
      if (bytes === null) return { result: 0, shown: '0 (not an address)' };
      const value: Value = { kind: 'bytes', bytes };
      const line = `inet_pton(${args.shown(0)}, ${JSON.stringify(text)}, [${spacedHex(bytes)}])`;
      const gives = out === null ? [] : ([[out, value]] as const);
      return { result: 1, value, text: line, gives };
    },
  };
}

function inetNtop(args: Arguments): Prepared {
  const family = args.int(0);
  const bytes = addressBytes(args, 1);
  const out = args.out(2);
  const size = args.has(3) ? args.size(3) : Number.POSITIVE_INFINITY;
  const line = `inet_ntop(${args.shown(0)}, [${spacedHex(bytes)}])`;
  return {
    text: line,
    attempt: (): Made => {
      const six = family === constant('AF_INET6');
      if (!six && family !== constant('AF_INET')) return { result: -errnoNumber('EAFNOSUPPORT') };
      const written = six ? formatIPv6(bytes) : formatIPv4(bytes);
      if (written.length >= size) return { result: -errnoNumber('ENOSPC') };
      const value: Value = { kind: 'bytes', bytes: new Uint8Array(Buffer.from(written)) };
      const details = out === null ? [] : [givenDetail(out, value)];
      const gives = out === null ? [] : ([[out, value]] as const);
      return { result: written.length, value, gives, details, shown: JSON.stringify(written) };
    },
  };
}

/** The 4 or 16 bytes of an address; more would be read from whatever lies behind them. */
function addressBytes(args: Arguments, at: number): Uint8Array {
  const bytes = args.bytes(at);
  const size = args.int(0) === constant('AF_INET6') ? 16 : 4;
  if (bytes.length === size) return bytes;
  throw new BadCall(`an address of ${args.shown(0)} has ${size} bytes, not ${bytes.length}`, at);
}

function inetAddr(args: Arguments): Prepared {
  const text = args.text(0) ?? '';
  readyToAsk();
  return {
    text: `inet_addr(${JSON.stringify(text)})`,
    attempt: (): Made => {
      const result = inetAddrOf(text);
      // INADDR_NONE, which is 255.255.255.255 as well: the reason to use inet_pton().
      const none = result === 0xffffffff && text !== '255.255.255.255';
      return none ? { result, shown: `${result} (INADDR_NONE: not an address)` } : { result };
    },
  };
}

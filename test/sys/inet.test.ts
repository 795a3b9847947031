import fc from 'fast-check';
import { describe, expect, it, type TestContext } from 'vitest';
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../../src/sys/inet.ts';
import { Python } from '../support/python.ts';
import { has } from '../support/tools.ts';

type Family = 'AF_INET' | 'AF_INET6';

/** The C library's own inet_pton() and inet_ntop(), by way of Python. */
class CLibrary {
  private readonly python = new Python<[call: string, family: Family, value: string], string>(`
import socket
def answer(question):
    call, family, value = question
    number = getattr(socket, family)
    if call == 'inet_pton':
        return socket.inet_pton(number, value).hex()
    return socket.inet_ntop(number, bytes.fromhex(value))`);

  parse(family: Family, text: string): Promise<string | null> {
    return this.python.ask(['inet_pton', family, text]);
  }

  format(family: Family, bytes: Uint8Array): Promise<string | null> {
    return this.python.ask(['inet_ntop', family, hex(bytes)]);
  }
}

function theCLibrary(context: TestContext): CLibrary {
  if (!has('python3')) context.skip('python3 is not installed');
  return new CLibrary();
}

function hex(bytes: Uint8Array): string;
function hex(bytes: Uint8Array | null): string | null;
function hex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('hex');
}

const RUNS = { numRuns: 500 };

/** Text that is nearly an address: the right characters in any order. */
const almost = (characters: string) =>
  fc.string({ unit: fc.constantFrom(...characters), maxLength: 24 });
/** Numbers of an IPv4 address, a few of them too large or with leading zeros. */
const field = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.constantFrom('', '00', '01', '007', '0x1', '1e1', ' 1', '+1', '٣'),
);
const ipv4ish = fc.oneof(
  { weight: 2, arbitrary: fc.ipV4() },
  { weight: 2, arbitrary: fc.array(field, { minLength: 1, maxLength: 5 }).map((a) => a.join('.')) },
  almost('0123456789.'),
  fc.string({ unit: 'binary' }),
);
const group = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16)),
  fc.constantFrom('0', '0000', '00a0', 'FFFF', '', '12345', 'g', '1.2.3.4', '1.2.3', '%lo'),
);
const ipv6ish = fc.oneof(
  { weight: 2, arbitrary: fc.ipV6() },
  { weight: 3, arbitrary: fc.array(group, { minLength: 1, maxLength: 9 }).map((a) => a.join(':')) },
  almost('0123aF:.'),
  fc.string({ unit: 'binary' }),
);
const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** Many zeros, so that runs of them tie, touch the ends, or fill all. */
const ipv6Bytes = fc.oneof(
  bytesOf(16),
  fc
    .array(fc.constantFrom(0, 0, 0, 1, 0xff, 0xffff), { minLength: 8, maxLength: 8 })
    .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))),
);

describe('parseIPv4', () => {
  it('reads what inet_pton reads and nothing else', async (context) => {
    const c = theCLibrary(context);
    await fc.assert(
      fc.asyncProperty(ipv4ish, async (text) => {
        expect(hex(parseIPv4(text))).toBe(await c.parse('AF_INET', text));
      }),
      RUNS,
    );
  });

  it('refuses the short, octal and hexadecimal spellings of inet_aton', () => {
    for (const text of ['127.1', '0177.0.0.1', '0x7f.0.0.1', '2130706433', '127.0.0.1 ', ''])
      expect(parseIPv4(text), text).toBeNull();
    expect(parseIPv4('127.0.0.1')).toEqual(Uint8Array.of(127, 0, 0, 1));
  });
});

describe('formatIPv4', () => {
  it('writes what inet_ntop writes, and parseIPv4 reads it back', async (context) => {
    const c = theCLibrary(context);
    await fc.assert(
      fc.asyncProperty(bytesOf(4), async (bytes) => {
        const text = formatIPv4(bytes);
        expect(text).toBe(await c.format('AF_INET', bytes));
        expect(parseIPv4(text)).toEqual(bytes);
      }),
      RUNS,
    );
  });
});

describe('parseIPv6', () => {
  it('reads what inet_pton reads and nothing else', async (context) => {
    const c = theCLibrary(context);
    await fc.assert(
      fc.asyncProperty(ipv6ish, async (text) => {
        expect(hex(parseIPv6(text))).toBe(await c.parse('AF_INET6', text));
      }),
      RUNS,
    );
  });

  it('agrees with inet_pton on where "::" and a dotted end may stand', async (context) => {
    const c = theCLibrary(context);
    const texts = [
      ...['', ':', '::', ':::', '::1', '1::', ':1::', '1::2::', '1::2::3', '::1:', ':1'],
      ...['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8', '1:2:3:4::5:6:7:8'],
      ...['1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8:', '1:2:3:4:5:6:7:8::'],
      ...['::1.2.3.4', '1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:7:1.2.3.4', '::1.2.3.4:5'],
      ...['1.2.3.4::', '1.2.3.4', '::1.2.3', '::01.2.3.4', '::256.1.1.1', '1:2:3:4:5::1.2.3.4'],
      ...['::ffff:1.2.3.4', '::FFFF:1.2.3.4', '::00001', '::g', 'fe80::1%lo', '[::1]', '::1 '],
    ];
    for (const text of texts)
      expect(hex(parseIPv6(text)), text).toBe(await c.parse('AF_INET6', text));
  });
});

describe('formatIPv6', () => {
  it('writes what inet_ntop writes, and parseIPv6 reads it back', async (context) => {
    const c = theCLibrary(context);
    await fc.assert(
      fc.asyncProperty(ipv6Bytes, async (bytes) => {
        const text = formatIPv6(bytes);
        expect(text).toBe(await c.format('AF_INET6', bytes));
        expect(parseIPv6(text)).toEqual(bytes);
      }),
      RUNS,
    );
  });

  it('shortens the longest run of zeros, and the first where two tie', () => {
    const shown = (text: string) => formatIPv6(parseIPv6(text) ?? new Uint8Array(0));
    // The examples of RFC 5952, section 4.
    expect(shown('2001:db8:0:0:0:0:2:1')).toBe('2001:db8::2:1');
    expect(shown('2001:db8:0:1:1:1:1:1')).toBe('2001:db8:0:1:1:1:1:1');
    expect(shown('2001:0:0:1:0:0:0:1')).toBe('2001:0:0:1::1');
    expect(shown('2001:db8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
    expect(shown('2001:DB8:0000::0AAA')).toBe('2001:db8::aaa');
  });
});

/** Byte order and addresses as text, held against C's own functions. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Python } from '../../support/python.ts';
import { TestSession } from '../../support/session.ts';
import { has } from '../../support/tools.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

async function result(statement: string): Promise<number> {
  const { outcome } = await session.do(statement);
  if (outcome.kind === 'error') throw outcome.error;
  return outcome.result;
}

async function value(statement: string): Promise<unknown> {
  const { outcome } = await session.do(statement);
  if (outcome.kind === 'error') return outcome.error.code;
  return outcome.value.kind === 'bytes'
    ? Buffer.from(outcome.value.bytes).toString('latin1')
    : outcome.result;
}

const LIBC = `
import ctypes, socket
libc = ctypes.CDLL(None)
libc.inet_addr.restype = ctypes.c_uint32
def answer(question):
    name, *args = question
    if name == 'inet_addr':
        return libc.inet_addr(args[0].encode())
    if name == 'inet_pton':
        return socket.inet_pton(getattr(socket, args[0]), args[1]).decode('latin1')
    if name == 'inet_ntop':
        return socket.inet_ntop(getattr(socket, args[0]), args[1].encode('latin1'))
    return getattr(socket, name)(args[0])
`;

describe('C’s answers', () => {
  it('htons() and its kin', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<unknown[], number>(LIBC);
    for (const [name, numbers] of [
      ['htons', [0, 1, 80, 8888, 5001, 35091, 0xff00, 65535]],
      ['ntohs', [0, 0xb822, 65535]],
      ['htonl', [0, 1, 0x7f000001, 0xdeadbeef, 0xffffffff]],
      ['ntohl', [16777343, 0xffffffff]],
    ] as const) {
      for (const number of numbers) {
        const ours = await result(`${name}(${number})`);
        expect([name, number, ours]).toEqual([name, number, await python.ask([name, number])]);
      }
    }
  });

  it('inet_addr(), which reads more than one expects', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<unknown[], number>(LIBC);
    const texts = [
      ...[
        '127.0.0.1',
        '0.0.0.0',
        '255.255.255.255',
        '129.128.243.70',
        '1.2.3.4 behind',
        '1.2.3.4x',
      ],
      ...[
        '127.1',
        '1',
        '4294967295',
        '4294967296',
        '1.65536',
        '1.16777215',
        '1.2.65535',
        '1.2.65536',
      ],
      ...['0177.0.0.1', '0x7f.1', '08.1.1.1', '0x.1.1.1', '010', '0X1F.0.0.0x10'],
      ...[
        '',
        ' 1.2.3.4',
        '1.2.3',
        '1.2.3.',
        '.1',
        '1..2',
        '256.0.0.1',
        '1.2.3.4.5',
        '-1',
        '+1',
        'localhost',
      ],
    ];
    for (const text of texts) {
      const ours = await result(`inet_addr(${JSON.stringify(text)})`);
      expect([text, ours]).toEqual([text, await python.ask(['inet_addr', text])]);
    }
  });

  it('inet_pton() and inet_ntop()', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<unknown[], string>(LIBC);
    const texts = [
      ...['127.0.0.1', '0.0.0.0', '127.1', '0177.0.0.1', '1.2.3.256', '', '::1', '::', 'fe80::1'],
      ...['2001:db8::8:800:200c:417a', '::ffff:1.2.3.4', '1::2::3', '12345::', ':1'],
    ];
    for (const family of ['AF_INET', 'AF_INET6']) {
      for (const text of texts) {
        const bytes = await python.ask(['inet_pton', family, text]);
        const ours = await value(`inet_pton(${family}, "${text}")`);
        expect([family, text, ours]).toEqual([family, text, bytes ?? 0]);
        if (bytes === null) continue;
        const hex = Buffer.from(bytes, 'latin1').toString('hex');
        const back = await value(`inet_ntop(${family}, hex"${hex}")`);
        expect(back).toBe(await python.ask(['inet_ntop', family, bytes]));
      }
    }
  });
});

describe('as a C program writes it', () => {
  it('inet_pton() fills a field, and returns 1', async () => {
    session.scope.declare('addr', session.scope.structs.get('sockaddr_in') ?? fail());
    const step = await session.do('n = inet_pton(AF_INET, "127.0.0.1", &addr.sin_addr)');
    expect(step.text).toBe('inet_pton(AF_INET, "127.0.0.1", [7f 00 00 01])');
    expect(session.values.get('n')).toEqual({ kind: 'integer', value: 1 });
    expect(await value('inet_ntop(AF_INET, addr.sin_addr)')).toBe('127.0.0.1');
    // A mistake leaves it alone, and returns 0.
    expect(await result('inet_pton(AF_INET, "127.1", &addr.sin_addr)')).toBe(0);
    expect(await value('inet_ntop(AF_INET, addr.sin_addr, &buf, 16)')).toBe('127.0.0.1');
    expect(session.values.get('buf')).toMatchObject({ kind: 'bytes' });
    expect(await value('inet_ntop(AF_INET, addr.sin_addr, &buf, 9)')).toBe('ENOSPC');
  });

  it('calls that only compute may stand in others', async () => {
    await session.all('s = socket(AF_INET, SOCK_STREAM, 0)', 'bind(s, 127.0.0.1:0)');
    expect(await result('ntohs(htons(8888))')).toBe(8888);
    expect(await result('htonl(inet_addr("1.2.3.4"))')).toBe(0x01020304);
    expect(await result('strlen("four\\0more")')).toBe(4);
    await expect(session.do('htons(listen(s, 1))')).rejects.toThrow(/a step of its own/);
    await expect(session.do('htons(70000)')).rejects.toThrow(/^70000 does not fit uint16_t/);
    await expect(session.do('inet_ntop(AF_INET, "ab")')).rejects.toThrow(/has 4 bytes, not 2$/);
  });

  it('shows a number in both orders', async () => {
    const [detail] = (await session.do('htons(8888)')).details;
    expect(detail).toEqual({ kind: 'order', value: 8888, bytes: 2, swapped: 0xb822 });
  });
});

function fail(): never {
  throw new Error('there is no such structure');
}

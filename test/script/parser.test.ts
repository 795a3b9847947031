import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStatement } from '../../src/script/parser.ts';
import type { Arg } from '../../src/socket/call.ts';
import { callTable } from '../../src/socket/calls/table.ts';
import { parseEndpoint as endpoint } from '../../src/socket/endpoint.ts';
import { cpuTime } from '../support/cpu-time.ts';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

function argsOf(line: string): readonly Arg[] | undefined {
  return parseStatement(line)?.call.args;
}

/** The second argument of a call whose first is the socket `s`. */
function second(written: string): Arg | undefined {
  const args = argsOf(`write(s, ${written})`);
  expect(args).toHaveLength(2);
  return args?.[1];
}

function expectedOf(written: string) {
  return parseStatement(`read(s, 64) = ${written}`)?.expected;
}

describe('a statement', () => {
  it('is a call with its arguments, and where each stands', () => {
    expect(parseStatement('bind(server, 127.0.0.1:8888)')).toEqual({
      call: {
        name: 'bind',
        args: [
          { kind: 'name', name: 'server' },
          { kind: 'endpoint', endpoint: endpoint('127.0.0.1:8888') },
        ],
      },
      spans: [
        [5, 11],
        [13, 27],
      ],
      expected: null,
    });
  });

  it.each(['', '  ', '# a comment', ';', ' ; ; # nothing'])('is not in %j', (line) => {
    expect(parseStatement(line)).toBeNull();
  });

  it('gives a name to what its call returns', () => {
    expect(parseStatement('conn=accept(server)')?.call).toEqual({
      name: 'accept',
      args: [{ kind: 'name', name: 'server' }],
      as: 'conn',
    });
    expect(parseStatement('my-conn2 = accept server')?.call.as).toBe('my-conn2');
    expect(parseStatement('accept(server)')?.call).not.toHaveProperty('as');
  });

  it.each([
    'bind server 127.0.0.1:8888 = 0',
    'bind(server,127.0.0.1:8888)=0',
    '  bind ( server , 127.0.0.1:8888 ) = 0  ',
    'bind(server, 127.0.0.1:8888) = 0;',
    'bind(server, 127.0.0.1:8888) = 0 ;; # done',
    '\tbind\tserver\t127.0.0.1:8888\t=\t0\t',
    'bind(server, 127.0.0.1:8888) = 0 # "not" (read',
  ])('means the same written as %j', (line) => {
    const { call, expected } = parseStatement('bind(server, 127.0.0.1:8888) = 0') ?? {};
    expect(parseStatement(line)).toMatchObject({ call, expected });
  });

  it('says where its arguments stand in the bare form and with repetition, too', () => {
    const line = 'n = write conn "ab" * 3 = 6';
    const spans = parseStatement(line)?.spans ?? [];
    expect(spans.map(([from, to]) => line.slice(from, to))).toEqual(['conn', '"ab" * 3']);
    const flags = 'fcntl(s, F_SETFL, O_RDWR | O_NONBLOCK)';
    const last = parseStatement(flags)?.spans[2] ?? [0, 0];
    expect(flags.slice(...last)).toBe('O_RDWR | O_NONBLOCK');
  });

  it('can be any call of the table, with and without its optional arguments', () => {
    const value = { socket: 's', address: ':80', int: '1', size: '1', bytes: '"x"', option: '1' };
    for (const { name, params } of callTable.values()) {
      const all = params.map((param) => value[param.kind]);
      const least = params.flatMap((param) => (param.optional ? [] : [value[param.kind]]));
      expect(argsOf(`${name}(${all.join(', ')})`)).toHaveLength(all.length);
      expect(argsOf(`${name} ${least.join(' ')}`)).toHaveLength(least.length);
    }
  });
});

describe('values', () => {
  it.each<[string, Arg]>([
    ['5', { kind: 'integer', value: 5 }],
    ['0x10', { kind: 'integer', value: 16 }],
    ['-3', { kind: 'integer', value: -3 }],
    ['"hi\\n"', { kind: 'bytes', bytes: bytes('hi\n') }],
    ['hex"de ad"', { kind: 'bytes', bytes: Uint8Array.of(0xde, 0xad) }],
    ['"ab" * 3', { kind: 'bytes', bytes: bytes('ababab') }],
    ['hex"00 01"*2', { kind: 'bytes', bytes: Uint8Array.of(0, 1, 0, 1) }],
    ['"ab" * 0', { kind: 'bytes', bytes: bytes('') }],
    ['NULL', { kind: 'null' }],
    ['peer', { kind: 'name', name: 'peer' }],
    ['AF_INET', { kind: 'constants', parts: ['AF_INET'] }],
    ['SOCK_STREAM|SOCK_NONBLOCK', { kind: 'constants', parts: ['SOCK_STREAM', 'SOCK_NONBLOCK'] }],
    ['O_RDWR | 0x800', { kind: 'constants', parts: ['O_RDWR', 0x800] }],
    ['2|O_NONBLOCK', { kind: 'constants', parts: [2, 'O_NONBLOCK'] }],
    // Unknown ones are kept: the call knows better which would be right there.
    ['O_NONBLOK|O_RDWR', { kind: 'constants', parts: ['O_NONBLOK', 'O_RDWR'] }],
    ['{1, 0}', { kind: 'struct', fields: [1, 0] }],
    ['{ -1,0x10 }', { kind: 'struct', fields: [-1, 16] }],
    ['{}', { kind: 'struct', fields: [] }],
  ])('%s', (written, arg) => {
    expect(second(written)).toEqual(arg);
  });

  it.each([
    ':8888',
    '127.0.0.1:8888',
    '[::1]:8888',
    'localhost:http',
    '*:0',
    'udp:[::1]:53',
    'tls:example.org:443',
    'unix:/tmp/x',
    'unix:@name',
    'unixgram:/tmp/x',
    'tcp://127.0.0.1:80',
    'unix:///tmp/x',
  ])('the endpoint %s', (written) => {
    expect(second(written)).toEqual({ kind: 'endpoint', endpoint: endpoint(written) });
  });

  it('are repeated up to 16 MiB', () => {
    const most = second(`"0123456789abcdef" * ${1024 * 1024}`);
    expect(most?.kind === 'bytes' && most.bytes.length).toBe(16 * 1024 * 1024);
    expect(() => second(`"0123456789abcdef" * ${1024 * 1024 + 1}`)).toThrow(/at most 16777216/);
  });

  it('of no length cost nothing, however often they are repeated', () => {
    // The bound is on the bytes made, and here are none: the count alone must not be work.
    const spent = cpuTime(() => {
      expect(second('"" * 40000000')).toEqual({ kind: 'bytes', bytes: bytes('') });
    });
    expect(spent).toBeLessThan(150);
  });
});

describe('what is expected', () => {
  it.each([
    ['0', { kind: 'integer', value: 0 }],
    ['-1', { kind: 'integer', value: -1 }],
    ['0x10', { kind: 'integer', value: 16 }],
    ['"hello\\n"', { kind: 'bytes', bytes: bytes('hello\n'), prefix: false }],
    ['""', { kind: 'bytes', bytes: bytes(''), prefix: false }],
    ['"hel"...', { kind: 'bytes', bytes: bytes('hel'), prefix: true }],
    ['"hel" ...', { kind: 'bytes', bytes: bytes('hel'), prefix: true }],
    ['hex"00"...', { kind: 'bytes', bytes: bytes('\0'), prefix: true }],
    ['"ab" * 2...', { kind: 'bytes', bytes: bytes('abab'), prefix: true }],
    ['/^h.l+o$/', { kind: 'regex', source: '^h.l+o$' }],
    ['EADDRINUSE', { kind: 'errno', name: 'EADDRINUSE' }],
    ['127.0.0.1:80', { kind: 'address', address: '127.0.0.1:80' }],
    ['tcp://127.0.0.1:80', { kind: 'address', address: '127.0.0.1:80' }],
    ['{1, 0}', { kind: 'struct', fields: [1, 0] }],
    ['blocked', { kind: 'blocked' }],
    ['...', { kind: 'anything' }],
  ])('%s', (written, expected) => {
    expect(expectedOf(written)).toEqual(expected);
  });

  it('is an address as the kernel writes it, whichever way the script did', () => {
    // inet_ntop(3) shortens IPv6; `:8888` is 127.0.0.1:8888 everywhere.
    expect(expectedOf('[0:0:0:0:0:0:0:1]:80')).toEqual({ kind: 'address', address: '[::1]:80' });
    expect(expectedOf(':8888')).toEqual({ kind: 'address', address: '127.0.0.1:8888' });
  });

  it('may be left out', () => {
    expect(parseStatement('read(s, 64)')?.expected).toBeNull();
  });
});

/** A statement that is right, put together from what the grammar allows. */
const word = fc.constantFrom('s', 'conn', 'my-sock', '_x1');
const value = fc.oneof(
  word,
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }).map(String),
  fc.constantFrom('AF_INET|SOCK_STREAM', 'NULL', '{1, 0}', '"a\\n#" * 3', 'hex"00"', '[::1]:80'),
);
const answer = fc.constantFrom('', ' = 0', ' = "x"...', ' = EPIPE', ' = ...', '=blocked', ' = {1}');
const rightLine = fc
  .tuple(fc.constantFrom(...callTable.values()), fc.option(word), answer, fc.boolean())
  .chain(([row, name, expected, bare]) =>
    fc.array(value, { minLength: row.params.length, maxLength: row.params.length }).map((args) => {
      const list = bare ? ` ${args.join(' ')}` : `(${args.join(', ')})`;
      return `${name === null ? '' : `${name} = `}${row.name}${list}${expected}`;
    }),
  );

describe('any right statement', () => {
  it('is read, with blanks and semicolons wherever C allows them', () => {
    fc.assert(
      fc.property(rightLine, (line) => {
        const { call, expected } = parseStatement(line) ?? {};
        expect(call).toBeDefined();
        expect(parseStatement(`  ${line} ; # ${line}`)).toMatchObject({ call, expected });
      }),
    );
  });
});

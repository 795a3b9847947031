import { describe, expect, it } from 'vitest';
import { parseLine, parseStatement } from '../../src/script/parser.ts';
import type { Declarator, Line } from '../../src/script/statement.ts';
import type { Arg } from '../../src/socket/call.ts';
import type { ParamKind } from '../../src/socket/calls/kinds.ts';
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

const bytesArg = (text: string): Arg => ({ kind: 'bytes', bytes: bytes(text) });

function assign(target: string, value: Arg, span: readonly [number, number]): Line {
  return { kind: 'assign', target, value, span };
}

function declared(
  type: string,
  names: readonly (Partial<Declarator> & { readonly name: string })[],
  span: readonly [number, number],
): Line {
  const declarators = names.map((one) => ({ pointer: false, count: null, value: null, ...one }));
  return { kind: 'declare', type, declarators, span };
}

const int = (value: number): Arg => ({ kind: 'integer', value });
const struct = (...fields: Arg[]): Extract<Arg, { kind: 'struct' }> => ({ kind: 'struct', fields });

/** Something that can be written for each kind of parameter. */
const WRITTEN: Readonly<Record<ParamKind, string>> = {
  socket: 's',
  'known socket': 's',
  address: ':80',
  int: '1',
  flags: 'MSG_PEEK',
  size: '1',
  room: '64',
  bytes: '"x"',
  text: '"x"',
  option: '{1, 0}',
  timeout: '1s',
  duration: '200ms',
  state: 'FIN-WAIT-2',
  out: '&x',
  pair: '[a, b]',
  fds: '{s, POLLIN}',
  file: 'f',
  job: '1',
  printable: '1',
  anything: '1',
};

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

  it('can be any call of the table, in each of its forms, with its optional arguments and without', () => {
    for (const { name, params, alsoAs = [] } of callTable.values()) {
      for (const form of [params, ...alsoAs]) {
        const all = form.map(({ kind }) => WRITTEN[kind]);
        const least = form.flatMap(({ optional, kind }) => (optional ? [] : [WRITTEN[kind]]));
        expect(argsOf(`${name}(${all.join(', ')})`)).toHaveLength(all.length);
        expect(argsOf(`${name} ${least.join(' ')}`)).toHaveLength(least.length);
      }
    }
  });

  it('says where what it expects stands', () => {
    const spanOf = (line: string) => line.slice(...(parseStatement(line)?.expectedSpan ?? [0, 0]));
    expect(spanOf('read(s, 64) =  "ab" * 3... # so')).toBe('"ab" * 3...');
    expect(spanOf('n = write(s, "x") = -1 EPIPE (Broken pipe)')).toMatch(/^-1 EPIPE/);
    expect(spanOf('if (listen(s, 1) < (0)) {')).toBe('(0)');
    expect(parseStatement('read(s, 64)')).not.toHaveProperty('expectedSpan');
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
    ['{1, 0}', { kind: 'struct', fields: [int(1), int(0)] }],
    ['{ -1,0x10 }', { kind: 'struct', fields: [int(-1), int(16)] }],
    ['{}', { kind: 'struct', fields: [] }],
    ['{"Ann", {1}}', struct({ kind: 'bytes', bytes: bytes('Ann') }, struct(int(1)))],
    ['person{"Ann"}', { ...struct({ kind: 'bytes', bytes: bytes('Ann') }), type: 'person' }],
    ['(struct person){1}', { ...struct(int(1)), type: 'person' }],
    ['&peer', { kind: 'name', name: 'peer', ref: true }],
    ['(struct sockaddr *) &peer', { kind: 'name', name: 'peer', ref: true }],
    ['(char *)buf', { kind: 'name', name: 'buf' }],
    ['(const void *) "x"', { kind: 'bytes', bytes: bytes('x') }],
    ['(peer)', { kind: 'name', name: 'peer' }],
    ['((5))', int(5)],
    ['(socklen_t) 5', int(5)],
    ['pair[0]', { kind: 'name', name: 'pair[0]' }],
    ['addr.sin_port', { kind: 'name', name: 'addr.sin_port' }],
    ['sizeof(msg)', { kind: 'sizeof', of: 'msg' }],
    ['sizeof(struct person)', { kind: 'sizeof', of: 'person' }],
    ['sizeof (unsigned int)', { kind: 'sizeof', of: 'unsigned int' }],
    ['sizeof msg.name', { kind: 'sizeof', of: 'msg.name' }],
    ['[a, 5]', { kind: 'list', items: [{ kind: 'name', name: 'a' }, int(5)] }],
    ['[]', { kind: 'list', items: [] }],
    ['200ms', { kind: 'duration', ms: 200 }],
    ['1.5s', { kind: 'duration', ms: 1500 }],
    ['2m', { kind: 'duration', ms: 120_000 }],
    ['FIN-WAIT-2', { kind: 'state', state: 'FIN-WAIT-2' }],
    ['FIN_WAIT_2', { kind: 'state', state: 'FIN-WAIT-2' }],
    ['htons(8888)', { kind: 'call', call: { name: 'htons', args: [int(8888)] } }],
    ['127.0.0.1:port', { kind: 'at', host: '127.0.0.1', port: 'port' }],
    ['[::1]:my-port', { kind: 'at', host: '[::1]', port: 'my-port' }],
    [':port', { kind: 'at', host: '', port: 'port' }],
    ['udp:host:port', { kind: 'at', host: 'udp:host', port: 'port' }],
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
    ['{1, 0}', { kind: 'struct', fields: [int(1), int(0)] }],
    ['person{1}', { kind: 'struct', type: 'person', fields: [int(1)] }],
    ['*:80', { kind: 'address', address: '0.0.0.0:80' }],
    ['localhost:80', { kind: 'address', address: '127.0.0.1:80' }],
    ['unixgram:/tmp/x', { kind: 'address', address: 'unix:/tmp/x' }],
    ['127.0.0.1:port', { kind: 'at', host: '127.0.0.1', port: 'port' }],
    ['host:80', { kind: 'at', host: 'host', port: '80' }],
    ['-1 EPIPE', { kind: 'errno', name: 'EPIPE' }],
    ['-1 EPIPE (Broken pipe)', { kind: 'errno', name: 'EPIPE' }],
    ['-1 EIO (Input/output error)', { kind: 'errno', name: 'EIO' }],
    ['EAI_NONAME', { kind: 'errno', name: 'EAI_NONAME' }],
    ['EOF', { kind: 'eof' }],
    ['NULL', { kind: 'null' }],
    ['POLLIN|POLLHUP', { kind: 'constants', parts: ['POLLIN', 'POLLHUP'] }],
    ['2 | O_NONBLOCK', { kind: 'constants', parts: [2, 'O_NONBLOCK'] }],
    ['SOCK_STREAM', { kind: 'constants', parts: ['SOCK_STREAM'] }],
    ['FIN-WAIT-2', { kind: 'state', state: 'FIN-WAIT-2' }],
    ['payload', { kind: 'name', name: 'payload' }],
    ['msg.age', { kind: 'name', name: 'msg.age' }],
    ['PORT', { kind: 'name', name: 'PORT' }],
    ['sizeof(msg)', { kind: 'sizeof', of: 'msg' }],
    ['htons(80)', { kind: 'call', call: { name: 'htons', args: [int(80)] } }],
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

const person = '{ char name[30]; uint32_t age; }';

describe('a line that makes no call', () => {
  it.each<[string, Line]>([
    [
      'payload = "x" * 3',
      { kind: 'assign', target: 'payload', value: bytesArg('xxx'), span: [10, 17] },
    ],
    ['x = y;', { kind: 'assign', target: 'x', value: { kind: 'name', name: 'y' }, span: [4, 5] }],
    ['a.b = AF_INET', assign('a.b', { kind: 'constants', parts: ['AF_INET'] }, [6, 13])],
    ['len = sizeof(addr);', assign('len', { kind: 'sizeof', of: 'addr' }, [6, 18])],
    ['m = person{1}', assign('m', { ...struct(int(1)), type: 'person' }, [4, 13])],
    ['int a;', declared('int', [{ name: 'a' }], [0, 5])],
    [
      'int a, *b = NULL, c[2];',
      declared(
        'int',
        [
          { name: 'a' },
          { name: 'b', pointer: true, value: { kind: 'null' } },
          { name: 'c', count: 2 },
        ],
        [0, 22],
      ),
    ],
    ['struct sockaddr_in s;', declared('struct sockaddr_in', [{ name: 's' }], [0, 20])],
    [
      'FILE *fin, *fout;',
      declared(
        'FILE',
        [
          { name: 'fin', pointer: true },
          { name: 'fout', pointer: true },
        ],
        [0, 16],
      ),
    ],
    [
      'const char *m = "x";',
      declared('const char', [{ name: 'm', pointer: true, value: bytesArg('x') }], [0, 19]),
    ],
    ['char t[] = "x"', declared('char', [{ name: 't', value: bytesArg('x') }], [0, 14])],
    ['memset(&a, 0, sizeof(a));', { kind: 'zero', target: 'a', span: [0, 24] }],
    ['bzero(&a, sizeof(a));', { kind: 'zero', target: 'a', span: [0, 20] }],
    ['perror("bind");', { kind: 'c', part: { kind: 'perror', text: 'bind' } }],
    ['exit(-1);', { kind: 'c', part: { kind: 'exit', word: 'exit', code: int(-1) } }],
    ['return 1;', { kind: 'c', part: { kind: 'exit', word: 'return', code: int(1) } }],
    ['return;', { kind: 'c', part: { kind: 'exit', word: 'return', code: null } }],
    ['{', { kind: 'c', part: { kind: 'open' } }],
    ['int main(int argc, char *argv[]) {', { kind: 'c', part: { kind: 'open' } }],
    ['}', { kind: 'c', part: { kind: 'close' } }],
    ['};', { kind: 'c', part: { kind: 'close' } }],
    ['} else {', { kind: 'c', part: { kind: 'else' } }],
  ])('%s', (text, line) => {
    expect(parseLine(text)).toEqual(line);
  });

  it.each(['int main(void)', 'int main(int argc, char **argv)'])('%s says nothing', (text) => {
    expect(parseLine(text)).toBeNull();
  });

  it.each([
    `struct person ${person}`,
    `struct person ${person};`,
    `struct person ${person} # a person`,
    `struct person { # who\n char name[30]; // what } they are called\n uint32_t age; /* } */ }`,
    `typedef struct ${person} person;`,
  ])('%j defines a structure', (text) => {
    const line = parseLine(text);
    expect(line).toMatchObject({ kind: 'struct', definition: { name: 'person', order: 'host' } });
    expect(line?.kind === 'struct' && line.definition.fields.map(({ name }) => name)).toEqual([
      'name',
      'age',
    ]);
  });

  it.each([
    ['int fd = socket(AF_INET, SOCK_STREAM, 0);', 'fd'],
    ['FILE *fin = fdopen(conn, "r");', 'fin'],
    ['ssize_t n = read conn 64', 'n'],
    ['addr.sin_port = htons(8888);', 'addr.sin_port'],
  ])('but %s is a call', (text, as) => {
    expect(parseLine(text)).toMatchObject({ kind: 'call', statement: { call: { as } } });
  });
});

describe('C’s own check around a call', () => {
  it.each([
    ['if (bind(s, :80) < 0) {', '<', null],
    ['if (bind(s, :80) == -1){', '==', null],
    ['if((fd = accept(s)) < 0){', '<', null],
    ['if (read(s, 64) != sizeof(msg)) { perror("read"); exit(-1); }', '!=', 2],
    ['if (bind(s, :80) < 0) exit(1);', '<', 1],
    ['if (bind(s, :80) >= 0) { }', '>=', 0],
  ])('%s', (text, operator, parts) => {
    const guard = parseStatement(text)?.guard;
    expect([guard?.operator, guard?.body?.length ?? null]).toEqual([operator, parts]);
  });
});

describe('a structure’s end in the bare form', () => {
  it('is told from a structure of a type', () => {
    const [, , , option] = argsOf('setsockopt s SOL_SOCKET SO_LINGER {1, 0}') ?? [];
    expect(option).toEqual(struct(int(1), int(0)));
    const [, bytesOf] = argsOf('write s person{1}') ?? [];
    expect(bytesOf).toMatchObject({ kind: 'struct', type: 'person' });
  });
});

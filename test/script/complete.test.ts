import { describe, expect, it } from 'vitest';
import { complete, type KnownNames, namesOf } from '../../src/script/complete.ts';
import { parseStatement } from '../../src/script/parser.ts';
import { callTable } from '../../src/socket/calls/table.ts';
import { errnoNames } from '../../src/socket/names.ts';
import { headerStructs } from '../../src/socket/records.ts';
import { TCP_STATES } from '../../src/socket/state.ts';
import { parseStruct } from '../../src/wire/struct/parse.ts';
import { cpuTime } from '../support/cpu-time.ts';
import { TestSession } from '../support/session.ts';

const structs = headerStructs();
const person = parseStruct('struct person { int age; }');
const NAMES: KnownNames = {
  sockets: ['server', 'conn'],
  values: ['reply', 'n'],
  files: ['fin'],
  jobs: ['late'],
  structs,
  typeOf: (name) => (name === 'addr' ? (structs.get('sockaddr_in') ?? null) : null),
};
const matches = (line: string): string[] => complete(line, NAMES)[0];

describe('at the start of a statement', () => {
  it('every call is offered, with its parenthesis', () => {
    expect(matches('')).toEqual([...callTable.keys()].map((name) => `${name}(`));
  });

  it('the calls that fit the letters are offered, and the letters are replaced', () => {
    expect(complete('acc', NAMES)).toEqual([['accept('], 'acc']);
    expect(complete('  so', NAMES)).toEqual([['socket(', 'socketpair('], 'so']);
    expect(complete('a, b = so', NAMES)).toEqual([['socket(', 'socketpair('], 'so']);
    expect(complete('if ((fd = acc', NAMES)).toEqual([['accept('], 'acc']);
    expect(complete('addr.sin_port = hto', NAMES)).toEqual([['htons(', 'htonl('], 'hto']);
    expect(complete('conn = acc', NAMES)).toEqual([['accept('], 'acc']);
    expect(complete('my-conn=acc', NAMES)).toEqual([['accept('], 'acc']);
  });

  it('nothing is offered where nothing fits', () => {
    expect(complete('frob', NAMES)).toEqual([[], 'frob']);
    expect(complete('frob(', NAMES)).toEqual([[], '']);
  });
});

const domains = callTable.get('socket')?.params[0]?.constants ?? [];

describe('for an argument', () => {
  it.each(['bind(', 'bind (', 'bind ', 'x = bind(', 'x = bind ', 'conn = accept '])(
    'a socket is offered behind %j',
    (line) => {
      expect(complete(line, NAMES)).toEqual([['server', 'conn'], '']);
    },
  );

  it('an address may be a socket, or begin as one', () => {
    const address = ['server', 'conn', '127.0.0.1:', '[::1]:', 'reply', 'n'];
    expect(matches('connect(conn, ')).toEqual(address);
    expect(matches('connect conn ')).toEqual(address);
    expect(complete('connect(conn, 127.', NAMES)).toEqual([['127.0.0.1:'], '127.']);
  });

  it('bytes may be a name that holds some', () => {
    expect(matches('write(conn, ')).toEqual(['reply', 'n']);
  });

  it('a constant is one that makes sense there', () => {
    expect(matches('socket(')).toEqual(domains);
    expect(domains).toContain('AF_INET6');
    expect(complete('socket(AF_INET, SOCK_S', NAMES)).toEqual([
      ['SOCK_STREAM', 'SOCK_SEQPACKET'],
      'SOCK_S',
    ]);
    expect(matches('socket AF_INET SOCK_D')).toEqual(['SOCK_DGRAM']);
    expect(matches('socket(AF_INET, SOCK_STREAM|SOCK_N')).toEqual(['SOCK_NONBLOCK']);
    expect(matches('shutdown(conn, ')).toEqual(['SHUT_RD', 'SHUT_WR', 'SHUT_RDWR']);
    expect(matches('fcntl(conn, F_SETFL, O_N')).toEqual(['O_NONBLOCK']);
  });

  it.each([
    ['recv(conn, 64, MSG_P', ['MSG_PEEK']],
    ['send(conn, "a, (b", 5, MSG_OO', ['MSG_OOB']],
    ['sendto(conn, "x", MSG_OO', ['MSG_OOB']],
    ['sendto(conn, "x", ser', ['server']],
    ['sendto(conn, "x", 1, 0, ser', ['server']],
    ['poll(conn, POLLI', ['POLLIN']],
    ['poll({conn, POLLI', ['POLLIN']],
    ['poll([{conn, POLLIN}, {ser', ['server']],
    ['wait(conn, FIN-', ['FIN-WAIT-1', 'FIN-WAIT-2']],
    ['wait(la', ['late']],
    ['cancel(', ['late']],
    ['state(se', ['server']],
    ['fgets(', ['fin']],
    ['fgets(buf, 64, ', ['fin']],
    ['fscanf(f', ['fin']],
    ['read(conn, sockaddr_', ['sockaddr_in', 'sockaddr_in6', 'sockaddr_un', 'sockaddr_storage']],
    ['read(conn, buf, sizeof(re', ['reply']],
    ['struct lin', ['linger']],
    ['listen(server, SOMA', ['SOMAXCONN']],
    ['write(conn, inet_pton(AF_INET6', ['AF_INET6']],
    ['ioctl(conn, FIO', ['FIONREAD']],
    ['getaddrinfo("x", "80", AF_INET6', ['AF_INET6']],
    ['if (shutdown(conn, SHUT_W', ['SHUT_WR']],
  ])('%s is completed in each form of the call', (line, fitting) => {
    expect(matches(line)).toEqual(fitting);
  });

  it.each([
    ['addr.', ['sin_family', 'sin_port', 'sin_addr', 'sin_zero']],
    ['addr.sin_p', ['sin_port']],
    ['x = addr.sin_p', ['sin_port']],
    ['write(conn, addr.sin_p', ['sin_port']],
    ['addr.sin_addr.', ['sin_addr.s_addr']],
    ['addr.sin_port.', []],
    ['addr.nothing.', []],
    ['nothing.', []],
  ])('%s: the fields of a structure', (line, fields) => {
    expect(matches(line)).toEqual(fields.map((field) => `addr.${field}`));
  });

  it('what a call can answer stands behind its =', () => {
    expect(matches('state(conn) = ')).toEqual([...TCP_STATES, 'reply', 'n', ...errnoNames()]);
    expect(matches('state(conn) = TIME')).toEqual(['TIME-WAIT']);
    expect(matches('conn = accept(server) = bl')).toEqual(['blocked']);
    expect(matches('bind(conn, server) = EADDRI')).toEqual(['EADDRINUSE']);
    expect(matches('read(conn, 64) = EO')).toContain('EOF');
    expect(matches('poll(conn, POLLIN) = POLLI')).toEqual(['POLLIN']);
    expect(matches('write(conn, "x") = re')).toEqual(['reply']);
    expect(matches('bind(conn, server) = bl')).toEqual([]);
  });

  it('a count has nothing to offer, nor has an argument too many', () => {
    expect(complete('read(conn, ', { sockets: ['conn'], values: ['n'] })[0]).toEqual([]);
    expect(matches('listen(conn, 1, ')).toEqual([]);
    expect(matches('close(conn, ')).toEqual([]);
    expect(matches('close conn ')).toEqual([]);
  });

  it.each([
    ['setsockopt(conn, SOL_SOCKET, ', 'SO_', 'SO_REUSEADDR'],
    ['setsockopt conn SOL_SOCKET ', 'SO_', 'SO_REUSEADDR'],
    ['getsockopt(conn, IPPROTO_TCP, ', 'TCP_', 'TCP_NODELAY'],
    ['getsockopt(conn, IPPROTO_IP, ', 'IP_', 'IP_TTL'],
    ['getsockopt(conn, IPPROTO_IPV6, ', 'IPV6_', 'IPV6_V6ONLY'],
  ])('%s offers the options of that level alone', (line, prefix, one) => {
    expect(matches(line)).toContain(one);
    expect(matches(line).filter((option) => !option.startsWith(prefix))).toEqual([]);
  });

  it('a name with a hyphen is one word', () => {
    const names = { sockets: ['my-sock', 'server'], values: [] };
    expect(complete('close(my-s', names)).toEqual([['my-sock'], 'my-s']);
  });
});

describe('a session’s names', () => {
  it('are its sockets, values, FILEs, structures, and what its blocked calls will give', async () => {
    const session = new TestSession();
    try {
      await session.all(
        'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)',
        'fin = fdopen(a, "r")',
        'n = write(a, "x")',
      );
      session.scope.declare('addr', structs.get('sockaddr_in') ?? person);
      await session.begin('data = read(a, 1)').settled;
      const names = namesOf(session);
      expect(complete('close(', names)[0]).toEqual(['a', 'b']);
      expect(complete('write(a, ', names)[0]).toEqual(['n', 'addr']);
      expect(complete('fgets(', names)[0]).toEqual(['fin']);
      expect(complete('cancel(', names)[0]).toEqual(['data']);
      expect(complete('read(b, addr.sin_p', names)[0]).toEqual(['addr.sin_port']);
      expect(complete('struct lin', names)[0]).toEqual(['linger']);
    } finally {
      session.close();
    }
  });
});

describe('a line of 64 KiB', () => {
  it.each(['(', 'a(', 'a((', '"', ',', '{', 'x ', '= ', 'sizeof(', 'close(a) = ', 'a.', ') ='])(
    'is completed in little time: %s',
    (piece) => {
      const line = piece.repeat(65536 / piece.length);
      expect(cpuTime(() => complete(line, NAMES))).toBeLessThan(250);
    },
  );
});

describe('whatever is taken', () => {
  it('continues the line to one that can be read', () => {
    const rest: Readonly<Record<string, string>> = {
      'setsockopt(conn, SOL_SOCKET, SO_KEEP': ', 1)',
      'connect(conn, ser': ')',
      'conn2 = acc': 'server)',
      'socket(AF_INET6, SOCK_STR': ', 0)',
    };
    for (const [line, end] of Object.entries(rest)) {
      const [[match = ''], word] = complete(line, NAMES);
      const whole = line.slice(0, line.length - word.length) + match + end;
      expect(parseStatement(whole)).not.toBeNull();
    }
  });
});

import { describe, expect, it } from 'vitest';
import { complete } from '../../src/script/complete.ts';
import { parseStatement } from '../../src/script/parser.ts';
import { callTable } from '../../src/socket/calls/table.ts';

const NAMES = { sockets: ['server', 'conn'], values: ['reply', 'n'] };
const matches = (line: string): string[] => complete(line, NAMES)[0];

describe('at the start of a statement', () => {
  it('every call is offered, with its parenthesis', () => {
    expect(matches('')).toEqual([...callTable.keys()].map((name) => `${name}(`));
  });

  it('the calls that fit the letters are offered, and the letters are replaced', () => {
    expect(complete('acc', NAMES)).toEqual([['accept('], 'acc']);
    expect(complete('  so', NAMES)).toEqual([['socket('], 'so']);
    expect(complete('conn = acc', NAMES)).toEqual([['accept('], 'acc']);
    expect(complete('my-conn=acc', NAMES)).toEqual([['accept('], 'acc']);
  });

  it('nothing is offered where nothing fits', () => {
    expect(complete('frob', NAMES)).toEqual([[], 'frob']);
    expect(complete('frob(', NAMES)).toEqual([[], '']);
  });
});

describe('for an argument', () => {
  it.each(['bind(', 'bind (', 'bind ', 'x = bind(', 'x = bind ', 'conn = accept '])(
    'a socket is offered behind %j',
    (line) => {
      expect(complete(line, NAMES)).toEqual([['server', 'conn'], '']);
    },
  );

  it('an address may be a socket, or begin as one', () => {
    const address = ['server', 'conn', '127.0.0.1:', '[::1]:'];
    expect(matches('connect(conn, ')).toEqual(address);
    expect(matches('connect conn ')).toEqual(address);
    expect(complete('connect(conn, 127.', NAMES)).toEqual([['127.0.0.1:'], '127.']);
  });

  it('bytes may be a name that holds some', () => {
    expect(matches('write(conn, ')).toEqual(['reply', 'n']);
  });

  it('a constant is one that makes sense there', () => {
    expect(matches('socket(')).toEqual(['AF_UNSPEC', 'AF_UNIX', 'AF_INET', 'AF_INET6']);
    expect(complete('socket(AF_INET, SOCK_S', NAMES)).toEqual([
      ['SOCK_STREAM', 'SOCK_SEQPACKET'],
      'SOCK_S',
    ]);
    expect(matches('socket AF_INET SOCK_D')).toEqual(['SOCK_DGRAM']);
    expect(matches('socket(AF_INET, SOCK_STREAM|SOCK_N')).toEqual(['SOCK_NONBLOCK']);
    expect(matches('shutdown(conn, ')).toEqual(['SHUT_RD', 'SHUT_WR', 'SHUT_RDWR']);
    expect(matches('fcntl(conn, F_SETFL, O_N')).toEqual(['O_NONBLOCK']);
  });

  it('a count has nothing to offer, nor has an argument too many', () => {
    expect(matches('read(conn, ')).toEqual([]);
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

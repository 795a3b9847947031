/** Arguments as they are written, as the kernel takes them, and as C would write them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadCall } from '../../../src/socket/errors.ts';
import { FaultySys, SYS_CALLS } from '../../support/faulty-sys.ts';
import { answer, TestSession } from '../../support/session.ts';

let sys: FaultySys;
let session: TestSession;
beforeEach(async () => {
  sys = new FaultySys();
  session = new TestSession({ sys });
  await session.all(
    'server = socket(AF_INET, SOCK_STREAM, 0)',
    'bind(server, 127.0.0.1:0)',
    'listen(server, 5)',
    'client = socket(AF_INET, SOCK_STREAM, 0)',
  );
});
afterEach(() => session.close());

/** Calls that do something: before a call is refused, a socket may be asked for its address, and a number whether it is somebody’s. */
function counts(): number[] {
  const harmless: readonly string[] = ['getsockname', 'fcntl'];
  return SYS_CALLS.filter((call) => !harmless.includes(call)).map((call) => sys.count(call));
}

async function refused(statement: string): Promise<BadCall> {
  const made = counts();
  const error = await session.do(statement).then(
    (step) => `made: ${step.text}`,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BadCall)) throw new Error(`${statement}: ${error}`);
  expect(counts()).toEqual(made);
  return error;
}

describe('a call that can’t mean anything is not made', () => {
  const cases: readonly [statement: string, argument: number, message: RegExp, near?: string][] = [
    ['close(sever)', 0, /^there is no sever; open: server, client$/, 'server'],
    ['close(zzz)', 0, /^there is no zzz/],
    ['close("text")', 0, /a socket is given by its name/],
    ['close(4242)', 0, /^descriptor 4242 is not a socket of this session/],
    ['close(2)', 0, /^descriptor 2 is not a socket of this session/],
    ['bind(client, client)', 1, /^client has no local address yet: bind it first$/],
    ['connect(client, "x")', 1, /^an address is .*127\.0\.0\.1:8888/],
    ['connect(client, example.org:80)', 1, /the kernel knows no names/],
    [`bind(client, unix:/${'x'.repeat(120)})`, 1, /is too long/],
    ['bind(client, 70000)', 1, /a port is a number from 0 to 65535/],
    ['listen(server, 4294967296)', 1, /^4294967296 does not fit an int$/],
    ['listen(server, SOMAXCON)', 1, /SOMAXCON\b/, 'SOMAXCONN'],
    ['listen(server, "x")', 1, /^a number or a constant is wanted here$/],
    ['listen(server, client)', 1, /^a number or a constant is wanted here$/],
    ['socket(AF_INET, SOCK_STREM, 0)', 1, /SOCK_STREM\b/, 'SOCK_STREAM'],
    ['socket(AF_INET, SOCK_STREAM|SOCK_NONBLOK, 0)', 1, /SOCK_NONBLOK\b/, 'SOCK_NONBLOCK'],
    ['read(client, -1)', 1, /from 0 to 16777216$/],
    ['read(client, 16777217)', 1, /from 0 to 16777216$/],
    ['write(client, 5)', 1, /^bytes are written/],
    ['write(client, server)', 1, /^bytes are written/],
    ['write(client, dota)', 1, /^there is no dota/],
    ['fcntl(client, F_DUPFD)', 1, /F_DUPFD/],
    ['fcntl(client, 0)', 1, /^fcntl\(\) here knows F_GETFD/],
    ['setsockopt(client, SOL_SOCKET, SO_LINGER, 1)', 3, /^struct linger is written/],
    ['setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, 1)', 3, /^struct timeval is written/],
    ['setsockopt(client, SOL_SOCKET, SO_REUSEADDR, {1, 2})', 3, /takes no structure/],
    // It would arrive as 0, and the option would be off; in C it is EFAULT.
    ['setsockopt(client, SOL_SOCKET, SO_REUSEADDR, NULL)', 3, /takes a number, a structure/],
  ];
  for (const [statement, argument, message, near] of cases) {
    it(statement.slice(0, 60), async () => {
      const error = await refused(statement);
      expect(error.message).toMatch(message);
      expect(error).toMatchObject({ argument, suggestion: near ?? null });
    });
  }

  it('of a socket that is closed, and whose number is another’s by now', async () => {
    const fd = session.sockets.get('client')?.fd;
    await session.all('close(client)', 'late = socket(AF_INET, SOCK_STREAM, 0)');
    expect(session.sockets.get('late')?.fd).toBe(fd);
    const error = await refused('close(client)');
    expect(error.message).toBe(
      `client is closed, and its descriptor ${fd} is something else by now; open: server, late`,
    );
    expect(error.argument).toBe(0);
    await refused('write(client, "x")');
    await refused('poll([{server, POLLIN}, {client, POLLIN}], 0)');
  });

  it('of a closed socket’s address', async () => {
    const fd = session.sockets.get('client')?.fd;
    await session.all('close(client)', 's = socket(AF_INET, SOCK_STREAM, 0)');
    expect((await refused('connect(s, client)')).message).toBe(
      `client is closed (it was descriptor ${fd}); open: server, s`,
    );
  });
});

describe('a call on a closed socket', () => {
  it('is made, and the kernel refuses it: EBADF, as in C', async () => {
    await session.do('close(client)');
    for (const statement of ['close(client)', 'write(client, "x")', 'shutdown(client, SHUT_WR)']) {
      expect([statement, answer(await session.do(statement))]).toEqual([statement, 'EBADF']);
    }
    expect(session.state('client')).toBe('CLOSED');
  });
});

describe('an address', () => {
  it('is a port alone, on loopback', async () => {
    const port = Number(/\d+$/.exec(session.snapshots()[0]?.local ?? '')?.[0]);
    const step = await session.do(`connect(client, ${port})`);
    expect(answer(step)).toBe(0);
    expect(step.text).toMatch(new RegExp(`, \\{AF_INET, 127\\.0\\.0\\.1:${port}\\}, 16\\)$`));
  });

  it('without a host, or with *, follows the family of the socket', async () => {
    await session.all(
      'a = socket(AF_INET6, SOCK_STREAM, 0)',
      'b = socket(AF_INET6, SOCK_STREAM, 0)',
    );
    const shown = await session.all('bind(a, :0)', 'bind(b, *:0)', 'bind(client, *:0)');
    expect(shown.map(({ text }) => text.replace(/^bind\(\d+, /, ''))).toEqual([
      '{AF_INET6, [::1]:0}, 28)',
      '{AF_INET6, [::]:0}, 28)',
      '{AF_INET, 0.0.0.0:0}, 16)',
    ]);
  });

  it('is localhost, the one name that needs no asking', async () => {
    expect((await session.do('bind(client, localhost:0)')).text).toContain('127.0.0.1:0');
  });

  it('is another socket’s local address', async () => {
    const step = await session.do('connect(client, server)');
    expect(answer(step)).toBe(0);
    expect(session.snapshots()[1]?.peer).toBe(session.snapshots()[0]?.local);
  });

  it('is shown field by field, and the fields are all of its bytes', async () => {
    const step = await session.do('bind(client, 127.0.0.1:0)');
    expect(step.layout?.map(({ label, bytes }) => [label, [...bytes]])).toEqual([
      ['family', [2, 0]],
      ['port', [0, 0]],
      ['address', [127, 0, 0, 1]],
      ['padding', [0, 0, 0, 0, 0, 0, 0, 0]],
    ]);
  });

  it('of each family is shown as C has it', async () => {
    const name = `socklab-arguments-${process.pid}`;
    await session.all('u = socket(AF_UNIX, SOCK_STREAM, 0)', 'v = socket(AF_UNIX, SOCK_STREAM, 0)');
    expect((await session.do('getsockname(u)')).text).toMatch(
      /^getsockname\(\d+, \{AF_UNIX\}, \[2\]\)$/,
    );
    const bound = await session.do(`bind(u, unix:@${name})`);
    expect(bound.text).toMatch(new RegExp(`\\{AF_UNIX, @"${name}"\\}, ${3 + name.length}\\)$`));
    const path = await session.do('connect(v, unix:/nonexistent/"quoted")');
    expect(path.text).toContain('{AF_UNIX, "/nonexistent/\\"quoted\\""}');
  });
});

describe('calls as C writes them', () => {
  it('show constants by name, numbers as numbers, bytes with escapes', async () => {
    await session.all(
      'connect(client, server)',
      'conn = accept(server)',
      'five = write(client, "12345")',
    );
    const steps = await session.all(
      'x = socket(2, SOCK_STREAM|0x800, IPPROTO_TCP)',
      'setsockopt(x, SOL_SOCKET, SO_LINGER, {1, 0})',
      'setsockopt(x, SOL_SOCKET, SO_REUSEADDR, 1)',
      'getsockopt(x, SOL_SOCKET, SO_REUSEADDR)',
      'fcntl(x, F_GETFL)',
      'write(client, "a\\n\\x01\\"")',
      'read(conn, five)',
      'shutdown(client, SHUT_RDWR)',
    );
    const fd = (name: string) => session.sockets.get(name)?.fd;
    expect(steps.map(({ text }) => text)).toEqual([
      'socket(2, SOCK_STREAM|2048, IPPROTO_TCP)',
      `setsockopt(${fd('x')}, SOL_SOCKET, SO_LINGER, {1, 0}, 8)`,
      `setsockopt(${fd('x')}, SOL_SOCKET, SO_REUSEADDR, [1], 4)`,
      `getsockopt(${fd('x')}, SOL_SOCKET, SO_REUSEADDR, [1], [4])`,
      `fcntl(${fd('x')}, F_GETFL)`,
      `write(${fd('client')}, "a\\n\\x01\\"", 4)`,
      `read(${fd('conn')}, "12345", 5)`,
      `shutdown(${fd('client')}, SHUT_RDWR)`,
    ]);
  });

  it('are shortened where there are many bytes', async () => {
    await session.all('connect(client, server)', 'conn = accept(server)');
    const step = await session.do('write(client, "x" * 1000)');
    expect(step.text).toMatch(/^write\(\d+, "x{32}"\.\.\., 1000\)$/);
  });
});

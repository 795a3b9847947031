/** Every call of the table can fail, and its error says what, where and why. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callTable } from '../../src/socket/calls/table.ts';
import { BadCall, SocketError, socketError } from '../../src/socket/errors.ts';
import { succeeded } from '../../src/socket/step.ts';
import { systemCalls } from '../../src/sys/syscalls.ts';
import { BareSocket, until } from '../support/bare.ts';
import {
  BARE,
  BOUND,
  type Case,
  fileCases,
  NEVER_FAIL,
  nameCases,
  PAIR,
  socketCases,
} from '../support/error-cases.ts';
import { FaultySys } from '../support/faulty-sys.ts';
import { TestSession } from '../support/session.ts';

const cases: readonly Case[] = [
  {
    before: [],
    statement: 'socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)',
    code: 'EPROTONOSUPPORT',
    text: 'Protocol not supported',
    local: null,
    remote: null,
  },
  {
    before: [...PAIR, 't = socket(AF_INET, SOCK_STREAM, 0)'],
    statement: 'bind(t, server)',
    code: 'EADDRINUSE',
    text: 'Address already in use',
    local: 'server',
    remote: null,
  },
  {
    before: BOUND,
    statement: 'bind(s, 127.0.0.1:0)',
    code: 'EINVAL',
    text: 'Invalid argument',
    local: '127.0.0.1:0',
    remote: null,
  },
  {
    before: PAIR,
    statement: 'listen(s, 1)',
    code: 'EINVAL',
    text: 'Invalid argument',
    local: 's',
    remote: 'server',
  },
  {
    before: PAIR,
    statement: 'accept(s)',
    code: 'EINVAL',
    text: 'Invalid argument',
    local: 's',
    remote: 'server',
  },
  {
    before: ['server = socket(AF_INET, SOCK_STREAM, 0)', 'bind(server, 127.0.0.1:0)', ...BOUND],
    statement: 'connect(s, server)',
    code: 'ECONNREFUSED',
    text: 'Connection refused',
    local: 's',
    remote: 'server',
  },
  {
    before: BOUND,
    statement: 'read(s, 10)',
    code: 'ENOTCONN',
    text: 'Transport endpoint is not connected',
    local: 's',
    remote: null,
  },
  {
    before: [...PAIR, 'shutdown(s, SHUT_WR)'],
    statement: 'write(s, "x")',
    code: 'EPIPE',
    text: 'Broken pipe',
    local: 's',
    remote: 'server',
  },
  {
    before: PAIR,
    statement: 'shutdown(s, 7)',
    code: 'EINVAL',
    text: 'Invalid argument',
    local: 's',
    remote: 'server',
  },
  {
    before: PAIR,
    statement: 'close(s)',
    fault: ['close', 'EIO'],
    code: 'EIO',
    text: 'Input/output error',
    local: 's',
    remote: 'server',
  },
  {
    before: [BARE],
    statement: 'getsockname(s)',
    fault: ['getsockname', 'EIO'],
    code: 'EIO',
    text: 'Input/output error',
    local: null,
    remote: null,
  },
  {
    before: BOUND,
    statement: 'getpeername(s)',
    code: 'ENOTCONN',
    text: 'Transport endpoint is not connected',
    local: 's',
    remote: null,
  },
  {
    before: PAIR,
    statement: 'setsockopt(s, SOL_SOCKET, 9999, 1)',
    code: 'ENOPROTOOPT',
    text: 'Protocol not available',
    local: 's',
    remote: 'server',
  },
  {
    before: PAIR,
    statement: 'getsockopt(s, SOL_SOCKET, 9999)',
    code: 'ENOPROTOOPT',
    text: 'Protocol not available',
    local: 's',
    remote: 'server',
  },
  {
    before: PAIR,
    statement: 'fcntl(s, F_GETFD)',
    fault: ['fcntl', 'EIO'],
    code: 'EIO',
    text: 'Input/output error',
    local: 's',
    remote: 'server',
  },
  ...socketCases(),
  ...fileCases(),
  ...nameCases(),
];

let sys: FaultySys;
let session: TestSession;
beforeEach(() => {
  sys = new FaultySys();
  session = new TestSession({ sys });
});
afterEach(() => session.close());

async function failure(statement: string): Promise<SocketError> {
  const step = await session.do(statement);
  if (step.outcome.kind === 'error') return step.outcome.error;
  throw new Error(`${statement} succeeded`);
}

function localOf(name: string): string | null {
  return session.snapshots().find(({ socket }) => socket === name)?.local ?? null;
}

describe('an error of each call', () => {
  for (const { before, statement, fault, code, text, local, remote } of cases) {
    it(`${statement}: ${code}`, async () => {
      await session.all(...before);
      const addresses = {
        s: localOf('s'),
        server: localOf('server'),
        '127.0.0.1:0': '127.0.0.1:0',
      };
      if (fault !== undefined) {
        const [call, errno] = fault;
        sys.fail(call, errno, { times: ['getsockname', 'poll'].includes(call) ? 99 : 1 });
      }
      const call = /^\w+/.exec(statement)?.[0] ?? '';
      const wanted = {
        name: 'SocketError',
        call,
        code,
        text,
        local: local === null ? null : addresses[local],
        remote: remote === null ? null : addresses[remote],
      };
      const at = wanted.remote ?? wanted.local;
      const error = await failure(statement);
      expect(error).toBeInstanceOf(SocketError);
      expect(error).toMatchObject(wanted);
      expect(error.message).toBe(`${call}${at === null ? '' : ` ${at}`}: ${code} (${text})`);
      expect(sys.misuses).toEqual([]);
    });
  }

  it('was provoked for every call of the table', () => {
    const provoked = new Set(cases.map(({ statement }) => /^\w+/.exec(statement)?.[0]));
    expect(new Set([...provoked, ...NEVER_FAIL])).toEqual(new Set(callTable.keys()));
  });
});

describe('an error says where', () => {
  it('as in the manual: connect 127.0.0.1:9: ECONNREFUSED (Connection refused)', async () => {
    await session.all(
      'server = socket(AF_INET, SOCK_STREAM, 0)',
      'bind(server, 127.0.0.1:0)',
      's = socket(AF_INET, SOCK_STREAM, 0)',
    );
    const error = await failure('connect(s, server)');
    expect(error.message).toBe(`connect ${localOf('server')}: ECONNREFUSED (Connection refused)`);
  });

  it('also over Unix sockets', async () => {
    const name = `unix:@socklab-errors-${process.pid}`;
    await session.do('s = socket(AF_UNIX, SOCK_STREAM, 0)');
    const refused = await failure(`connect(s, ${name})`);
    expect(refused.message).toBe(`connect ${name}: ECONNREFUSED (Connection refused)`);
    const missing = await failure('bind(s, unix:/nonexistent/socket)');
    expect(missing).toMatchObject({ code: 'ENOENT', local: 'unix:/nonexistent/socket' });
  });

  it('also of a connection that was reset', async () => {
    await session.all(...PAIR.slice(0, 3));
    const peer = BareSocket.connected(Number(/\d+$/.exec(localOf('server') ?? '')?.[0]));
    await session.do('conn = accept(server)');
    const remote = session.snapshots().find(({ socket }) => socket === 'conn')?.peer;
    peer.reset();
    // By now the descriptor itself no longer knows its peer.
    await until('the reset is here', () => session.state('conn') === 'CLOSED');
    const error = await failure('read(conn, 10)');
    expect(error).toMatchObject({ code: 'ECONNRESET', local: localOf('server'), remote });
    expect(error.message).toBe(`read ${remote}: ECONNRESET (Connection reset by peer)`);
  });

  it('also where no snapshots are taken', async () => {
    session.close();
    session = new TestSession({ observe: false });
    await session.all(...PAIR, 'shutdown(s, SHUT_WR)');
    const error = await failure('write(s, "x")');
    expect(error).toMatchObject({
      code: 'EPIPE',
      local: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
  });
});

describe('errors as values', () => {
  it('are thrown by succeeded()', async () => {
    await session.do(BARE);
    const step = await session.do('getpeername(s)');
    expect(() => succeeded(step)).toThrow(SocketError);
    expect(succeeded(await session.do('close(s)'))).toEqual({ kind: 'integer', value: 0 });
  });

  it('are made of a bare result', () => {
    const error = socketError(systemCalls, 'read', -104, { local: '127.0.0.1:1' });
    expect(error.message).toBe('read 127.0.0.1:1: ECONNRESET (Connection reset by peer)');
    expect(error).toMatchObject({ local: '127.0.0.1:1', remote: null });
    const odd = socketError(systemCalls, 'read', -524);
    expect(odd.message).toBe('read: errno 524 (Unknown error 524)');
  });

  it('of calls that were not made say which argument is wrong', () => {
    expect(new BadCall('no')).toMatchObject({ argument: null, suggestion: null, name: 'BadCall' });
    expect(new BadCall('no', 2, 'near')).toMatchObject({ argument: 2, suggestion: 'near' });
  });
});

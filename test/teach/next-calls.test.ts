import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseStatement } from '../../src/script/parser.ts';
import { nextCalls } from '../../src/teach/next-calls.ts';
import { freePort } from '../support/peer.ts';
import { answer, TestSession } from '../support/session.ts';
import { snapshot } from '../support/steps.ts';

/** The ways of a session through its states; the calls are offered at the end of each. */
const LISTENER = [
  'server = socket(AF_INET, SOCK_STREAM, 0)',
  'bind(server, 127.0.0.1:0)',
  'listen(server, 4)',
];
const CONNECTED = [
  ...LISTENER,
  'client = socket(AF_INET, SOCK_STREAM, 0)',
  'connect(client, server)',
];
const ACCEPTED = [...CONNECTED, 'conn = accept(server)'];
const HALF_CLOSED = [...ACCEPTED, 'shutdown(client, SHUT_WR)'];

interface Way {
  readonly is: string;
  readonly statements: readonly string[];
  /** A state that the kernel needs a moment for. */
  readonly reach?: readonly [socket: string, state: string];
  /** A call that is left blocked. */
  readonly blocked?: string;
}

const WAYS: readonly Way[] = [
  { is: 'there is nothing yet', statements: [] },
  { is: 'there is a socket', statements: LISTENER.slice(0, 1) },
  { is: 'it is bound', statements: LISTENER.slice(0, 2) },
  { is: 'it listens', statements: LISTENER },
  { is: 'a second socket may connect', statements: CONNECTED.slice(0, -1) },
  { is: 'a client is connected', statements: CONNECTED },
  { is: 'it is accepted', statements: ACCEPTED },
  { is: 'accept() is blocked', statements: LISTENER, blocked: 'conn = accept(server)' },
  {
    is: 'a client has sent SYN, and the queue is full',
    statements: [
      ...LISTENER.slice(0, 2),
      'listen(server, 0)',
      ...CONNECTED.slice(3),
      'late = socket(AF_INET, SOCK_STREAM, 0)',
    ],
    blocked: 'connect(late, server)',
  },
  { is: 'one side has sent FIN', statements: HALF_CLOSED, reach: ['client', 'FIN-WAIT-2'] },
  {
    is: 'both have sent FIN',
    statements: [...HALF_CLOSED, 'shutdown(conn, SHUT_WR)'],
    reach: ['client', 'TIME-WAIT'],
  },
  {
    is: 'the peer has reset the connection',
    statements: [...ACCEPTED, 'setsockopt(conn, SOL_SOCKET, SO_LINGER, {1, 0})', 'close(conn)'],
    reach: ['client', 'CLOSED'],
  },
  {
    is: 'everything is closed',
    statements: [...ACCEPTED, 'close(conn)', 'close(client)', 'close(server)'],
  },
  {
    is: 'a connection was refused',
    statements: [
      ...LISTENER.slice(0, 2),
      'client = socket(AF_INET, SOCK_STREAM, 0)',
      'connect(client, server)',
    ],
  },
  { is: 'there is a UDP socket', statements: ['server = socket(AF_INET, SOCK_DGRAM, 0)'] },
  {
    is: 'a UDP socket has a peer',
    statements: [
      'server = socket(AF_INET, SOCK_DGRAM, 0)',
      'bind(server, 127.0.0.1:0)',
      'u = socket(AF_INET, SOCK_DGRAM, 0)',
      'connect(u, server)',
    ],
  },
  { is: 'there is an IPv6 socket', statements: ['server = socket(AF_INET6, SOCK_STREAM, 0)'] },
  {
    is: 'an IPv6 socket stands before an IPv4 listener',
    statements: [...LISTENER, 'six = socket(AF_INET6, SOCK_STREAM, 0)'],
  },
  { is: 'there is a Unix socket', statements: ['server = socket(AF_UNIX, SOCK_STREAM, 0)'] },
  {
    is: 'a Unix socket listens, and another may connect',
    statements: [
      'server = socket(AF_UNIX, SOCK_STREAM, 0)',
      'bind(server, unix:SCRATCH/s)',
      'listen(server, 1)',
      'u = socket(AF_UNIX, SOCK_STREAM, 0)',
    ],
  },
];

function isTcp({ statements }: Way): boolean {
  return !/SOCK_DGRAM|AF_UNIX|AF_INET6/.test(statements.join());
}

const open: TestSession[] = [];
let scratch: string;
let places = 0;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'socklab-next-'));
});
afterEach(() => {
  for (const session of open.splice(0)) session.close();
  rmSync(scratch, { recursive: true });
});

/** A session of its own at the end of the way. */
async function walk({ statements, reach, blocked }: Way): Promise<TestSession> {
  const session = new TestSession();
  open.push(session);
  // A Unix path can be bound once, and each session walks the whole way.
  const place = join(scratch, String(places++));
  await session.all(...statements.map((line) => line.replace('SCRATCH/s', `${place}.sock`)));
  if (blocked !== undefined) await session.begin(blocked).settled;
  if (reach !== undefined) await session.reach(...reach);
  return session;
}

/** What a call comes to at the end of the way: blocked, a success, or an errno. */
async function outcome(way: Way, statement: string): Promise<string> {
  const session = await walk(way);
  const job = session.begin(statement);
  await job.settled;
  if (job.blocked !== null) return 'blocked';
  const result = answer(await job.step);
  return typeof result === 'number' ? 'success' : result;
}

describe('every call that is offered', () => {
  it.each(WAYS)('can be read where $is', async (way) => {
    for (const { statement } of nextCalls((await walk(way)).snapshots()))
      expect(parseStatement(statement)).not.toBeNull();
  });

  it.each(WAYS)('succeeds or blocks where $is', async (way) => {
    // A connection to some port of this machine depends on who else is there: see below.
    const calls = nextCalls((await walk(way)).snapshots()).filter(
      ({ statement, unless }) => unless === null && !/^connect.*:\d+\)$/.test(statement),
    );
    const failures = [];
    for (const { statement } of calls) {
      const came = await outcome(way, statement);
      if (came !== 'success' && came !== 'blocked') failures.push(`${statement}: ${came}`);
    }
    expect(failures).toEqual([]);
  });

  it.each(WAYS.filter(isTcp))(
    'connects to a listener of this session alone where $is',
    async (way) => {
      const snapshots = (await walk(way)).snapshots();
      const listeners = snapshots.filter(({ state }) => state === 'LISTEN');
      const targets = nextCalls(snapshots)
        .filter(({ statement, unless }) => unless === null && statement.startsWith('connect('))
        .map(({ statement }) => /, (.*)\)$/.exec(statement)?.[1]);
      // Nobody is known to listen elsewhere: to offer that as possible is to offer ECONNREFUSED.
      expect(
        targets.filter((target) => !listeners.some(({ socket }) => socket === target)),
      ).toEqual([]);
    },
  );

  it.each(WAYS)('that is not possible has a reason in words where $is', async (way) => {
    const reasons = nextCalls((await walk(way)).snapshots()).flatMap(({ unless }) => unless ?? []);
    expect(reasons.filter((reason) => /\b(null|undefined)\b/.test(reason))).toEqual([]);
    // Only TCP has a FIN.
    if (way.statements.join().includes('SOCK_DGRAM')) expect(reasons.join()).not.toMatch(/FIN/);
  });

  it.each(['SOCK_STREAM', 'SOCK_DGRAM'])('talks at both ends of a pair of %s', async (type) => {
    const is = 'there is a pair';
    const way = { is, statements: [`left, right = socketpair(AF_UNIX, ${type}, 0)`] };
    const calls = nextCalls((await walk(way)).snapshots());
    for (const name of ['left', 'right'])
      for (const statement of [`write(${name}, "hello\\n")`, `read(${name}, 64)`]) {
        expect(calls).toContainEqual({ statement, unless: null });
        expect(['success', 'blocked']).toContain(await outcome(way, statement));
      }
    expect(calls.find(({ statement }) => statement.startsWith('connect(left'))?.unless).toBe(
      'left is connected',
    );
  });

  it('talks through what accept() gave, though a Unix client has no address', async () => {
    const way = {
      is: 'a Unix client is accepted',
      statements: [
        ...['server = socket(AF_UNIX, SOCK_STREAM, 0)', 'bind(server, unix:SCRATCH/s)'],
        ...['listen(server, 1)', 'u = socket(AF_UNIX, SOCK_STREAM, 0)', 'connect(u, server)'],
        'conn = accept(server)',
      ],
    };
    const statement = 'write(conn, "hello\\n")';
    expect(nextCalls((await walk(way)).snapshots())).toContainEqual({ statement, unless: null });
    expect(await outcome(way, statement)).toBe('success');
  });

  // Later a second shutdown() gives 0, and a lost connection's socket can be bound again: the
  // kernel allows what leads nowhere.
  it.each(WAYS.slice(0, 7))('that is not possible fails where $is', async (way) => {
    const calls = nextCalls((await walk(way)).snapshots()).filter(({ unless }) => unless !== null);
    for (const { statement } of calls) {
      // Whether somebody listens at the port that is suggested depends on who else is there.
      const nobodys = statement.replace(/:8888\)$/, `:${await freePort()})`);
      expect([statement, await outcome(way, nobodys)]).toEqual([
        statement,
        expect.stringMatching(/^E[A-Z]+$/),
      ]);
    }
  });
});

describe('the names', () => {
  const statements = (...names: string[]) =>
    nextCalls(names.map((name) => snapshot(name, { state: 'LISTEN', local: '127.0.0.1:1' }))).map(
      ({ statement }) => statement,
    );

  it('are server first, then client, then with numbers', () => {
    expect(statements()[0]).toMatch(/^server = /);
    expect(statements('server')[0]).toMatch(/^client = /);
    expect(statements('server', 'client')[0]).toMatch(/^client2 = /);
    expect(statements('server', 'client', 'client2')[0]).toMatch(/^client3 = /);
  });

  it('of accepted sockets are new ones', () => {
    expect(statements('server')).toContain('conn = accept(server)');
    expect(statements('server', 'conn')).toContain('conn2 = accept(server)');
  });
});

describe('the order', () => {
  it('puts what leads on first: to a connection, then through it', () => {
    const calls = (state: 'CLOSED' | 'ESTABLISHED', peer: string | null) =>
      nextCalls([snapshot('s', { state, peer })]).map(({ statement }) => statement.split('(')[0]);
    const before = ['bind', 'listen', 'connect', 'write', 'read', 'shutdown', 'close'];
    expect(calls('CLOSED', null).slice(0, -1)).toEqual(before);
    const within = ['write', 'read', 'shutdown', 'bind', 'listen', 'connect', 'close'];
    expect(calls('ESTABLISHED', '127.0.0.1:1').slice(0, -1)).toEqual(within);
    // A new socket comes last, but where all others wait for a client.
    expect(calls('CLOSED', null).at(-1)).toBe('server = socket');
  });

  it('offers nothing of a closed socket', () => {
    const statements = nextCalls([snapshot('s', { fd: null })]).map(({ statement }) => statement);
    expect(statements).toEqual(['server = socket(AF_INET, SOCK_STREAM, 0)']);
  });
});

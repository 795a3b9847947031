/** Names: those that blocked calls will give, wherever they stand, and those that are given again. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { namesGiven, namesUsed, overlap } from '../../../src/socket/calls/names.ts';
import type { Job } from '../../../src/socket/session/job.ts';
import { FaultySys } from '../../support/faulty-sys.ts';
import { answer, callOf, TestSession } from '../../support/session.ts';

let sys: FaultySys;
let session: TestSession;
beforeEach(async () => {
  sys = new FaultySys();
  session = new TestSession({ sys });
  await session.do('l, r = socketpair(AF_UNIX, SOCK_STREAM, 0)');
});
afterEach(() => {
  session.close();
  expect(sys.misuses).toEqual([]);
});

async function blocked(statement: string): Promise<Job> {
  const job = session.begin(statement);
  await job.settled;
  expect(job.blocked, statement).not.toBeNull();
  return job;
}

describe('which names a call uses, and which it gives', () => {
  it.each<[statement: string, used: string[], given: string[]]>([
    ['conn = accept(server, &peer, &len)', ['server'], ['conn', 'peer', 'len']],
    ['n = read(conn, buf, size)', ['conn', 'size'], ['n', 'buf']],
    ['recvfrom(u, 64, &peer)', ['u'], ['peer']],
    ['sendto(u, data, peer)', ['u', 'data', 'peer'], []],
    ['fscanf(fin, "%s%d", name, &age)', ['fin'], ['name', 'age']],
    ['poll([{a, POLLIN}, {b, events}], ms)', ['a', 'b', 'events', 'ms'], []],
    ['write(c, person{name, 33})', ['c', 'name'], []],
    ['bind(s, 127.0.0.1:port)', ['s', '127.0.0.1', 'port'], []],
    ['connect(s, host:80)', ['s', 'host'], []],
    ['a = htons(ntohs(port))', ['port'], ['a']],
    ['write(c, buf, sizeof(buf))', ['c', 'buf', 'buf'], []],
    ['x, y = socketpair(AF_UNIX, SOCK_STREAM, 0)', [], ['x', 'y']],
    ['sv = socketpair(AF_UNIX, SOCK_STREAM, 0)', [], ['sv[0]', 'sv[1]']],
    ['socketpair(AF_UNIX, SOCK_STREAM, 0, sv)', [], ['sv[0]', 'sv[1]']],
    ['socketpair(AF_UNIX, SOCK_STREAM, 0, [x, y])', [], ['x', 'y']],
    ['getsockname(s, &msg.address, &len)', ['s'], ['msg.address', 'len']],
  ])('%s', (statement, used, given) => {
    expect([namesUsed(callOf(statement)), namesGiven(callOf(statement))]).toEqual([used, given]);
  });

  it('overlap where one is a part of the other', () => {
    for (const [one, other, is] of [
      ['msg', 'msg', true],
      ['msg', 'msg.age', true],
      ['sv[0]', 'sv', true],
      ['msg.age', 'msg.agenda', false],
      ['msg', 'msgs', false],
      ['msg.age', 'msg.name', false],
    ] as const) {
      expect([one, other, overlap(one, other), overlap(other, one)]).toEqual([one, other, is, is]);
    }
  });
});

describe('a name that a blocked call will give is waited for', () => {
  it('where it is filled in: &peer, buf', async () => {
    await session.all('u = socket(AF_INET, SOCK_DGRAM, 0)', 'bind(u, 127.0.0.1:0)');
    const asking = await blocked('recvfrom(u, 64, &peer)');
    const answering = await blocked('sendto(u, "back", peer)');
    expect(answering.blocked).toMatchObject({ waitsFor: 'peer', text: 'sendto(…)' });
    await session.all('c = socket(AF_INET, SOCK_DGRAM, 0)', 'sendto(c, "question", u)');
    expect([answer(await asking.step), answer(await answering.step)]).toEqual([8, 4]);
    expect(answer(await session.do('recv(c, 64)'))).toBe(4);

    const reading = await blocked('n = read(r, buf, 64)');
    const writing = await blocked('write(r, buf, n)');
    await session.do('write(l, "echo")');
    expect([answer(await reading.step), answer(await writing.step)]).toEqual([4, 4]);
    expect(session.values.get('n')).toEqual({ kind: 'integer', value: 4 });
    expect(answer(await session.do('read(l, 64)'))).toBe(4);
  });

  it('inside structures, lists and other calls', async () => {
    await session.all(
      ...['server = socket(AF_INET, SOCK_STREAM, 0)', 'bind(server, 127.0.0.1:0)'],
      'listen(server, 1)',
    );
    await blocked('conn = accept(server)');
    const polling = await blocked('poll([{conn, POLLOUT}, {l, POLLIN}])');
    expect(polling.blocked?.waitsFor).toBe('conn');
    await session.all('c = socket(AF_INET, SOCK_STREAM, 0)', 'connect(c, server)');
    expect(answer(await polling.step)).toBe(1);
    await blocked('text = recvline(r)');
    const counting = await blocked('htons(strlen(text))');
    await session.do('write(l, "four\\n")');
    expect(answer(await counting.step)).toBe(5 * 256);
  });

  it('where a field of it is used', async () => {
    const definition = session.scope.structs.get('timeval');
    if (definition === undefined) throw new Error('there is no struct timeval');
    session.scope.declare('when', definition);
    await blocked('read(r, &when, 16)');
    const sleeping = await blocked('htonl(when.tv_sec)');
    expect(sleeping.blocked?.waitsFor).toBe('when');
    await session.do('write(l, hex"01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")');
    expect(answer(await sleeping.step)).toBe(0x01000000);
  });

  it('by wait(), which tells what it became', async () => {
    await blocked('data = read(r, 9)');
    const waiting = await blocked('wait(data)');
    await session.do('write(l, "here")');
    expect((await waiting.step).outcome).toMatchObject({ result: 4, value: { kind: 'bytes' } });
    await blocked('late = read(r, 9)');
    const failing = await blocked('wait(late)');
    await session.do('cancel(late)');
    expect(answer(await failing.step)).toBe('EINTR');
    await expect(session.do('write(l, late)')).rejects.toThrow('there is no late');
  });
});

describe('cancel()', () => {
  it('ends by number, by name, or the newest, each once', async () => {
    const jobs = [
      await blocked('a = read(r, 1)'),
      await blocked('b = read(r, 1)'),
      await blocked('c = read(r, 1)'),
      await blocked('d = read(r, 1)'),
    ];
    // In one go: a call that was ended a moment ago is not the newest any more.
    const ends = ['cancel()', 'cancel()', 'cancel(1)', 'cancel(b)'].map((one) => session.do(one));
    expect((await Promise.all(ends)).map(answer)).toEqual([0, 0, 0, 0]);
    const steps = await Promise.all(jobs.map(({ step }) => step));
    expect(steps.map(answer)).toEqual(['EINTR', 'EINTR', 'EINTR', 'EINTR']);
    for (const [statement, message] of [
      ['cancel()', 'no call is blocked'],
      ['cancel(9)', 'no blocked call is 9'],
      ['cancel(zzz)', 'no blocked call is zzz'],
    ] as const) {
      await expect(session.do(statement)).rejects.toThrow(message);
    }
  });
});

describe('a name that is given again', () => {
  it('means the new thing, be it a socket, a value or a FILE', async () => {
    await session.all('x = write(l, "four")', 'x = socket(AF_INET, SOCK_STREAM, 0)');
    expect([session.values.has('x'), session.sockets.get('x')?.open]).toEqual([false, true]);
    await session.do('x = strlen("abc")');
    expect(session.values.get('x')).toEqual({ kind: 'integer', value: 3 });
    // The socket stays within reach by its number.
    const fd = session.sockets.openOnes().at(-1)?.fd;
    expect(answer(await session.do(`close(fd${fd})`))).toBe(0);
    await session.do('x = fdopen(l, "w")');
    expect(answer(await session.do('fprintf(x, "%d", 1)'))).toBe(1);
    await session.do('x = strlen("ab")');
    await expect(session.do('fflush(x)')).rejects.toThrow(/^a FILE is wanted here/);
  });

  it('of a pair may be that of another', async () => {
    const fds = ['l', 'r'].map((name) => session.sockets.get(name)?.fd);
    await session.do('r, l = socketpair(AF_UNIX, SOCK_STREAM, 0)');
    await session.all('write(l, "new")', 'read(r, 9)', `write(fd${fds[0]}, "old")`);
    expect(answer(await session.do(`read(fd${fds[1]}, 9)`))).toBe(3);
    // One name for both would leave one of them without.
    const same = () => session.do('same, same = socketpair(AF_UNIX, SOCK_STREAM, 0)');
    expect(same).toThrow('two sockets need two names');
    expect(session.sockets.openOnes()).toHaveLength(4);
  });
});

describe('a value that does not fit where it goes', () => {
  it('leaves it as it was, and the call was made all the same', async () => {
    const definition = session.scope.structs.get('sockaddr_in');
    if (definition === undefined) throw new Error('there is no struct sockaddr_in');
    session.scope.declare('addr', definition);
    await session.do('write(l, "70000")');
    await session.do('f = fdopen(r, "r")');
    await session.do('shutdown(l, SHUT_WR)');
    const step = await session.do('fscanf(f, "%d", &addr.sin_port)');
    expect(answer(step)).toBe(1);
    expect(step.details).toContainEqual({
      kind: 'given',
      name: 'addr.sin_port',
      text: expect.stringMatching(/^nothing: .*70000/),
    });
    expect(session.scope.valueOf('addr.sin_port')).toEqual({ kind: 'integer', value: 0 });
  });

  it('is not given to a field of what there is not', async () => {
    await expect(session.do('fscanf(l, "%d", &adr.x)')).rejects.toThrow();
    await session.do('f = fdopen(r, "r")');
    await expect(session.do('fscanf(f, "%d", &adr.x)')).rejects.toThrow(/^there is no adr/);
    const step = await session.do('adr.x = write(l, "made")');
    expect(step.details).toMatchObject([
      { kind: 'given', text: expect.stringMatching(/^nothing: there is no structure adr/) },
    ]);
    expect([...session.values.keys()]).toEqual(['f']);
  });
});

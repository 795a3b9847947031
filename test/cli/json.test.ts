import { describe, expect, it } from 'vitest';
import { dial, freePort, listener } from '../support/peer.ts';
import { type Program, run, socklab } from '../support/program.ts';

type Event = Readonly<Record<string, unknown>>;

/** Every line is one object, with `"v":1` first and a type second. */
function eventsOf(stderr: string): Event[] {
  return stderr
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      expect(line).toMatch(/^\{"v":1,"type":"[a-z]+",/);
      return JSON.parse(line) as Event;
    });
}

function ofType(stderr: string, type: string): Event[] {
  return eventsOf(stderr).filter((event) => event.type === type);
}

/** Every change: events of their own, and those that came with a call. */
function changesOf(stderr: string): Event[] {
  return eventsOf(stderr).flatMap((event) =>
    event.type === 'state' ? [event] : ((event.changes ?? []) as Event[]),
  );
}

async function listening(server: Program): Promise<string> {
  const [line] = await server.tells(/^\{"v":1,"type":"listening".*$/m);
  return String((JSON.parse(line) as Event).local);
}

describe('--json', () => {
  it('the listening line is as documented, to the letter', async () => {
    const server = socklab(['serve', '--json', ':0']);
    const local = await listening(server);
    expect(server.stderr).toContain(
      `{"v":1,"type":"listening","local":"${local}","pid":${server.pid}}\n`,
    );
    expect(local).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  });

  it('serve tells accepted and closed, with the bytes of each direction', async () => {
    const server = socklab(['serve', '--json', '--once', ':0']);
    const local = await listening(server);
    const client = await dial(local);
    const remote = `127.0.0.1:${client.socket.localPort}`;
    server.end('sixsix');
    await client.end();
    client.socket.end('four');
    const { code, stdout, stderr } = await server.exit();
    expect([code, stdout.toString()]).toEqual([0, 'four']);
    expect(ofType(stderr, 'accepted')).toEqual([{ v: 1, type: 'accepted', local, remote }]);
    expect(ofType(stderr, 'closed')).toEqual([
      { v: 1, type: 'closed', local, remote, bytes_in: 4, bytes_out: 6 },
    ]);
  });

  it.each([
    ['connect', []],
    ['send', ['question']],
  ])('%s tells connected and closed', async (command, words) => {
    const server = await listener();
    const running = run([command, '--json', `:${server.port}`, ...words], 'question');
    const peer = await server.accept();
    const local = `127.0.0.1:${peer.socket.remotePort}`;
    await peer.end();
    peer.socket.end('answer');
    const { code, stderr } = await running;
    const remote = `127.0.0.1:${server.port}`;
    expect(code).toBe(0);
    expect(ofType(stderr, 'connected')).toEqual([{ v: 1, type: 'connected', local, remote }]);
    expect(ofType(stderr, 'closed')).toEqual([
      { v: 1, type: 'closed', local, remote, bytes_in: 6, bytes_out: 8 },
    ]);
  });

  it('steps have all their keys, numbered in order, with bytes as text or base64', async () => {
    const server = await listener();
    const running = run(['connect', '--json', `:${server.port}`], 'grün');
    const peer = await server.accept();
    await peer.end();
    peer.socket.end(Buffer.from([0xff, 0]));
    const steps = ofType((await running).stderr, 'step');
    expect(steps.map(({ n }) => n)).toEqual(steps.map((_, i) => i + 1));
    for (const step of steps) {
      expect(step).toMatchObject({
        call: expect.any(String),
        text: expect.stringContaining(`${step.call}(`),
        result: expect.any(Number),
        duration_us: expect.any(Number),
        blocked_us: expect.any(Number),
        changes: expect.any(Array),
      });
      expect(step).toMatchObject({ errno: null, message: null });
    }
    const reads = steps.filter(({ call }) => call === 'read').map(({ data }) => data);
    expect(reads).toEqual([{ base64: '/wA=' }, { text: '' }]);
    const connected = steps.find(({ call }) => call === 'connect');
    expect(connected?.changes).toContainEqual({
      socket: 'client',
      field: 'state',
      from: 'CLOSED',
      to: 'ESTABLISHED',
    });
  });

  it('a change that no call made is told: one who waits in the queue', async () => {
    const server = socklab([
      'serve',
      '--json',
      '--service',
      'echo',
      '--max-connections',
      '1',
      ':0',
    ]);
    const local = await listening(server);
    const first = await dial(local);
    first.socket.write('x');
    await first.bytes(1);
    // The second waits in the kernel's queue, until the first has gone.
    const second = await dial(local);
    first.socket.end();
    second.socket.write('y');
    await second.bytes(1);
    // The answer and the events come by two ways, and either may be the quicker.
    await server.tells(/"field":"queue","from":0,"to":1.*\n/);
    expect(changesOf(server.stderr)).toContainEqual(
      expect.objectContaining({ socket: 'server', field: 'queue', from: 0, to: 1 }),
    );
  });

  it('a peer’s FIN is told once, as an event or with the call that it ended', async () => {
    const server = socklab(['serve', '--json', '--service', 'echo', ':0']);
    const client = await dial(await listening(server));
    client.socket.write('x');
    await client.bytes(1);
    client.socket.end();
    await server.tells(/"type":"closed"/);
    expect(changesOf(server.stderr).filter(({ to }) => to === 'CLOSE-WAIT')).toMatchObject([
      { socket: 'conn1', field: 'state', from: 'ESTABLISHED' },
    ]);
  });

  it('an error carries its exit code, the call, the errno and the remote end', async () => {
    const port = await freePort();
    const { code, stderr } = await run(['connect', '--json', `:${port}`]);
    expect(code).toBe(3);
    expect(eventsOf(stderr).at(-1)).toMatchObject({
      type: 'error',
      code: 3,
      call: 'connect',
      errno: 'ECONNREFUSED',
      remote: `127.0.0.1:${port}`,
    });
  });

  it('a port in use is an event, too', async () => {
    const holder = socklab(['serve', ':0']);
    const local = await holder.listening();
    const { code, stderr } = await run(['serve', '--json', local]);
    expect(code).toBe(7);
    expect(eventsOf(stderr).at(-1)).toMatchObject({
      type: 'error',
      code: 7,
      call: 'bind',
      errno: 'EADDRINUSE',
      local,
    });
  });

  it('a reset of one client is told with both ends, and the server goes on', async () => {
    const server = socklab(['serve', '--json', '--service', 'echo', ':0']);
    const local = await listening(server);
    const client = await dial(local);
    const remote = `127.0.0.1:${client.socket.localPort}`;
    client.socket.write('x');
    await client.bytes(1);
    client.reset();
    await server.tells(/"type":"closed"/);
    expect(ofType(server.stderr, 'error')).toMatchObject([
      { code: 6, call: 'read', errno: 'ECONNRESET', local, remote },
    ]);
  });
});

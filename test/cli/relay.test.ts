/** `socklab relay` and `socklab replay`, with peers that are not socklab. */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/bare.ts';
import { scratch } from '../support/payload.ts';
import { freePort, listener } from '../support/peer.ts';
import { type Program, python, run, socklab, start } from '../support/program.ts';

/** Answers each line with its length, and ends when the client does. */
const COUNTING = `
import socket, sys
def serve(conn):
    f = conn.makefile('rwb')
    for line in f:
        f.write(b'%d bytes\\n' % len(line)); f.flush()
    f.close(); conn.close()
s = socket.socket(socket.AF_UNIX) if sys.argv[1].startswith('/') else socket.socket()
s.bind(sys.argv[1] if sys.argv[1].startswith('/') else ('127.0.0.1', 0))
s.listen(5)
print('ready', s.getsockname()[1] if s.family == socket.AF_INET else sys.argv[1], flush=True)
while True: serve(s.accept()[0])
`;

async function counting(): Promise<string> {
  return `127.0.0.1:${await python(COUNTING, 'tcp').ready()}`;
}

async function relaying(...args: string[]): Promise<{ relay: Program; port: string }> {
  const relay = socklab(['relay', ...args]);
  const address = await relay.listening();
  return { relay, port: address.split(':').at(-1) ?? '' };
}

function nc(port: string, input: string): Promise<string> {
  const program = start('nc', ['-N', '127.0.0.1', port]);
  program.end(input);
  return program.exit().then(({ stdout }) => stdout.toString());
}

describe('relay', () => {
  it('stands between nc and a server, and shows both directions', async () => {
    const { relay, port } = await relaying('--hex', ':0', await counting());
    expect(await nc(port, 'one\nthree\n')).toBe('4 bytes\n6 bytes\n');
    await relay.tells(/00000008 .* 6 bytes|00000000 .*4 bytes·6 bytes·/);
    expect(relay.stderr).toMatch(/^→ 127\.0\.0\.1:\d+ .*10 bytes/m);
    expect(relay.stderr).toMatch(/^ {2}00000000 {2}6f 6e 65 0a 74 68 72 65 {2}65 0a +one·three·$/m);
    expect(relay.stderr).toMatch(/^← 127\.0\.0\.1:\d+/m);
    expect(relay.stdout.length).toBe(0);
  });

  it('goes from TCP to a Unix socket, and from one to TCP', async () => {
    const path = join(scratch(), 's');
    await python(COUNTING, path).ready();
    const { port } = await relaying(':0', `unix:${path}`);
    expect(await nc(port, 'one\n')).toBe('4 bytes\n');
    const front = join(scratch(), 'front');
    const second = socklab(['relay', `unix:${front}`, `127.0.0.1:${port}`]);
    expect(await second.listening()).toBe(`unix:${front}`);
    const client = start('nc', ['-N', '-U', front]);
    client.end('seven..\n');
    expect((await client.exit()).stdout.toString()).toBe('8 bytes\n');
  });

  it('tells where it reaches itself, and does not go round and round', async () => {
    const own = await freePort();
    const at = join(scratch(), 's');
    for (const endpoint of [`127.0.0.1:${own}`, `unix:${at}`, `unix:@${at}`]) {
      const relay = socklab(['relay', endpoint, endpoint]);
      await relay.listening();
      const client = ['-N', ...(endpoint.startsWith('unix') ? ['-U'] : [])];
      const where = endpoint.replace(/^unix:/, '').split(':');
      const nc = start('nc', [...client, ...where]);
      nc.end('x');
      expect((await nc.exit()).stdout.toString()).toBe('');
      await relay.tells(/ELOOP \(the relay listens there itself/);
      // It answers still, and no connection of its own is left.
      relay.signal('SIGTERM');
      expect((await relay.exit()).code).toBe(143);
      expect(relay.stderr.match(/ELOOP/g)?.length).toBeLessThan(5);
    }
  });

  it('takes the place of a Unix server whose path was moved', async () => {
    const [path, moved] = [join(scratch(), 's'), join(scratch(), 'moved')];
    await python(COUNTING, path).ready();
    renameSync(path, moved);
    await relaying(`unix:${path}`, `unix:${moved}`);
    const client = start('nc', ['-N', '-U', path]);
    client.end('one\n');
    expect((await client.exit()).stdout.toString()).toBe('4 bytes\n');
  });

  it('--json tells what passes', async () => {
    const relay = socklab(['relay', '--json', '--once', ':0', await counting()]);
    const [, port = ''] = await relay.tells(/"type":"listening","local":"127\.0\.0\.1:(\d+)"/);
    expect(await nc(port, 'one\n')).toBe('4 bytes\n');
    expect((await relay.exit()).code).toBe(0);
    const events = relay.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ type }) => type === 'data' || type === 'end');
    // The two directions go on at the same time; each by itself has an order.
    for (const [side, text] of [
      ['client', 'one\n'],
      ['server', '4 bytes\n'],
    ]) {
      expect(events.filter(({ from }) => from === side)).toEqual([
        { v: 1, type: 'data', connection: 1, from: side, offset: 0, data: { text } },
        { v: 1, type: 'end', connection: 1, from: side },
      ]);
    }
  });

  it('--once ends with the code of its one connection', async () => {
    const refused = `127.0.0.1:${await freePort()}`;
    const { relay, port } = await relaying('--once', ':0', refused);
    await nc(port, '');
    expect((await relay.exit()).code).toBe(3);
    expect(relay.stderr).toMatch(/connect 127\.0\.0\.1:\d+: ECONNREFUSED/);
  });

  it('a recording is its owner’s alone, also in a file that others could read', async () => {
    const file = join(scratch(), 'talk.jsonl');
    writeFileSync(file, '', { mode: 0o644 });
    await relaying('--record', file, ':0', ':9');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('a recording that can’t be written is a mistake, told before anything is bound', async () => {
    const { code, stderr } = await run(['relay', '--record', '/no/such/folder/x', ':0', ':9']);
    expect(stderr).toMatch(/^socklab: --record \/no\/such\/folder\/x: ENOENT/);
    expect(stderr).not.toContain('listening');
    expect(code).toBe(2);
  });
});

describe('replay', () => {
  /** A recording of two connections to the counting server. */
  async function recorded(): Promise<{ file: string; server: string }> {
    const file = join(scratch(), 'talk.jsonl');
    const server = await counting();
    const { port } = await relaying('--record', file, ':0', server);
    expect(await nc(port, 'one\nthree\n')).toBe('4 bytes\n6 bytes\n');
    expect(await nc(port, '')).toBe('');
    await until('the end of both', () => readFileSync(file, 'utf8').split('"close"').length === 3);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    return { file, server };
  }

  it('of the same server gives the same answers', async () => {
    const { file, server } = await recorded();
    const { code, stderr } = await run(['replay', file, server]);
    expect(stderr).toBe(
      'connection 1: 10 bytes sent, 16 came back, the same as then\n' +
        'connection 2: 0 bytes sent, 0 came back, the same as then\n',
    );
    expect(code).toBe(0);
  });

  it('shows where another server answers otherwise, and ends with 1', async () => {
    const { file } = await recorded();
    const echo = socklab(['serve', '--service', 'echo', ':0']);
    const { code, stderr } = await run(['replay', file, await echo.listening()]);
    expect(stderr).toContain('connection 1: the answer differs from byte 0 on\n');
    expect(stderr).toMatch(/then\n {2}00000000 {2}34 20 62 79 74 65 73 0a.*4 bytes·/);
    expect(stderr).toMatch(/now\n {2}00000000 {2}6f 6e 65 0a/);
    expect(code).toBe(1);
  });

  it('--connection chooses one, --json tells it to a program', async () => {
    const { file, server } = await recorded();
    const { code, stderr } = await run(['replay', '--json', '--connection', '2', file, server]);
    const results = stderr
      .split('\n')
      .filter((line) => line.includes('"replayed"'))
      .map((line) => JSON.parse(line) as unknown);
    expect(results).toEqual([
      { v: 1, type: 'replayed', connection: 2, sent: 0, answered: 0, same: true },
    ]);
    expect(code).toBe(0);
  });

  it('tells an answer that is too short, and one that goes on', async () => {
    const { file } = await recorded();
    const [head = '', open = ''] = readFileSync(file, 'utf8').split('\n');
    const answer = (text: string) =>
      `{"v":1,"type":"data","connection":1,"t_us":9,"from":"server","data":{"text":"${text}"}}`;
    const end = '{"v":1,"type":"end","connection":1,"t_us":9,"from":"server"}';
    const server = await listener();
    const cases = [
      ['hello, world', /the answer ended after 5 bytes; then, 7 more came/],
      [
        'hell',
        /the answer did not end after 4 bytes, as it did then; more came\n {2}00000004 {2}6f/,
      ],
      ['help', /the answer differs from byte 3 on/],
    ] as const;
    for (const [text, message] of cases) {
      writeFileSync(file, [head, open, answer(text), end].join('\n'));
      const replay = run(['replay', file, `127.0.0.1:${server.port}`]);
      (await server.accept()).socket.end('hello');
      const { code, stderr } = await replay;
      expect(stderr).toMatch(message);
      expect(code).toBe(1);
    }
  });

  it.each([
    ['{"v":1,"type":"recording","from":"a","to":"b","started":""}\nnonsense', /:2: not JSON/],
    ['{"v":1,"type":"end","connection":1,"t_us":0,"from":"client"}', /no recording/],
    ['{"v":1,"type":"recording","from":"a","to":"b","started":""}', /no connection in it/],
    ['', /no recording/],
  ])('%j is refused', async (content, message) => {
    const file = join(scratch(), 'bad.jsonl');
    writeFileSync(file, content);
    const { code, stderr } = await run(['replay', file, ':9']);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

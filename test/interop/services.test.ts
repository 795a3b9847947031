/** The services, as other programs meet them: curl, Python, nc, ncat, socat. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileOf, MIB, randomBytes, scratch, sha256 } from '../support/payload.ts';
import { type Program, python, shell, socklab, start } from '../support/program.ts';

/** Serves, and waits until it does. @returns its host and port */
async function serving(...args: string[]): Promise<{ at: [string, string]; server: Program }> {
  const server = socklab(['serve', ...args, ':0'], { stdin: 'ignore' });
  const [host = '', port = ''] = (await server.listening()).split(':');
  return { at: [host, port], server };
}

async function output(program: Program, input = ''): Promise<string> {
  program.end(input);
  return (await program.exit()).stdout.toString();
}

/** Each as a client that sends its stdin and FIN, and prints what comes to the end. */
const CLIENTS: readonly (readonly [string, (at: [string, string]) => Program])[] = [
  ['nc', (at) => start('nc', ['-N', ...at])],
  ['ncat', (at) => start('ncat', at)],
  ['socat', ([host, port]) => start('socat', ['-t5', '-', `TCP:${host}:${port}`])],
  ['socklab', (at) => socklab(['connect', at.join(':')])],
];

describe.each(CLIENTS)('%s', (_, client) => {
  it('gets the date, and the same as it has', async () => {
    const { at } = await serving('--service', 'daytime');
    const line = await output(client(at));
    expect(line).toMatch(/^[A-Z][a-z]+day, [A-Z][a-z]+ \d+, \d{4} \d\d:\d\d:\d\d-UTC\r\n$/);
    const told = Date.parse(line.replace('-UTC', ' UTC'));
    expect(Math.abs(told - Date.now())).toBeLessThan(60_000);
  });

  it('gets the time', async () => {
    const { at } = await serving('--service', 'time');
    const program = client(at);
    program.end();
    const { stdout } = await program.exit();
    expect(stdout.length).toBe(4);
    // GNU date has the same two moments.
    const seconds = await output(start('date', ['-u', '+%s']));
    const since1900 = -Number(await output(start('date', ['-u', '-d', '1900-01-01', '+%s'])));
    expect(Math.abs(stdout.readUInt32BE() - since1900 - Number(seconds))).toBeLessThan(60);
  });

  it('gets a file', async () => {
    const bytes = randomBytes(3 * MIB + 5);
    const { at } = await serving('--service', 'file', '--file', fileOf(bytes));
    const program = client(at);
    program.end();
    expect(sha256((await program.exit()).stdout)).toBe(sha256(bytes));
  });

  it('prints', async () => {
    const dir = scratch();
    const { at, server } = await serving('--service', 'printer', '--dir', dir);
    await output(client(at), 'a job');
    await server.tells(/^job-0001-\d{8}T\d{6}\.bin: 5 bytes from 127\.0\.0\.1:\d+$/m);
    expect(readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'))).toEqual([
      'a job',
    ]);
  });

  it('talks to another', async () => {
    const { at } = await serving('--service', 'chat');
    const listener = client(at);
    await listener.says('Welcome');
    const heard = output(client(at), 'hello from the other side\n');
    await listener.says('guest2: hello from the other side\n* guest2 left\n');
    expect(await heard).toContain('You are guest2');
  });
});

it('head takes what it wants of chargen, and the server goes on', async () => {
  const { at, server } = await serving('--service', 'chargen');
  const program = shell(`"$@" connect ${at.join(':')} | head -2`, { stdin: 'ignore' });
  const { stdout } = await program.exit();
  expect(stdout.toString()).toMatch(/^ !"#.*efg\r\n!"#.*fgh\r\n$/);
  expect(server.stderr.split('\n')).toHaveLength(2);
});

describe('curl', () => {
  it('gets a page, files, and their heads, over one connection', async () => {
    const dir = scratch();
    const bytes = randomBytes(2 * MIB);
    writeFileSync(join(dir, 'big'), bytes);
    writeFileSync(join(dir, 'small'), 'small');
    const { at } = await serving('--service', 'http', '--dir', dir);
    const url = `http://${at.join(':')}`;
    const big = start('curl', ['-sS', `${url}/big`]);
    expect(sha256((await big.exit()).stdout)).toBe(sha256(bytes));
    const several = start('curl', ['-sS', '-w', '%{num_connects}', `${url}/small`, `${url}/`]);
    expect((await several.exit()).stdout.toString()).toBe('small1big\nsmall\n0');
    const head = start('curl', ['-sSI', `${url}/big`]);
    expect((await head.exit()).stdout.toString()).toContain(`Content-Length: ${bytes.length}\r\n`);
  });

  it('is told what it did wrong, whatever it sends along', async () => {
    const { at } = await serving('--service', 'http');
    const url = `http://${at.join(':')}/`;
    const much = fileOf(randomBytes(3 * MIB));
    for (const data of ['x=1', `@${much}`]) {
      const post = start('curl', ['-sS', '--data-binary', data, url]);
      expect(await post.exit()).toMatchObject({
        code: 0,
        stdout: Buffer.from('405 Method Not Allowed: this server answers GET and HEAD only.\n'),
      });
    }
  });

  it('gets nothing that is outside of the folder', async () => {
    const outside = scratch();
    const dir = join(outside, 'dir');
    mkdirSync(dir);
    writeFileSync(join(outside, 'secret'), 'secret');
    symlinkSync('../secret', join(dir, 'link'));
    const { at } = await serving('--service', 'http', '--dir', dir);
    for (const path of ['../secret', '%2e%2e/secret', '..%2fsecret', 'link', './../secret']) {
      const program = start('curl', ['-sS', '--path-as-is', `http://${at.join(':')}/${path}`]);
      expect((await program.exit()).stdout.toString()).toMatch(/^404 Not Found/);
    }
  });
});

it('Python’s http.client keeps its connection, and reads each answer to its end', async () => {
  const dir = scratch();
  writeFileSync(join(dir, 'a'), 'x'.repeat(100_000));
  mkdirSync(join(dir, 'sub'));
  const { at } = await serving('--service', 'http', '--dir', dir);
  const program = python(
    `
import http.client, sys
c = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]))
c.connect()
first = c.sock
for method, path in [('GET', '/a'), ('HEAD', '/a'), ('GET', '/sub'), ('GET', '/gone'), ('GET', '/a')]:
    c.request(method, path)
    r = c.getresponse()
    print(method, path, r.status, len(r.read()), r.getheader('Location'), c.sock is first)
`,
    ...at,
  );
  expect(await output(program)).toBe(
    [
      'GET /a 200 100000 None True',
      'HEAD /a 200 0 None True',
      'GET /sub 301 67 /sub/ True',
      'GET /gone 404 46 None True',
      'GET /a 200 100000 None True',
      '',
    ].join('\n'),
  );
});

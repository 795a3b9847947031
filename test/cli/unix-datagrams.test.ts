/** Unix datagram sockets on the command line. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch } from '../support/payload.ts';
import { type Program, python, run, socklab } from '../support/program.ts';

/** The address in the ready line is the kernel’s: `unix:` and the path. */
async function serving(...args: readonly string[]): Promise<Program> {
  const server = socklab(['serve', ...args]);
  await server.listening();
  return server;
}

const SERVER = `
import os, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1].replace('@', '\\0', 1))
print('ready')
print('ready now')
while True:
    data, peer = server.recvfrom(1 << 20)
    print(len(data), peer)
    server.sendto(b'%d bytes' % len(data), peer)
`;

const CLIENT = `
import socket, sys
client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
if len(sys.argv) > 2: client.bind('')
client.sendto(b'from python\\n', sys.argv[1])
print('ready', client.recv(100).decode() if len(sys.argv) > 2 else 'sent')
`;

describe('a path', () => {
  it('has mode 0600 from the first moment, and is removed at the end', async () => {
    const path = join(scratch(), 'socket');
    const server = await serving(`unixgram:${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    server.signal('SIGTERM');
    expect((await server.exit()).code).toBe(143);
    expect(existsSync(path)).toBe(false);
  });

  it('of a dead socket is taken over, that of a living one and of a file never', async () => {
    const path = join(scratch(), 'socket');
    const first = await serving(`unixgram:${path}`);
    expect((await run(['serve', `unixgram:${path}`])).code).toBe(7);
    first.signal('SIGKILL');
    await first.exit();
    expect(existsSync(path)).toBe(true);
    await serving(`unixgram:${path}`);
    const file = join(scratch(), 'file');
    writeFileSync(file, 'precious');
    expect((await run(['serve', `unixgram:${file}`])).code).toBe(7);
    expect(existsSync(file)).toBe(true);
  });
});

describe.each([
  ['a path', () => join(scratch(), 'socket')],
  ['an abstract name', () => `@socklab-test-${process.pid}`],
])('%s', (_, place) => {
  it('our client and our server', async () => {
    const endpoint = `unixgram:${place()}`;
    await serving('--service', 'echo', endpoint);
    const sent = await run(['send', endpoint, 'hello']);
    expect(sent).toMatchObject({ code: 0, stdout: Buffer.from('hello'), stderr: '' });
    const large = Buffer.alloc(200_000, 'x');
    expect((await run(['send', endpoint], large)).stdout.equals(large)).toBe(true);
    const lines = await run(['connect', endpoint], 'a\nb');
    expect(lines).toMatchObject({ code: 0, stdout: Buffer.from('a\nb') });
  });

  it('our client and Python’s server, which can answer it', async () => {
    const at = place();
    const server = python(SERVER, at);
    await server.ready();
    const { code, stdout } = await run(['send', `unixgram:${at}`], Buffer.alloc(70_000));
    expect([code, stdout.toString()]).toEqual([0, '70000 bytes']);
  });

  it('Python’s client and our server', async () => {
    const at = place();
    const server = await serving('--service', 'echo', `unixgram:${at}`);
    const target = at.replace('@', '\0');
    if (!at.startsWith('@')) {
      expect(await python(CLIENT, target, 'named').ready()).toBe('from python');
      // Without a name it can't be answered, and disturbs nobody.
      expect(await python(CLIENT, target).ready()).toBe('sent');
    }
    expect((await run(['send', `unixgram:${at}`, 'still there'])).code).toBe(0);
    expect(server.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('nobody there exits 3', async () => {
    for (const command of ['send', 'connect']) {
      const { code, stderr } = await run([command, `unixgram:${place()}`], 'x');
      expect(stderr).toMatch(/^socklab: connect unix:.*: (ENOENT|ECONNREFUSED) /);
      expect(code).toBe(3);
    }
  });

  it('--retry waits for somebody who comes later', async () => {
    const endpoint = `unixgram:${place()}`;
    const client = socklab(['send', '--retry', '8s', '--trace', endpoint, 'at last']);
    await client.tells(/ENOENT|ECONNREFUSED/);
    await serving('--service', 'echo', endpoint);
    const { code, stdout } = await client.exit();
    expect([code, stdout.toString()]).toEqual([0, 'at last']);
  });
});

it('a sender without a name is heard, and told of as such', async () => {
  const path = join(scratch(), 'socket');
  const server = socklab(['serve', '--json', `unixgram:${path}`]);
  await server.tells(/"type":"listening"/);
  await python(CLIENT, path).ready();
  await server.says('from python\n');
  expect(server.stderr).toContain(
    `{"v":1,"type":"datagram","direction":"in","local":"unix:${path}","remote":null,"bytes":12}\n`,
  );
});

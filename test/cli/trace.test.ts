import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch } from '../support/payload.ts';
import { dial, freePort, listener } from '../support/peer.ts';
import { run, SOCKLAB, socklab, start } from '../support/program.ts';

/** `listen(20, 4096) = 0 <0.000016>` */
const LINE = /^(\w+)\(.*\) = (-1 [A-Z]+ \(.+\)|\d+) <\d+\.\d{6}>$/;

function callsIn(stderr: string): string[] {
  return stderr
    .split('\n')
    .map((line) => LINE.exec(line)?.[1])
    .filter((name) => name !== undefined);
}

describe('--trace', () => {
  it('shows the calls of a connection in their order, as strace writes them', async () => {
    const server = await listener();
    const running = run(['connect', '--trace', `:${server.port}`]);
    const peer = await server.accept();
    await peer.end();
    peer.socket.end('answer');
    const { code, stdout, stderr } = await running;
    expect([code, stdout.toString()]).toEqual([0, 'answer']);
    const lines = stderr.split('\n').slice(0, -1);
    expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
    expect(callsIn(stderr)).toEqual(['socket', 'connect', 'shutdown', 'read', 'read', 'close']);
    expect(stderr).toMatch(/^read\(\d+, "answer", \d+\) = 6 </m);
    expect(stderr).toMatch(/^read\(\d+, "", \d+\) = 0 </m);
  });

  it('shows a failure with its errno and its text', async () => {
    const { stderr } = await run(['connect', '--trace', `:${await freePort()}`]);
    expect(stderr).toMatch(
      /^connect\(\d+, \{AF_INET, 127\.0\.0\.1:\d+\}, 16\) = -1 ECONNREFUSED \(Connection refused\) </m,
    );
  });

  it('names the same calls as strace itself', async (context) => {
    const probe = await start('strace', ['-o', '/dev/null', 'true']).exit();
    if (probe.code !== 0) context.skip(`strace can't trace here: ${probe.stderr.trim()}`);
    const log = join(scratch(), 'strace');
    const server = await listener();
    const strace = ['-f', '-e', 'trace=network', '-o', log];
    const client = start('strace', [
      ...strace,
      ...SOCKLAB,
      'connect',
      '--trace',
      `:${server.port}`,
    ]);
    client.end();
    const peer = await server.accept();
    await peer.end();
    peer.socket.end();
    const { code, stderr } = await client.exit();
    expect(code).toBe(0);
    // Without our reads and closes, and its getters; EINPROGRESS is ours to hide.
    const wanted = ['socket', 'connect', 'shutdown'];
    const made = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('AF_INET') || line.includes('SHUT_WR'))
      .filter((line) => !line.includes('EINPROGRESS'))
      .map((line) => /^\d+ +(\w+)\(/.exec(line)?.[1] ?? '')
      .filter((name) => wanted.includes(name));
    expect(made).toEqual(callsIn(stderr).filter((name) => wanted.includes(name)));
    expect(made).toEqual(wanted);
  });

  it('keeps the ready line as it is', async () => {
    const server = socklab(['serve', '--trace', '--service', 'echo', ':0']);
    const address = await server.listening();
    expect(callsIn(server.stderr)).toEqual([
      'socket',
      'setsockopt',
      'bind',
      'listen',
      'getsockname',
    ]);
    const client = await dial(address);
    client.socket.end('x');
    expect((await client.end()).toString()).toBe('x');
    await server.tells(/^close\(/m);
    expect(callsIn(server.stderr).slice(5)).toEqual(['accept', 'read', 'write', 'read', 'close']);
  });

  it('off: nothing is on stderr but the ready line', async () => {
    const server = socklab(['serve', '--once', ':0'], { stdin: 'ignore' });
    const address = await server.listening();
    const client = await run(['connect', address], 'hello');
    expect(client).toMatchObject({ code: 0, stderr: '' });
    expect(await server.exit()).toMatchObject({
      code: 0,
      stdout: Buffer.from('hello'),
      stderr: `listening on ${address} (pid ${server.pid})\n`,
    });
  });
});

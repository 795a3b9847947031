/** `socklab serve --service`: what a service needs, and what it tells. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileOf, scratch } from '../support/payload.ts';
import { dial } from '../support/peer.ts';
import { run, socklab } from '../support/program.ts';

describe('a mistake is told before anything is bound', () => {
  it.each([
    [['--service', 'file'], '--service file needs --file PATH'],
    [['--service', 'printer'], '--service printer needs --dir PATH'],
    [['--service', 'echo', '--file', 'x'], '--file goes with --service file'],
    [
      ['--service', 'file', '--file', 'x', '--dir', '.'],
      '--dir goes with --service http or printer',
    ],
    [['--dir', '.'], '--dir goes with --service http or printer'],
    [['--service', 'file', '--file', '/no/such'], '--file /no/such: No such file or directory'],
    [['--service', 'file', '--file', '/tmp'], '--file /tmp: it is a folder'],
    [['--service', 'file', '--file', '/dev/null'], '--file /dev/null: it is no regular file'],
    [['--service', 'http', '--dir', '/no/such'], '--dir /no/such: No such file or directory'],
    [['--service', 'printer', '--dir', '/dev/null'], '--dir /dev/null: Not a directory'],
    [['--service', 'file', '--file', '/\x1b[2J'], '--file /^[[2J: No such file or directory'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await run(['serve', ...args, '127.0.0.1:0']);
    expect([code, stdout.toString(), stderr]).toEqual([2, '', `socklab: ${message}\n`]);
  });
});

describe('what a service tells', () => {
  it('is an event with --json', async () => {
    const dir = scratch();
    const server = socklab([
      'serve',
      '--once',
      '--json',
      '--service',
      'printer',
      '--dir',
      dir,
      ':0',
    ]);
    const [, address = ''] = await server.tells(/"type":"listening","local":"([^"]+)"/);
    const client = await dial(address);
    client.socket.end('12345');
    const { code, stderr } = await server.exit();
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const job = events.find(({ type }) => type === 'job');
    expect(job).toEqual({
      v: 1,
      type: 'job',
      remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      file: expect.stringMatching(/^job-0001-\d{8}T\d{6}\.bin$/),
      bytes: 5,
      complete: true,
    });
    expect(events.find(({ type }) => type === 'closed')).toMatchObject({ bytes_in: 5 });
    expect(code).toBe(0);
  });

  it('is not said with --quiet', async () => {
    const server = socklab([
      'serve',
      '--once',
      '--quiet',
      '--service',
      'http',
      ':0',
      '--ready-fd',
      '2',
    ]);
    const [address = ''] = await server.tells(/127\.0\.0\.1:\d+/);
    const client = await dial(address);
    client.socket.end('GET / HTTP/1.0\r\n\r\n');
    await client.end();
    client.socket.destroy();
    expect((await server.exit()).stderr).toBe(`${address}\n`);
  });
});

describe('how it ends', () => {
  it('69 where the file has gone, and the client is reset', async () => {
    const path = fileOf(Buffer.from('x'));
    const server = socklab(['serve', '--once', '--service', 'file', '--file', path, ':0']);
    const address = await server.listening();
    rmSync(path);
    const client = await dial(address);
    expect(await client.breaks()).toBe('ECONNRESET');
    const { code, stderr } = await server.exit();
    expect(stderr).toContain(`socklab: open ${path}: ENOENT (No such file or directory)\n`);
    expect(code).toBe(69);
  });
});

describe('with --trace, where each read and write is a step', () => {
  it.each([
    ['echo', [], 'ping\n', /^ping\n$/],
    ['discard', [], 'ping\n', /^$/],
    ['daytime', [], '', /-UTC\r\n$/],
    ['time', [], '', /^.{4}$/s],
    ['chat', [], 'hello\n/who\n', /\* Here: guest1\n$/],
    ['http', [], 'GET / HTTP/1.0\r\n\r\n', /\n\nGET \/ HTTP\/1\.0\n$/],
    ['file', ['--file', 'F'], '', /^contents$/],
    ['printer', ['--dir', 'D'], 'job', /^$/],
  ] as const)('%s', async (service, options, sent, expected) => {
    const dir = scratch();
    writeFileSync(join(dir, 'f'), 'contents');
    const given = options.map((one) => (one === 'F' ? join(dir, 'f') : one === 'D' ? dir : one));
    const server = socklab(['serve', '--once', '--trace', '--service', service, ...given, ':0']);
    const client = await dial(await server.listening());
    client.socket.end(sent);
    expect((await client.end()).toString('latin1')).toMatch(expected);
    const { code, stderr } = await server.exit();
    expect(stderr).toMatch(/^close\(\d+\) += 0/m);
    expect(code).toBe(0);
  });
});

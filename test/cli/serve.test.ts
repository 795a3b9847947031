import { closeSync, openSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dial, hasIPv6, listener } from '../support/peer.ts';
import { contentsOf, pipe } from '../support/pipe.ts';
import { run, type StartOptions, socklab } from '../support/program.ts';

/** A server that gives nothing away. */
function serve(args: readonly string[] = [], options: StartOptions = {}) {
  return socklab(['serve', ...args, ':0'], options);
}

describe('where it listens', () => {
  it('the ready line is all that is on stderr, with the port that the kernel chose', async () => {
    const server = serve();
    const address = await server.listening();
    expect(server.stderr).toBe(`listening on ${address} (pid ${server.pid})\n`);
    expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  });

  it.for([
    ['127.0.0.5:0', [], /^127\.0\.0\.5:\d+$/],
    ['[::1]:0', [], /^\[::1\]:\d+$/],
    [':0', ['-6'], /^\[::1\]:\d+$/],
    ['*:0', ['-4'], /^0\.0\.0\.0:\d+$/],
    ['localhost:0', ['-4'], /^127\.0\.0\.1:\d+$/],
  ] as const)('%s %j', async ([endpoint, options, expected], context) => {
    if (expected.source.includes('::1') && !hasIPv6()) context.skip('no IPv6 here');
    const server = socklab(['serve', ...options, endpoint, '--service', 'echo']);
    const address = await server.listening();
    expect(address).toMatch(expected);
    const client = await dial(address.replace('0.0.0.0', '127.0.0.1'));
    client.socket.end('there');
    expect((await client.end()).toString()).toBe('there');
  });

  it('* takes both IPv4 and IPv6', async (context) => {
    if (!hasIPv6()) context.skip('no IPv6 here');
    const server = socklab(['serve', '*:0', '--service', 'echo']);
    const port = (await server.listening()).split(':').at(-1);
    for (const host of ['127.0.0.1', '[::1]']) {
      const client = await dial(`${host}:${port}`);
      client.socket.end(host);
      expect((await client.end()).toString()).toBe(host);
    }
  });

  it('--ready-fd gets the address, and its end', async () => {
    const ready = pipe();
    const server = serve(['--ready-fd', '3'], { three: ready.write });
    closeSync(ready.write);
    // The descriptor is closed while the server goes on: this ends.
    expect(await contentsOf(ready.read)).toBe(`${await server.listening()}\n`);
  });

  it('--ready-fd with a descriptor that is not there is a mistake, told in words', async () => {
    const { code, stderr } = await run(['serve', '--ready-fd', '77', ':0']);
    expect(stderr).toMatch(/^socklab: --ready-fd 77: EBADF.*\n$/);
    expect(code).toBe(2);
  });

  it('a port in use exits 7, and names the process that holds it', async () => {
    const holder = serve();
    const address = await holder.listening();
    const name = readFileSync(`/proc/${holder.pid}/comm`, 'utf8').trim();
    const { code, stderr } = await run(['serve', address]);
    expect(code).toBe(7);
    expect(stderr).toContain(`socklab: bind ${address}: EADDRINUSE (Address already in use)`);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`process ${holder.pid} (${name}) holds port`);
  });

  it('an address of nobody exits 7', async () => {
    const { code, stderr } = await run(['serve', '192.0.2.1:0']);
    expect(code).toBe(7);
    expect(stderr).toContain('bind 192.0.2.1:0: EADDRNOTAVAIL');
  });
});

describe('its end', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s closes all sockets and exits %i', async (signal, code) => {
    const server = serve();
    const address = await server.listening();
    const client = await dial(address);
    client.socket.write('hello');
    await server.says('hello');
    server.signal(signal);
    await client.end();
    // Whoever ended it knows why the connections are gone.
    expect(await server.exit()).toMatchObject({
      code,
      signal: null,
      stderr: `listening on ${address} (pid ${server.pid})\n`,
    });
    // The port is free again: somebody else listens there at once.
    const next = await listener('127.0.0.1', Number(address.split(':')[1]));
    expect(next.port).toBe(Number(address.split(':')[1]));
  });

  it('exits 141 and says nothing when the reader of stdout has gone', async () => {
    const server = serve();
    const client = await dial(await server.listening());
    await server.hangUp();
    client.socket.write('nobody reads this');
    expect(await server.exit()).toMatchObject({
      code: 141,
      stderr: expect.stringMatching(/^listening on .*\n$/),
    });
  });

  it('--once ends with its connection, and refuses the next', async () => {
    const server = serve(['--once'], { stdin: 'ignore' });
    const address = await server.listening();
    const client = await dial(address);
    client.socket.end('only me');
    expect(await server.exit()).toMatchObject({ code: 0, stdout: Buffer.from('only me') });
    await expect(dial(address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('--once ends with 6 when its connection was reset', async () => {
    const server = serve(['--once']);
    const client = await dial(await server.listening());
    client.socket.write('x');
    await server.says('x');
    client.reset();
    const { code, stderr } = await server.exit();
    expect(stderr).toContain('ECONNRESET');
    expect(code).toBe(6);
  });

  it('without --once a reset is told, and the next client served', async () => {
    const server = serve(['--service', 'echo'], { stdin: 'ignore' });
    const address = await server.listening();
    const first = await dial(address);
    first.socket.write('x');
    await first.bytes(1);
    first.reset();
    await server.tells(/^socklab: read 127\.0\.0\.1:\d+: ECONNRESET \(/m);
    const second = await dial(address);
    second.socket.end('still there');
    expect((await second.end()).toString()).toBe('still there');
  });
});

describe('services', () => {
  it('discard takes all and answers nothing, until FIN', async () => {
    const server = serve(['--service', 'discard']);
    const client = await dial(await server.listening());
    client.socket.end(Buffer.alloc(4 * 1024 * 1024));
    expect(await client.end()).toHaveLength(0);
    expect(server.stdout).toHaveLength(0);
  });

  it('a service leaves stdin alone', async () => {
    const file = openSync('package.json', 'r');
    const server = serve(['--service', 'echo', '--once'], { stdin: file });
    closeSync(file);
    const client = await dial(await server.listening());
    client.socket.end('mine');
    expect((await client.end()).toString()).toBe('mine');
    expect((await server.exit()).code).toBe(0);
  });

  it('--max-connections leaves the others waiting in the queue', async () => {
    const server = serve(['--service', 'echo', '--max-connections', '1']);
    const address = await server.listening();
    const first = await dial(address);
    first.socket.write('first');
    await first.bytes(5);
    const second = await dial(address);
    second.socket.write('second');
    first.socket.write(' again');
    await first.bytes(11);
    expect(second.received).toHaveLength(0);
    first.socket.end();
    expect((await second.bytes(6)).toString()).toBe('second');
  });
});

describe('whom the rules keep out', () => {
  it('is reset, so that it takes nothing for an answer, also where it has sent nothing', async () => {
    const server = serve(['--service', 'echo', '--deny', '127.0.0.0/8']);
    const client = await dial(await server.listening());
    expect(await client.breaks()).toBe('ECONNRESET');
    expect(client.ended).toBe(false);
  });
});

import { once } from 'node:events';
import { connect as dialNode } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, hasIPv6, listener } from '../support/peer.ts';
import { run, socklab } from '../support/program.ts';

describe('connect', () => {
  it('passes stdin to the peer, and the peer to stdout', async () => {
    const server = await listener();
    const client = socklab(['connect', `:${server.port}`]);
    const peer = await server.accept();
    client.write('question');
    expect((await peer.bytes(8)).toString()).toBe('question');
    peer.socket.write('answer');
    await client.says('answer');
    client.end('!');
    expect((await peer.end()).toString()).toBe('question!');
    peer.socket.end('.');
    const { code, stdout, stderr } = await client.exit();
    expect([code, stdout.toString(), stderr]).toEqual([0, 'answer.', '']);
  });

  it('speaks IPv6', async (context) => {
    if (!hasIPv6()) context.skip('no IPv6 here');
    const server = await listener('::1');
    const running = run(['connect', `[::1]:${server.port}`], 'six');
    const peer = await server.accept();
    expect((await peer.end()).toString()).toBe('six');
    expect(peer.socket.remoteAddress).toBe('::1');
    peer.socket.end('6');
    expect(await running).toMatchObject({ code: 0, stdout: Buffer.from('6') });
  });

  it.for([
    ['-4', '127.0.0.1'],
    ['-6', '::1'],
  ] as const)('%s picks the address', async ([option, host], context) => {
    if (option === '-6' && !hasIPv6()) context.skip('no IPv6 here');
    const server = await listener(host);
    const running = run(['connect', option, `:${server.port}`]);
    const peer = await server.accept();
    expect(peer.socket.remoteAddress).toBe(host);
    peer.socket.end();
    expect((await running).code).toBe(0);
  });

  it('a name with several addresses: the next is tried when one refuses', async () => {
    const server = await listener('127.0.0.1');
    const running = run(['connect', `localhost:${server.port}`]);
    const peer = await server.accept();
    peer.socket.end('here');
    expect(await running).toMatchObject({ code: 0, stdout: Buffer.from('here') });
  });

  it('--source gives the address, and the port, to connect from', async () => {
    const server = await listener();
    const port = await freePort();
    for (const [source, address, from] of [
      ['127.0.0.2', '127.0.0.2', null],
      [`127.0.0.3:${port}`, '127.0.0.3', port],
    ] as const) {
      const running = run(['connect', '--source', source, `:${server.port}`]);
      const { socket } = await server.accept();
      expect(socket.remoteAddress).toBe(address);
      if (from !== null) expect(socket.remotePort).toBe(from);
      socket.end();
      expect((await running).code).toBe(0);
    }
  });

  it('--retry waits for a server that comes later', async () => {
    const port = await freePort();
    const client = socklab(['connect', '--retry', '8s', '--trace', `:${port}`]);
    await client.tells(/ECONNREFUSED/);
    const server = await listener('127.0.0.1', port);
    const peer = await server.accept();
    client.end('at last');
    expect((await peer.end()).toString()).toBe('at last');
    peer.socket.end('welcome');
    expect(await client.exit()).toMatchObject({ code: 0, stdout: Buffer.from('welcome') });
  });

  it('--retry gives up when its time is over, with the code of the last failure', async () => {
    const port = await freePort();
    const begun = performance.now();
    const { code, stderr } = await run(['connect', '--retry', '100ms', '--trace', `:${port}`]);
    expect(performance.now() - begun).toBeGreaterThan(100);
    expect(stderr.match(/^connect\(.*ECONNREFUSED/gm)?.length).toBeGreaterThan(1);
    expect(code).toBe(3);
  });

  it('SIGINT closes the connection and exits 130', async () => {
    const server = await listener();
    const client = socklab(['connect', `:${server.port}`]);
    const peer = await server.accept();
    peer.socket.write('hello');
    await client.says('hello');
    client.signal('SIGINT');
    await peer.end();
    expect(await client.exit()).toMatchObject({ code: 130, stderr: '' });
  });

  it('exits 141 and says nothing when the reader of stdout has gone', async () => {
    const server = await listener();
    const client = socklab(['connect', `:${server.port}`]);
    const peer = await server.accept();
    await client.hangUp();
    peer.socket.write('nobody reads this');
    expect(await client.exit()).toMatchObject({ code: 141, stderr: '' });
  });
});

describe('--on-eof', () => {
  it('half: FIN goes out, and the answer is still read to its end', async () => {
    const server = await listener();
    const running = run(['connect', '--on-eof', 'half', `:${server.port}`], 'question');
    const peer = await server.accept();
    expect((await peer.end()).toString()).toBe('question');
    peer.socket.end('late answer');
    expect(await running).toMatchObject({ code: 0, stdout: Buffer.from('late answer') });
  });

  it('exit: does not wait for the peer', async () => {
    const server = await listener();
    const running = run(['connect', '--on-eof', 'exit', `:${server.port}`], 'fire and forget');
    const peer = await server.accept();
    expect((await peer.end()).toString()).toBe('fire and forget');
    // The peer has not said FIN, and never will.
    expect((await running).code).toBe(0);
  });

  it('exit: all of stdin is sent first, also to a peer that reads late', async () => {
    const server = await listener();
    const size = 8 * 1024 * 1024;
    const client = socklab(['connect', '--on-eof', 'exit', `:${server.port}`]);
    const peer = await server.accept();
    peer.socket.pause();
    client.end(Buffer.alloc(size, 'x'));
    await client.until('a full pipe', () => client.unsent > 0);
    peer.socket.resume();
    expect(await peer.end()).toHaveLength(size);
    expect((await client.exit()).code).toBe(0);
  });

  it('stay: sends no FIN, until the peer ends', async () => {
    const server = await listener();
    const running = run(['connect', '--on-eof', 'stay', `:${server.port}`], 'ping');
    const peer = await server.accept();
    await peer.bytes(4);
    // A FIN would have come by the time that another connection has come and gone.
    const other = dialNode({ port: server.port, host: '127.0.0.1' });
    await once(other, 'connect');
    (await server.accept()).socket.end();
    other.resume();
    await once(other, 'close');
    expect(peer.ended).toBe(false);
    peer.socket.end('pong');
    expect(await running).toMatchObject({ code: 0, stdout: Buffer.from('pong') });
  });
});

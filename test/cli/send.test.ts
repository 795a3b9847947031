import { closeSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listener } from '../support/peer.ts';
import { pipe } from '../support/pipe.ts';
import { activity, standstill } from '../support/process.ts';
import { python, run, shell, socklab } from '../support/program.ts';

/** How much the peers below answer: more than the buffers between us hold. */
const LARGE = 8 * 1024 * 1024;

/** Answers argv[1] bytes and closes with unread data: the kernel sends RST behind the answer. */
const IMPATIENT = `
import array, fcntl, socket, sys, termios
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(1)
print('ready 127.0.0.1:%d' % server.getsockname()[1])
peer, _ = server.accept()
peer.recv(1)
peer.sendall(b'n' * int(sys.argv[1]))
unsent = array.array('i', [1])
while unsent[0] > 0:
    # SIOCOUTQ: what the other kernel has not acknowledged would be lost by the reset.
    fcntl.ioctl(peer, termios.TIOCOUTQ, unsent)
peer.close()
print('gone')
`;

describe('send', () => {
  it('sends its words with one blank between them, then FIN, and prints the reply', async () => {
    const server = await listener();
    const running = run(['send', `:${server.port}`, 'hello', 'there'], 'not this');
    const peer = await server.accept();
    expect((await peer.end()).toString()).toBe('hello there');
    peer.socket.end('hello yourself\n');
    const { code, stdout, stderr } = await running;
    expect([code, stdout.toString(), stderr]).toEqual([0, 'hello yourself\n', '']);
  });

  it('sends stdin where there are no words', async () => {
    const server = await listener();
    const client = shell(`printf 'line\\n\\0\\377' | "$@" send :${server.port}`);
    const peer = await server.accept();
    expect((await peer.end()).toString('latin1')).toBe('line\n\0\xff');
    peer.socket.end();
    expect(await client.exit()).toMatchObject({ code: 0, stdout: Buffer.alloc(0) });
  });

  it('a named pipe ends, too, when its writer had gone before it was read', async () => {
    const server = await listener();
    const { read, write } = pipe();
    writeSync(write, 'line');
    closeSync(write);
    const client = socklab(['send', `:${server.port}`], { stdin: read });
    closeSync(read);
    const peer = await server.accept();
    expect((await peer.end()).toString()).toBe('line');
    peer.socket.end();
    expect((await client.exit()).code).toBe(0);
  });

  it('an idle stdin is no hindrance where there are words', async () => {
    const server = await listener();
    const client = socklab(['send', `:${server.port}`, 'hi']);
    (await server.accept()).socket.end('ho');
    expect(await client.exit()).toMatchObject({ code: 0, stdout: Buffer.from('ho') });
  });

  it('reads while it sends: an echo of more than the buffers hold does not lock up', async () => {
    const server = await listener();
    const message = Buffer.alloc(LARGE, 'abcdefg');
    const running = run(['send', `:${server.port}`], message);
    const { socket } = await server.accept();
    socket.pipe(socket);
    const { code, stdout } = await running;
    expect(stdout.equals(message)).toBe(true);
    expect(code).toBe(0);
  });

  it('--timeout bounds a wait without progress with 5, and keeps what came', async () => {
    const server = await listener();
    const running = run(['send', '--timeout', '200ms', `:${server.port}`, 'hello?']);
    const peer = await server.accept();
    peer.socket.write('wait');
    const { code, stdout, stderr } = await running;
    expect(stderr).toMatch(/^socklab: read 127\.0\.0\.1:\d+: ETIMEDOUT \(/);
    expect([code, stdout.toString()]).toEqual([5, 'wait']);
  });

  it('--timeout bounds a peer that takes nothing, too', async () => {
    const server = await listener();
    const client = socklab(['send', '--timeout', '300ms', `:${server.port}`]);
    const peer = await server.accept();
    peer.socket.pause();
    client.end(Buffer.alloc(4 * LARGE));
    expect((await client.exit()).code).toBe(5);
  });

  it('a reply before the message was read is printed whole, then the reset exits 6', async () => {
    // More than a pipe holds, so that it waits for us while the reset comes.
    const size = 100 * 1024;
    const impatient = python(IMPATIENT, String(size));
    const client = socklab(['send', await impatient.ready()], { unread: true });
    client.end(Buffer.alloc(4 * LARGE));
    await impatient.says('gone');
    // It has noticed the reset, and has nothing to do now but to wait for us.
    await standstill(() => activity(client.pid), 100);
    client.read();
    const { code, stdout } = await client.exit();
    expect(stdout).toHaveLength(size);
    expect(code).toBe(6);
  });
});

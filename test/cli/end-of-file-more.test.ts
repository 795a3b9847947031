/** The rest of the end-of-file table: `send`, a server that goes on, and TLS that is cut off. */
import { describe, expect, it } from 'vitest';
import { fileOf, MIB, randomBytes, reading, sha256 } from '../support/payload.ts';
import { activity, standstill } from '../support/process.ts';
import { socklab } from '../support/program.ts';
import { lose, TRANSPORTS } from '../support/transports.ts';

/** More than the buffers of a Unix socket and of a pipe hold, on any system. */
const large = randomBytes(12 * MIB);
const digest = sha256(large);
/** Less than a receive queue holds: it survives a reset. */
const SMALL = 100 * 1024;

const { TCP, Unix, TLS } = TRANSPORTS;

describe.each([TCP, Unix, TLS])('send over $name', ({ listen }) => {
  it('the message ends first, and the reply is long: all of both', async () => {
    const server = await listen();
    const program = socklab(['send', ...server.to], {
      stdin: reading(fileOf(large)),
      unread: true,
    });
    const peer = await server.accept();
    expect(sha256(await peer.end())).toBe(digest);
    peer.socket.end(large);
    program.read();
    const { code, stdout } = await program.exit();
    expect([code, sha256(stdout)]).toEqual([0, digest]);
  });

  it('the peer’s FIN comes first: the message still arrives', async () => {
    const server = await listen();
    const program = socklab(['send', ...server.to], { stdin: reading(fileOf(large)) });
    const peer = await server.accept();
    peer.socket.end('enough');
    expect(sha256(await peer.end())).toBe(digest);
    const { code, stdout } = await program.exit();
    expect([code, stdout.toString()]).toEqual([0, 'enough']);
  });

  it.each([
    ['nothing of the reply is there', 0],
    ['the reply waits for the reader of stdout', SMALL],
  ])('the peer resets, and %s: 6', async (_, count) => {
    const server = await listen();
    const program = socklab(['send', ...server.to, 'never read'], { unread: true });
    const peer = await server.accept();
    peer.deafen();
    const reply = large.subarray(0, count);
    if (count > 0) await new Promise((resolve) => peer.socket.write(reply, resolve));
    await lose(peer, program);
    await standstill(() => activity(program.pid), 100);
    program.read();
    const { code, stdout } = await program.exit();
    expect([code, sha256(stdout)]).toEqual([6, sha256(reply)]);
  });
});

describe.each([TCP, Unix, TLS])('serve over $name', ({ at, dial }) => {
  it('goes on after a FIN and after a reset, and loses no byte of either', async () => {
    const program = socklab(['serve', at()], { unread: true });
    const address = await program.listening();

    const first = await dial(address);
    first.socket.end(large);
    program.read();
    await program.until('all of the first', () => program.stdoutBytes === large.length);
    expect(sha256(program.stdout)).toBe(digest);
    expect(await first.end()).toHaveLength(0);

    const second = await dial(address);
    await new Promise((resolve) => second.socket.write('lost', resolve));
    await program.until('what it said', () => program.stdoutBytes === large.length + 4);
    second.deafen();
    program.write('to whoever is there\n');
    await lose(second, program);
    await program.tells(/^socklab: read \S+: ECONNRESET /m);

    const third = await dial(address);
    program.end('and to the last');
    expect((await third.end()).toString()).toBe('and to the last');
    third.socket.end('bye');
    await program.until('its bytes', () => program.stdout.subarray(-3).toString() === 'bye');
    program.signal('SIGTERM');
    expect((await program.exit()).code).toBe(143);
  });

  it('a client that ends first still gets all of stdin', async () => {
    const program = socklab(['serve', at()], { stdin: reading(fileOf(large)) });
    const client = await dial(await program.listening());
    client.socket.end('that was all');
    expect(sha256(await client.end())).toBe(digest);
    await program.says('that was all');
    program.signal('SIGINT');
    expect((await program.exit()).code).toBe(130);
  });
});

describe('TLS that ends with FIN alone, without close_notify', () => {
  it('as a client: what came is written out, then 6', async () => {
    const server = await TLS.listen();
    const program = socklab(['connect', ...server.to], { unread: true });
    const peer = await server.accept();
    await new Promise((resolve) => peer.socket.write(large.subarray(0, SMALL), resolve));
    peer.below.end();
    program.read();
    const { code, stdout, stderr } = await program.exit();
    expect([code, sha256(stdout)]).toEqual([6, sha256(large.subarray(0, SMALL))]);
    expect(stderr).toMatch(/UNEXPECTED_EOF \(the peer ended without close_notify/);
  });

  it('as a server with --once: the same, and what stdin has is still sent', async () => {
    const program = socklab(['serve', '--once', TLS.at()], { stdin: reading(fileOf(large)) });
    const peer = await TLS.dial(await program.listening());
    await new Promise((resolve) => peer.socket.write('cut', resolve));
    peer.below.end();
    expect(sha256(await peer.end())).toBe(digest);
    const { code, stdout } = await program.exit();
    expect([code, stdout.toString()]).toEqual([6, 'cut']);
  });
});

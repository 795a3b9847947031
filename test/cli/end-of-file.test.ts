/** Who ends first, and what was on its way then: no byte is lost, the code is right, nothing hangs. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB, randomBytes, reading, sha256 } from '../support/payload.ts';
import { dial, listener, type Peer } from '../support/peer.ts';
import { activity, standstill } from '../support/process.ts';
import { type Program, type StartOptions, shell, socklab } from '../support/program.ts';

/** More than all buffers between two processes hold. */
const LARGE = 32 * MIB;
const large = randomBytes(LARGE);
const digest = sha256(large);
const directory = mkdtempSync(join(tmpdir(), 'socklab-eof-'));
const file = join(directory, 'large');
beforeAll(() => writeFileSync(file, large));
afterAll(() => rmSync(directory, { recursive: true }));

interface Pair {
  readonly program: Program;
  readonly peer: Peer;
}

type Start = (args: readonly string[]) => Program;

async function client(start: Start, ...options: string[]): Promise<Pair> {
  const server = await listener();
  const program = start(['connect', ...options, `:${server.port}`]);
  return { program, peer: await server.accept() };
}

const ROLES = {
  client,
  // Where somebody watches, each read and write is a step: another way through the program.
  'client --trace': (start: Start) => client(start, '--trace'),
  async 'server --once'(start: Start): Promise<Pair> {
    const program = start(['serve', '--once', ':0']);
    return { program, peer: await dial(await program.listening()) };
  },
} as const;

/** What the peer has sent and the other kernel has not acknowledged: proc(5), /proc/net/tcp. */
function unacknowledged({ socket }: Peer): number {
  const hex = (port = 0) => port.toString(16).toUpperCase().padStart(4, '0');
  const [local, remote] = [hex(socket.localPort), hex(socket.remotePort)];
  const row = new RegExp(`:${local} \\w+:${remote} \\w+ (\\w+):`).exec(
    readFileSync('/proc/net/tcp', 'latin1'),
  );
  return Number.parseInt(row?.[1] ?? '', 16);
}

/** Sends so much that some of it must wait, and comes back when the other kernel has all of it. */
async function delivered(peer: Peer, bytes: Buffer): Promise<void> {
  await new Promise((resolve) => peer.socket.write(bytes, resolve));
  await expect.poll(() => unacknowledged(peer), { interval: 1, timeout: 5000 }).toBe(0);
}

describe.each(['client', 'client --trace', 'server --once'] as const)('as %s', (role) => {
  const pair = (options: StartOptions = {}) => ROLES[role]((args) => socklab(args, options));

  describe('stdin ends first', () => {
    it('and nothing is on its way: FIN goes out, the peer’s FIN ends it', async () => {
      const { program, peer } = await pair({ stdin: 'ignore' });
      expect(await peer.end()).toHaveLength(0);
      peer.socket.end();
      expect(await program.exit()).toMatchObject({ code: 0, stdout: Buffer.alloc(0) });
    });

    it('and the peer answers only then: the answer is read to its end', async () => {
      const { program, peer } = await pair();
      program.end('question');
      expect((await peer.end()).toString()).toBe('question');
      peer.socket.end(large);
      const { code, stdout } = await program.exit();
      expect([code, sha256(stdout)]).toEqual([0, digest]);
    });

    it('and much is on its way in both directions: all arrives', async () => {
      const { program, peer } = await pair({ stdin: reading(file), unread: true });
      peer.socket.end(large);
      expect(sha256(await peer.end())).toBe(digest);
      program.read();
      const { code, stdout } = await program.exit();
      expect([code, sha256(stdout)]).toEqual([0, digest]);
    });
  });

  describe('the peer’s FIN comes first', () => {
    it('and stdin is an idle open pipe: ends at once', async () => {
      const { program, peer } = await pair();
      peer.socket.end('bye');
      const { code, stdout } = await program.exit(3000);
      expect([code, stdout.toString()]).toEqual([0, 'bye']);
      await peer.end();
    });

    it('and stdin is a file that is still being sent: every byte arrives', async () => {
      const { program, peer } = await pair({ stdin: reading(file) });
      peer.socket.end();
      expect(sha256(await peer.end())).toBe(digest);
      expect((await program.exit()).code).toBe(0);
    });

    it('and stdin is a pipe that is still being filled: every byte arrives', async () => {
      const { program, peer } = await ROLES[role]((args) =>
        shell(`cat '${file}' | "$@" ${args.join(' ')}`),
      );
      peer.socket.end();
      expect(sha256(await peer.end())).toBe(digest);
      expect((await program.exit()).code).toBe(0);
    });

    it('and its own bytes still wait for the reader of stdout: none is lost', async () => {
      const { program, peer } = await pair({ unread: true });
      await new Promise((resolve) => peer.socket.write(large.subarray(0, MIB), resolve));
      peer.socket.end(large.subarray(MIB));
      program.read();
      const { code, stdout } = await program.exit();
      expect([code, sha256(stdout)]).toEqual([0, digest]);
    });
  });

  describe('the peer resets', () => {
    it('and nothing is on its way: 6, not the end of file', async () => {
      const { program, peer } = await pair();
      program.write('x');
      await peer.bytes(1);
      peer.reset();
      const { code, stderr } = await program.exit();
      expect(stderr).toMatch(/^socklab: read 127\.0\.0\.1:\d+: ECONNRESET \(/m);
      expect(code).toBe(6);
    });

    it('and stdin had ended: 6 as well', async () => {
      const { program, peer } = await pair({ stdin: 'ignore' });
      await peer.end();
      peer.reset();
      expect((await program.exit()).code).toBe(6);
    });

    it('and stdin is still being sent: 6', async () => {
      const { program, peer } = await pair({ stdin: reading(file) });
      peer.socket.pause();
      await once(peer.socket, 'readable');
      peer.reset();
      const { code, stderr } = await program.exit();
      expect(stderr).toMatch(/^socklab: (read|write) 127\.0\.0\.1:\d+: (ECONNRESET|EPIPE) \(/m);
      expect(code).toBe(6);
    });

    it.each([
      ['and its bytes wait for the reader of stdout', false],
      ['the same, and stdin is still being sent', true],
    ])('%s: they all come out, then 6', async (_, sending) => {
      const { program, peer } = await pair(
        sending ? { stdin: reading(file), unread: true } : { unread: true },
      );
      peer.socket.pause();
      // More than a pipe holds, and less than a receive queue: what is in there survives a reset.
      const sent = large.subarray(0, 100 * 1024);
      await delivered(peer, sent);
      peer.reset();
      await standstill(() => activity(program.pid), 100);
      program.read();
      const { code, stdout } = await program.exit();
      expect(sha256(stdout)).toBe(sha256(sent));
      expect(code).toBe(6);
    });
  });
});

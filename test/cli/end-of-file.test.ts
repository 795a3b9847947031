/** Who ends first, and what was on its way then: no byte is lost, the code is right, nothing hangs. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB, randomBytes, reading, sha256 } from '../support/payload.ts';
import { activity, standstill } from '../support/process.ts';
import { type Program, type StartOptions, shell, socklab } from '../support/program.ts';
import { type End, lose, TRANSPORTS, type Transport } from '../support/transports.ts';

/** More than all buffers between two processes hold. */
const LARGE = 16 * MIB;
const large = randomBytes(LARGE);
const digest = sha256(large);
const directory = mkdtempSync(join(tmpdir(), 'socklab-eof-'));
const file = join(directory, 'large');
beforeAll(() => writeFileSync(file, large));
afterAll(() => rmSync(directory, { recursive: true }));

interface Pair {
  readonly program: Program;
  readonly peer: End;
}

type Start = (args: readonly string[]) => Program;

async function client(transport: Transport, start: Start, ...options: string[]): Promise<Pair> {
  const server = await transport.listen();
  const program = start(['connect', ...options, ...server.to]);
  return { program, peer: await server.accept() };
}

async function server(transport: Transport, start: Start): Promise<Pair> {
  const program = start(['serve', '--once', transport.at()]);
  return { program, peer: await transport.dial(await program.listening()) };
}

const { TCP, Unix, TLS } = TRANSPORTS;

const ROLES: readonly {
  readonly role: string;
  readonly transport: Transport;
  readonly pair: (start: Start) => Promise<Pair>;
}[] = [
  ...[TCP, Unix, TLS].flatMap((transport) => [
    {
      role: `client, ${transport.name}`,
      transport,
      pair: (start: Start) => client(transport, start),
    },
    {
      role: `server --once, ${transport.name}`,
      transport,
      pair: (start: Start) => server(transport, start),
    },
  ]),
  // Where somebody watches, each read and write is a step: another way through the program.
  { role: 'client --trace', transport: TCP, pair: (start: Start) => client(TCP, start, '--trace') },
];

/** What the peer has sent and the other kernel has not acknowledged: proc(5), /proc/net/tcp. */
function unacknowledged({ below }: End): number {
  const hex = (port = 0) => port.toString(16).toUpperCase().padStart(4, '0');
  const [local, remote] = [hex(below.localPort), hex(below.remotePort)];
  const row = new RegExp(`:${local} \\w+:${remote} \\w+ (\\w+):`).exec(
    readFileSync('/proc/net/tcp', 'latin1'),
  );
  return Number.parseInt(row?.[1] ?? '', 16);
}

/** Sends so much that some of it must wait, and comes back when the other kernel has all of it. */
async function delivered(peer: End, bytes: Buffer, { name }: Transport): Promise<void> {
  await new Promise((resolve) => peer.socket.write(bytes, resolve));
  // What is written to a Unix socket is in the other's queue.
  if (name === 'Unix') return;
  await expect.poll(() => unacknowledged(peer), { interval: 1, timeout: 5000 }).toBe(0);
}

describe.each(ROLES)('as $role', ({ transport, pair: starting }) => {
  const pair = (options: StartOptions = {}) => starting((args) => socklab(args, options));

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
      const { program, peer } = await starting((args) =>
        shell(`cat '${file}' | "$@" ${args.join(' ')}`),
      );
      peer.socket.end();
      expect(sha256(await peer.end())).toBe(digest);
      expect((await program.exit()).code).toBe(0);
    });

    it('and its own bytes still wait for the reader of stdout: none is lost', async () => {
      const { program, peer } = await pair({ unread: true });
      peer.socket.write(large.subarray(0, MIB));
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
      peer.deafen();
      program.write('unread');
      await lose(peer, program);
      const { code, stderr } = await program.exit();
      expect(stderr).toMatch(/^socklab: read \S+: ECONNRESET \(/m);
      expect(code).toBe(6);
    });

    it('and stdin had ended: 6 as well', async () => {
      const { program, peer } = await pair();
      peer.deafen();
      program.end('unread');
      await lose(peer, program);
      expect((await program.exit()).code).toBe(6);
    });

    it('and stdin is still being sent: 6', async () => {
      const { program, peer } = await pair({ stdin: reading(file) });
      peer.deafen();
      await lose(peer, program);
      const { code, stderr } = await program.exit();
      expect(stderr).toMatch(/^socklab: (read|write) \S+: (ECONNRESET|EPIPE) \(/m);
      expect(code).toBe(6);
    });

    it.each([
      ['and its bytes wait for the reader of stdout', false],
      ['the same, and stdin is still being sent', true],
    ])('%s: they all come out, then 6', async (_, sending) => {
      const { program, peer } = await pair(
        sending ? { stdin: reading(file), unread: true } : { unread: true },
      );
      peer.deafen();
      if (!sending) program.write('unread');
      // More than a pipe holds, and less than a receive queue: what is in there survives a reset.
      const sent = large.subarray(0, 100 * 1024);
      await delivered(peer, sent, transport);
      await lose(peer, program);
      await standstill(() => activity(program.pid), 100);
      program.read();
      const { code, stdout } = await program.exit();
      expect(sha256(stdout)).toBe(sha256(sent));
      expect(code).toBe(6);
    });
  });
});

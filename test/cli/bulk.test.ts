/** Whatever kind stdin and stdout are of, 32 MiB go through both ends, and not one byte is different. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileOf, MIB, randomBytes, reading, scratch, sha256 } from '../support/payload.ts';
import { type Program, shell, socklab } from '../support/program.ts';
import { summing } from '../support/summing.ts';

const BYTES = randomBytes(32 * MIB + 3);
const DIGEST = sha256(BYTES);

/** A client that sends them all, from such a stdin. */
const SOURCES: Readonly<Record<string, (command: readonly string[]) => Program>> = {
  'a file': (command) => socklab(command, { stdin: reading(fileOf(BYTES)) }),
  'a pipe': (command) => {
    const client = socklab(command);
    client.end(BYTES);
    return client;
  },
};

/** An open file to write to, and its path. */
function target(flags: string): { readonly fd: number; readonly path: string } {
  const path = join(scratch(), 'out');
  const fd = openSync(path, flags);
  onTestFinished(() => closeSync(fd));
  return { fd, path };
}

/** A server whose stdout is of such a kind, and the sum of what came there. */
const SINKS: Readonly<Record<string, () => { fd: number; sum: () => Promise<string> }>> = {
  'a file': () => {
    const { fd, path } = target('w');
    return { fd, sum: async () => sha256(readFileSync(path)) };
  },
  'the end of a file': () => {
    const { fd, path } = target('a');
    return { fd, sum: async () => sha256(readFileSync(path)) };
  },
  'a pipe': () => {
    const { fd, sum } = summing();
    const summed = sum();
    return {
      fd,
      sum: () => {
        closeSync(fd);
        return summed;
      },
    };
  },
};

describe.each(Object.keys(SOURCES))('from %s', (from) => {
  describe.each(['connect', 'send'])('by %s', (command) => {
    it.each(Object.keys(SINKS))('to %s', async (to) => {
      const sink = SINKS[to]?.();
      const server = socklab(['serve', '--once', ':0'], { stdin: 'ignore', stdout: sink?.fd ?? 0 });
      const client = SOURCES[from]?.([command, await server.listening()]);
      expect([(await server.exit()).code, (await client?.exit())?.code]).toEqual([0, 0]);
      expect(await sink?.sum()).toBe(DIGEST);
    });

    it('to /dev/null, where they are counted', async () => {
      const nowhere = openSync('/dev/null', 'w');
      onTestFinished(() => closeSync(nowhere));
      const args = ['serve', '--once', ':0'];
      const server = socklab(args, { stdin: 'ignore', stdout: nowhere });
      const client = SOURCES[from]?.([command, '--json', await server.listening()]);
      expect((await server.exit()).code).toBe(0);
      const { stderr = '', code } = (await client?.exit()) ?? {};
      expect([code, stderr]).toEqual([0, expect.stringContaining(`"bytes_out":${BYTES.length}`)]);
    });
  });
});

it('a reader that has enough ends it with 141, and no word', async () => {
  const server = shell(
    '("$@" serve --quiet --once --ready-fd 3 :0 3>&2; echo code $? >&2) | head -c 100000 | wc -c',
  );
  const [, port = ''] = await server.tells(/127\.0\.0\.1:(\d+)/);
  const client = socklab(['connect', '--quiet', `:${port}`], { stdin: reading(fileOf(BYTES)) });
  const [{ stdout, stderr }] = await Promise.all([server.exit(), client.exit()]);
  expect(stdout.toString().trim()).toBe('100000');
  expect(stderr.trim().split('\n')).toEqual([`127.0.0.1:${port}`, 'code 141']);
});

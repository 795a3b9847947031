/** suites/: small scripts that say what Linux answers; the kernel is the oracle. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Value } from '../../src/socket/call.ts';
import { failures, runText, TCP, UDP } from '../support/scripts.ts';

const folder = join(import.meta.dirname, 'suites');
const place = mkdtempSync(join(tmpdir(), 'socklab-suites-'));
afterAll(() => rmSync(place, { recursive: true }));

const read = (file: string) => readFileSync(join(folder, file), 'utf8');

/** Each script with its name; @tcp and @udp written out. */
const scripts = readdirSync(folder).flatMap((file) =>
  read(file)
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.split('\n');
      const text = lines
        .join('\n')
        .replace(/^@tcp$/m, TCP)
        .replace(/^@udp$/m, UDP);
      return { file, title, text };
    }),
);

let made = 0;
/** Places for Unix sockets, new ones for each script. */
function places(): Record<string, Value> {
  const name = `${place}/${++made}`;
  return {
    place: { kind: 'address', address: `unix:${name}` },
    abstract: { kind: 'address', address: `unix:@${name}` },
  };
}

describe('the suites', () => {
  it('are many', () => {
    expect(scripts.length).toBeGreaterThanOrEqual(70);
  });

  it.each(scripts)('$file: $title', async ({ text }) => {
    const run = await runText(text, {}, places());
    expect(failures(run)).toEqual([]);
    expect(run.summary.statements).toBeGreaterThan(0);
    expect(run.session.jobs()).toEqual([]);
  });

  it.each(scripts)('$file: $title, on a slow machine too', async ({ text }) => {
    // Nothing may depend on what the event loop does between two lines.
    const run = await runText(text.replace(/^(?![\s#@]|$)/gm, 'sleep(1ms)\n'), {}, places());
    expect(failures(run)).toEqual([]);
  });
});

describe('the handshake', () => {
  it('runs as it stands', async () => {
    const run = await runText(read('handshake.sock'));
    expect(failures(run)).toEqual([]);
    expect(run.summary).toEqual({ statements: 17, expected: 12, failed: 0, verdict: 'met' });
  });
});

describe('the lecture’s C', () => {
  it('makes the calls that it should, in their order', async () => {
    const run = await runText(read('lecture.sock'));
    expect(failures(run)).toEqual([]);
    expect(run.session.steps.map(({ call }) => call.name)).toEqual([
      ...['socket', 'htonl', 'htons', 'bind', 'listen', 'socket', 'getsockname', 'inet_addr'],
      ...['connect', 'accept', 'write', 'read', 'write', 'read', 'fdopen', 'fdopen', 'write'],
      ...['fscanf', 'fprintf', 'fflush', 'read', 'shutdown', 'close', 'read', 'close'],
    ]);
    const [bind] = run.session.steps.filter(({ call }) => call.name === 'bind');
    expect(bind?.text).toMatch(/^bind\(\d+, \{AF_INET, 0\.0\.0\.0:0\}, 16\)$/);
    const [, accepted] = run.session.steps.filter(({ call }) => call.name === 'connect');
    expect(accepted).toBeUndefined();
  });

  it('has one constant that C does not have', async () => {
    await expect(runText('connfd = socket(AF_INET, SOCKET_STREAM, 0);')).rejects.toThrow(
      /line 1: there is no constant SOCKET_STREAM/,
    );
  });

  it.each([
    ['2 != sizeof(msg)', 'write(client, "pi")', '== 4', '2'],
    ['end of file', 'close(client)', '== 4', '0'],
  ])('ends where C would end: %s', async (_, instead, expected, actual) => {
    const run = await runText(read('lecture.sock').replace('write(client, "ping") = 4', instead));
    const [last, ...more] = run.results.filter(({ verdict }) => verdict !== 'met');
    expect(more).toEqual([]);
    expect(last).toMatchObject({
      line: { text: '\texit(-1);' },
      verdict: 'unmet',
      mismatch: { expected, actual },
      notes: ['exit(-1): a C program would end here'],
    });
  });
});

describe('a script that is wrong', () => {
  const message = 'hello';
  it.each<[why: string, script: string, line: string, expected: string, actual: RegExp]>([
    ['another number', `${TCP}write(client, "${message}") = 4`, 'write', '4', /^5$/],
    ['other bytes', `${TCP}write(client, "a")\nread(conn, 9) = "b"`, 'read', '"b"', /^"a"$/],
    ['no end of file', `${TCP}write(client, "a")\nread(conn, 9) = EOF`, 'read', 'EOF', /^"a"$/],
    ['an end of file', `${TCP}close(client)\nread(conn, 9) = "a"`, 'read', '"a"', /^""$/],
    [
      'a longer beginning',
      `${TCP}write(client, "a")\nread(conn, 9) = "ab"...`,
      'read',
      '"ab"...',
      /"a"/,
    ],
    ['no match', `${TCP}write(client, "a")\nread(conn, 9) = /b/`, 'read', '/b/', /^"a"$/],
    [
      'another errno',
      `${TCP}bind(client, where) = EACCES`,
      'bind',
      'EACCES',
      /^EINVAL \(Invalid argument\)$/,
    ],
    ['a failure', `${TCP}bind(client, where)`, 'bind', 'success', /^EINVAL/],
    ['a failure for 0', `${TCP}bind(client, where) = 0`, 'bind', '0', /^EINVAL/],
    ['a success', `${TCP}listen(server, 1) = EINVAL`, 'listen', 'EINVAL', /^0$/],
    ['a success for -1', `${TCP}listen(server, 1) = -1`, 'listen', '-1', /^0$/],
    ['an answer at once', `${TCP}write(client, "x") = blocked`, 'write', 'blocked', /^1$/],
    ['another state', `${TCP}state(client) = CLOSE-WAIT`, 'state', 'CLOSE-WAIT', /^ESTABLISHED$/],
    [
      'a state in time',
      `${TCP}wait(client, TIME-WAIT, 20ms)`,
      'wait',
      'success',
      /^ETIMEDOUT \(client is ESTABLISHED\)$/,
    ],
    [
      'another address',
      `${TCP}getpeername(client) = 127.0.0.1:1`,
      'getpeername',
      '127.0.0.1:1',
      /^127/,
    ],
    ['other events', `${TCP}poll(client, POLLOUT) = POLLIN`, 'poll', 'POLLIN', /^\{4\}$/],
    [
      'another structure',
      `${TCP}getsockopt(client, SOL_SOCKET, SO_LINGER) = {1, 0}`,
      'getsockopt',
      '{1, 0}',
      /^\{0, 0\}$/,
    ],
    ['what a name says', `${TCP}n = 4\nwrite(client, "x") = n`, 'write(client', '4 (n)', /^1$/],
    [
      'a late job',
      `${TCP}d = read(conn, 9) = blocked\nwrite(client, "a")\nwait(d) = "b"`,
      'wait',
      '"b"',
      /^"a"$/,
    ],
    ['a number of waiting connections', `${TCP}queue(server) = 1`, 'queue', '1', /^0$/],
  ])('fails at its line: %s', async (_, script, line, expected, actual) => {
    const run = await runText(script);
    const failed = run.results.at(-1);
    expect(failed).toMatchObject({ verdict: 'unmet', mismatch: { expected } });
    expect(failed?.mismatch?.actual).toMatch(actual);
    expect(failed?.line.number).toBe(script.split('\n').length);
    expect(failed?.line.text.startsWith(line)).toBe(true);
    expect(run.summary.verdict).toBe('unmet');
    // wait() with a name alone names no socket.
    if (line !== 'wait' || script.includes('TIME-WAIT')) {
      expect(failed?.sockets.length).toBeGreaterThan(0);
    }
  });
});

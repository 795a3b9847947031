/** What the texts claim, against those who know: the kernel, libc, Python. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTopic } from '../../../src/teach/explain/find.ts';
import { topics } from '../../../src/teach/explain/topics.ts';
import { answer, TestSession } from '../../support/session.ts';
import { has } from '../../support/tools.ts';

const FAILING = fileURLToPath(new URL('../../support/failing-calls.py', import.meta.url));

beforeEach((context) => {
  if (process.platform !== 'linux') context.skip('these are the answers of Linux');
  if (!has('python3')) context.skip('python3 is not installed');
});

function python(...args: readonly string[]): string {
  const child = spawnSync('python3', args, { encoding: 'utf8', timeout: 20_000 });
  if (child.status !== 0) throw new Error(`python3 failed: ${child.stderr}`);
  return child.stdout;
}

describe('what fails in C', () => {
  it('fails with an errno that the call’s topic lists', () => {
    const told: [call: string, why: string, errno: string][] = JSON.parse(python(FAILING));
    expect(told.length).toBeGreaterThan(90);
    const unlisted = told.filter(([call, , errno]) => {
      const name = findTopic(errno)?.name ?? errno;
      return findTopic(call)?.errnos?.includes(name) !== true;
    });
    expect(unlisted).toEqual([]);
    // Most calls of C are among them.
    expect(new Set(told.map(([call]) => call)).size).toBeGreaterThan(25);
  });
});

describe('what fails here', () => {
  let session: TestSession;
  beforeEach(() => {
    session = new TestSession();
  });
  afterEach(() => session.close());

  const SOCKET = 's = socket(AF_INET, SOCK_STREAM, 0)';
  const PAIR = [
    SOCKET,
    'listen(s, 1)',
    'client = socket(AF_INET, SOCK_STREAM, 0)',
    'connect(client, s)',
    'conn = accept(s)',
  ];
  it.each<[call: string, errno: string, statements: readonly string[]]>([
    ['bind', 'EINVAL', [SOCKET, 'bind(s, 127.0.0.1:0)', 'bind(s, 127.0.0.1:0)']],
    ['listen', 'EINVAL', [...PAIR, 'listen(client, 1)']],
    ['accept', 'EINVAL', [SOCKET, 'accept(s)']],
    ['accept', 'EOPNOTSUPP', ['u = socket(AF_INET, SOCK_DGRAM, 0)', 'accept(u)']],
    ['connect', 'EISCONN', [...PAIR, 'connect(s, client)']],
    ['read', 'ENOTCONN', [SOCKET, 'read(s, 1)']],
    ['read', 'EAGAIN', [...PAIR, 'fcntl(conn, F_SETFL, O_NONBLOCK)', 'read(conn, 1)']],
    ['write', 'EPIPE', [...PAIR, 'shutdown(client, SHUT_WR)', 'write(client, "x")']],
    ['write', 'EDESTADDRREQ', ['u = socket(AF_INET, SOCK_DGRAM, 0)', 'write(u, "x")']],
    ['shutdown', 'ENOTCONN', [SOCKET, 'shutdown(s, SHUT_WR)']],
    ['getpeername', 'ENOTCONN', [SOCKET, 'getpeername(s)']],
    ['setsockopt', 'ENOPROTOOPT', [SOCKET, 'setsockopt(s, SOL_SOCKET, SO_TYPE, 1)']],
    ['socket', 'EPROTONOSUPPORT', ['socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)']],
  ])('%s: %s', async (call, errno, statements) => {
    const steps = await session.all(...statements);
    expect(steps.slice(0, -1).map((step) => step.outcome.kind)).not.toContain('error');
    expect(steps.slice(-1).map((step) => [step.call.name, answer(step)])).toEqual([[call, errno]]);
    expect(findTopic(call)?.errnos).toContain(errno);
  });
});

describe('the messages', () => {
  const messages = topics.flatMap(({ name, message }) =>
    message === undefined ? [] : [[name, message] as const],
  );

  it('are those of strerror() and gai_strerror()', () => {
    const program = [
      'import ctypes, errno, json, os, socket, sys',
      'gai = ctypes.CDLL(None).gai_strerror',
      'gai.restype = ctypes.c_char_p',
      'def text(name):',
      '    if name.startswith("EAI_"): return gai(getattr(socket, name)).decode()',
      '    return os.strerror(getattr(errno, name))',
      'print(json.dumps([[name, text(name)] for name in sys.argv[1:]]))',
    ].join('\n');
    const names = messages.map(([name]) => name);
    expect(names.length).toBeGreaterThan(75);
    expect(messages).toEqual(JSON.parse(python('-c', program, ...names)));
  });

  it('lead back to their errno, in any spelling', () => {
    for (const [name, message] of messages)
      for (const words of [message, message.toLowerCase(), `perror: ${message}`])
        expect([words, findTopic(words)?.name]).toEqual([words, name]);
  });
});

describe('the numbers in the texts', () => {
  it.each([
    ['htons', '(0x22b8) becomes 47138 (0xb822)', 'socket.htons(8888)', 47138],
    ['byte order', '553648128', 'struct.unpack(">I", struct.pack("<I", 33))[0]', 553648128],
    ['padding', 'has 36 bytes, not 34', 'ctypes.sizeof(Person)', 36],
    ['AF_INET', '16 bytes', 'struct.calcsize("=HHI8x")', 16],
    ['fprintf', '4,096', 'os.fstat(unused.fileno()).st_blksize', 4096],
  ])('%s: %s', (name, words, expression, number) => {
    const topic = findTopic(name);
    expect(`${topic?.what} ${topic?.when} ${topic?.advice}`).toContain(words);
    const program = [
      'import ctypes, os, socket, struct',
      'class Person(ctypes.Structure):',
      '    _fields_ = [("name", ctypes.c_char * 30), ("age", ctypes.c_uint32)]',
      'unused = socket.socket()',
      `print(${expression})`,
    ].join('\n');
    expect(Number(python('-c', program))).toBe(number);
  });
});

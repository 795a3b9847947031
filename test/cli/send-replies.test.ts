/** The replies that `send` prints and compares, from peers that are not ours. */
import { describe, expect, it } from 'vitest';
import { listener } from '../support/peer.ts';
import { python, run } from '../support/program.ts';

/** Answers each line with what argv says of it, and ends when the client does. */
const LINES = `
import socket, sys
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(1)
print('ready 127.0.0.1:%d' % server.getsockname()[1])
peer, _ = server.accept()
file = peer.makefile('rwb', 0)
count = 0
for line in file:
    count += 1
    file.write(eval(sys.argv[1])(count, line))
print('ended after %d' % count)
`;

/** A client, and the peer that answers `reply` to its message without an end behind it. */
async function answered(options: readonly string[], reply: string | Uint8Array, end = false) {
  const server = await listener();
  const running = run(['send', ...options, `:${server.port}`, 'question']);
  const peer = await server.accept();
  await peer.bytes(8);
  if (end) peer.socket.end(reply);
  else peer.socket.write(reply);
  const { code, stdout, stderr } = await running;
  return { code, stdout: stdout.toString('latin1'), stderr };
}

describe('--reply', () => {
  it.each([
    ['line', '220 ready\r\n250 more\r\n', '220 ready\r\n'],
    ['4', 'abcdef', 'abcd'],
    ['until:\\r\\n\\r\\n', 'a\r\nb\r\n\r\nrest', 'a\r\nb\r\n\r\n'],
  ])('%s prints so much, and ends though the peer does not', async (reply, sent, printed) => {
    expect(await answered(['--reply', reply], sent)).toEqual({
      code: 0,
      stdout: printed,
      stderr: '',
    });
  });

  it.each([
    ['10', 'abc', 'the reply ended after 3 of 10 bytes'],
    ['line', 'abc', 'the reply ended after 3 bytes, and its line had no end'],
    ['until:.', '', 'the reply ended after 0 bytes, and "." had not come'],
  ])('%s that ends early is printed, told, and exits 1', async (reply, sent, told) => {
    expect(await answered(['--reply', reply], sent, true)).toEqual({
      code: 1,
      stdout: sent,
      stderr: `socklab: ${told}\n`,
    });
  });

  it('a reset is no end: 6', async () => {
    const server = await listener();
    const running = run(['send', '--reply', '10', `:${server.port}`, 'question']);
    const peer = await server.accept();
    await peer.bytes(8);
    peer.reset();
    expect((await running).code).toBe(6);
  });

  it('that does not come is waited for no longer than --timeout: 5', async () => {
    const { code, stdout } = await answered(['--reply', 'line', '--timeout', '200ms'], 'no end');
    expect([code, stdout]).toEqual([5, 'no end']);
  });

  it('each message waits for its own, and FIN comes behind the last', async () => {
    const server = python(LINES, "lambda n, line: b'%d:' % n + line");
    const address = await server.ready();
    const client = await run(
      ['send', '--repeat', '3', '--eol', 'lf', '--reply', 'line', address, 'hi'],
      '',
    );
    expect([client.code, client.stdout.toString()]).toEqual([0, '1:hi\n2:hi\n3:hi\n']);
    await server.says('ended after 3');
  });

  it('none prints nothing, and does not wait for the peer', async () => {
    const server = await listener();
    const running = run(['send', '--reply', 'none', `:${server.port}`, 'question']);
    const peer = await server.accept();
    peer.socket.write('answer');
    expect((await peer.end()).toString()).toBe('question');
    const { code, stdout } = await running;
    expect([code, stdout.toString(), peer.broken]).toEqual([0, '', null]);
  });
});

describe('--expect', () => {
  it.each([
    ['PONG', ['--reply', 'line'], 'PONG\r\n'],
    ['/^P.NG$/', ['--reply', 'line'], 'PONG\r\n'],
    ['PONG\\r\\n', ['--reply', '6'], 'PONG\r\n'],
  ])('%s is met', async (expected, options, reply) => {
    expect(await answered(['--expect', expected, ...options], reply)).toEqual({
      code: 0,
      stdout: reply,
      stderr: '',
    });
  });

  it('is of all that came to the peer’s end', async () => {
    const { code } = await answered(['--expect', 'one\\ntwo\\n'], 'one\ntwo\n', true);
    expect(code).toBe(0);
  });

  it('that is not met exits 1, tells where, and prints the reply all the same', async () => {
    const hostile = 'PO\x1b[2JNG';
    const { code, stdout, stderr } = await answered(['--expect', 'PONG'], hostile, true);
    expect([code, stdout]).toEqual([1, hostile]);
    expect(stderr).toBe(
      [
        'socklab: the reply is not what was expected',
        '  expected  "PONG"',
        '  came      "PO\\x1b[2JNG"',
        '               ^ byte 2',
        '',
      ].join('\n'),
    );
  });

  it('is told as an event with --json', async () => {
    const { code, stderr } = await answered(['--json', '--expect', 'yes'], 'no', true);
    const last = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as object;
    expect(last).toMatchObject({ v: 1, type: 'error', code: 1, call: null });
    expect(code).toBe(1);
  });

  it('an unmet one ends a repetition', async () => {
    const server = python(LINES, "lambda n, line: b'ok\\n' if n < 3 else b'no\\n'");
    const address = await server.ready();
    const options = ['--repeat', '9', '--eol', 'lf', '--reply', 'line', '--expect', 'ok'];
    const { code, stdout } = await run(['send', ...options, address, 'hi']);
    expect([code, stdout.toString()]).toEqual([1, 'ok\nok\nno\n']);
    await server.says('ended after 3');
  });
});

/** Names that somebody else chose: a peer its Unix socket's, a folder those that a * becomes. */
import { describe, expect, it } from 'vitest';
import { python, run, socklab } from '../support/program.ts';

/** Binds to each of the names in turn, and says how many were answered. */
const CLIENTS = `
import socket, sys
kind = socket.SOCK_STREAM if sys.argv[1] == 'unix' else socket.SOCK_DGRAM
names = [b'', b'a\\0b', b'\\xff' * 90, b'\\xfe' * 90, b'\\x1b[31m\\xc2\\x9b', b']:8 [::1]:9', b'(unnamed)']
socks = []
for name in names:
    s = socket.socket(socket.AF_UNIX, kind)
    s.settimeout(5)
    s.bind(b'\\0' + name)
    s.connect('\\0' + sys.argv[2])
    s.send(b'to %d' % len(socks))
    socks.append(s)
print('ready', sum(s.recv(100) == b'to %d' % i for i, s in enumerate(socks)), 'of', len(names))
`;

describe.each(['unix', 'unixgram'])('peers of %s: with names that no endpoint has', (kind) => {
  it.each([[[]], [['--trace']], [['--json']], [['--hex']]])(
    'are answered like all others: %j',
    async (mode) => {
      const name = `socklab-names-${kind}-${process.pid}${mode.join('')}`;
      const server = socklab(['serve', '--service', 'echo', ...mode, `${kind}:@${name}`]);
      await server.tells(/listening/);
      expect(await python(CLIENTS, kind, name).ready()).toBe('7 of 7');
      expect(server.stderr).not.toContain('defect');
    },
  );

  it('are told apart by a relay', async () => {
    const name = `socklab-names-${kind}-${process.pid}`;
    const server = socklab(['serve', '--service', 'echo', `${kind}:@${name}-back`]);
    await server.listening();
    const relay = socklab(['relay', `${kind}:@${name}`, `${kind}:@${name}-back`]);
    await relay.listening();
    expect(await python(CLIENTS, kind, name).ready()).toBe('7 of 7');
    expect(relay.stderr).not.toContain('defect');
  });
});

describe('words of the command line are made visible', () => {
  const evil = 'x\x1b[31m\u009b\u202e';
  const shown = 'x^[[31m\\x9b<U+202E>';

  it.each([
    [['nonsense', evil]],
    [[evil]],
    [['help', evil]],
    [['serve', `--${evil}`]],
    [['serve', '--service', evil, ':0']],
    [['connect', '--timeout', evil, ':1']],
    [['replay', '--connection', evil, 'file', ':1']],
    [['serve', '--max-connections', evil, ':0']],
  ])('in what is wrong with them: %j', async (args) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(args.length === 2 && args[0] === 'nonsense' ? 'nonsense' : shown);
    expect(stderr).not.toContain('\x1b');
    expect(stderr).not.toMatch(/[\u009b\u202e]/);
  });

  it('in the call lines of --trace', async () => {
    const { code, stderr } = await run(['connect', '--trace', `unix:@${evil}`]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^connect\(\d+, \{AF_UNIX, @"x\\u001b\[31m\\x9b<U\+202E>"\}/m);
    expect(stderr).not.toMatch(/[\x1b\u009b\u202e]/);
  });
});

it('an abstract name that is too long is a mistake, and no defect', async () => {
  const { code, stderr } = await run(['serve', `unix:@${'a'.repeat(108)}`]);
  expect(code).toBe(2);
  expect(stderr).toContain('abstract name has 107 bytes at most');
});

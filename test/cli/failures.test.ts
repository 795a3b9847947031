/** Each cause of failure has its own exit code, and a message that names the call and the endpoint. */
import { describe, expect, it } from 'vitest';
import { freePort, listener } from '../support/peer.ts';
import { python, run, SOCKLAB, start } from '../support/program.ts';

/** A listener whose queue is full: it answers no SYN any more. */
const FULL = `
import socket, sys
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(0)
kept = []
for _ in range(3):
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(server.getsockname())
    kept.append(one)
# The queue holds one: /proc/net/tcp would tell; a second handshake stays unanswered.
kept[0].setblocking(True)
print('ready 127.0.0.1:%d' % server.getsockname()[1])
sys.stdin.read()
`;

/** A peer that takes one connection, reads a byte, answers one, and resets it: SO_LINGER {1, 0}. */
const RESETTER = `
import socket, struct
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(1)
print('ready 127.0.0.1:%d' % server.getsockname()[1])
peer, _ = server.accept()
peer.recv(1)
peer.sendall(b'!')
peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
peer.close()
`;

describe.each(['connect', 'send'])('%s', (command) => {
  it('refused exits 3', async () => {
    const port = await freePort();
    const { code, stdout, stderr } = await run([command, `:${port}`], 'x');
    expect(stderr).toContain(
      `socklab: connect 127.0.0.1:${port}: ECONNREFUSED (Connection refused)`,
    );
    expect([code, stdout.toString()]).toEqual([3, '']);
  });

  it('an address of the wrong version for -6 exits 4', async () => {
    const { code, stderr } = await run([command, '-6', '127.0.0.1:9'], 'x');
    expect(stderr).toMatch(/^socklab: getaddrinfo .*127\.0\.0\.1/);
    expect(code).toBe(4);
  });

  it('a name that does not resolve exits 4', async (context) => {
    // Without a network there is no name server to ask, and no query leaves this machine.
    const alone = ['--user', '--map-root-user', '--net'];
    const probe = await start('unshare', [...alone, 'true']).exit();
    if (probe.code !== 0) context.skip(`no network namespaces here: ${probe.stderr.trim()}`);
    const args = [...alone, ...SOCKLAB, command, 'no.such.host.invalid:80'];
    const { code, stderr } = await start('unshare', args, { stdin: 'ignore' }).exit();
    expect(stderr).toMatch(/^socklab: getaddrinfo no\.such\.host\.invalid: EAI_\w+ \(/);
    expect(code).toBe(4);
  });

  it('no answer to SYN exits 5 when --timeout is over', async () => {
    const full = python(FULL);
    const address = await full.ready();
    const begun = performance.now();
    const { code, stderr } = await run([command, '--timeout', '200ms', address], 'x');
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(stderr).toContain(`socklab: connect ${address}: ETIMEDOUT (Connection timed out)`);
    expect(code).toBe(5);
  });

  it('a reset exits 6, and is never an end of file', async () => {
    const resetter = python(RESETTER);
    const address = await resetter.ready();
    const client = start(SOCKLAB[0], [SOCKLAB[1], command, address]);
    client.write('x');
    const { code, stdout, stderr } = await client.exit();
    expect(stderr).toMatch(/^socklab: (read|write) 127\.0\.0\.1:\d+: (ECONNRESET|EPIPE) \(/);
    expect([code, stdout.toString()]).toEqual([6, '!']);
  });

  it('a source address of nobody exits 7', async () => {
    const server = await listener();
    const { code, stderr } = await run([command, '--source', '192.0.2.1', `:${server.port}`]);
    expect(stderr).toContain('bind 192.0.2.1:0: EADDRNOTAVAIL');
    expect(code).toBe(7);
  });
});

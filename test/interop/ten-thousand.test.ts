/** Ten thousand connections at a time: each is served, the idle ones cost little, and none is left behind. */
import { expect, it } from 'vitest';
import { activity, descriptors, residentKib, standstill } from '../support/process.ts';
import { python, socklab } from '../support/program.ts';

const WANTED = 10_000;
const TEST_MS = 120_000;

/** Opens as many as it may, each with an answer; then asks on some of them; then leaves, half of them by RST. */
const CLIENTS = `
import resource, socket, struct, sys
port, wanted = int(sys.argv[1]), int(sys.argv[2])
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
def ask(one, text):
    one.sendall(text)
    got = b''
    while len(got) < len(text):
        part = one.recv(100)
        if not part: raise SystemExit('it ended early')
        got += part
    if got != text: raise SystemExit('%r is not %r' % (got, text))
ones = []
for n in range(min(wanted, hard - 100)):
    one = socket.create_connection(('127.0.0.1', port))
    ask(one, b'%d' % n)
    ones.append(one)
print('ready', len(ones))
sys.stdin.readline()
for one in ones[::100]: ask(one, b'are you still there?')
for one in ones[::2]: one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
for one in ones: one.close()
print('left')
sys.stdin.readline()`;

it('are served, idle, and gone', { timeout: TEST_MS }, async () => {
  const server = socklab(['serve', '--quiet', '--service', 'echo', '--ready-fd', '1', ':0']);
  await server.until('it listens', () => server.stdout.includes('\n'));
  const port = /:(\d+)/.exec(server.stdout.toString())?.[1] ?? '';
  const before = await standstill(() => descriptors(server.pid));
  const memory = residentKib(server.pid);

  const clients = python(CLIENTS, port, String(WANTED));
  const told = () => clients.stdout.toString();
  await expect.poll(told, { timeout: 60_000 }).toContain('ready');
  const count = Number(/ready (\d+)/.exec(told())?.[1]);
  expect(count).toBeGreaterThan(500);
  expect(descriptors(server.pid)).toBe(before + count);
  // The bench measures it exactly; Node's own garbage is part of it.
  expect(residentKib(server.pid) - memory).toBeLessThan(8 * 1024 + 4 * count);
  // Nothing is done while nothing is to be done.
  await standstill(() => activity(server.pid), 1000);

  clients.write('\n');
  await expect.poll(told, { timeout: 30_000 }).toContain('left');
  await expect.poll(() => descriptors(server.pid), { timeout: 20_000 }).toBe(before);
  clients.end('\n');
  expect(await clients.exit()).toMatchObject({ code: 0, stderr: '' });

  const again = socklab(['send', `:${port}`, 'once more']);
  expect(await again.exit()).toMatchObject({ code: 0, stdout: Buffer.from('once more') });
});

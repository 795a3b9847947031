/** Whoever reads stderr stands still. */
import { expect, it } from 'vitest';
import { python, SOCKLAB } from '../support/program.ts';

/** Starts argv[1:], fills its stderr, which nobody reads, and says how it ends by SIGTERM. */
const NEVER_READING = `
import os, re, select, socket, subprocess, sys, time
p = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, bufsize=0)
told = b''
while b'"pid"' not in told: told += p.stderr.read(1000)
port = int(re.search(rb'"listening","local":"127.0.0.1:(\\d+)"', told)[1])
conn = socket.create_connection(('127.0.0.1', port))
conn.sendall(b'x' * 100000)
end = os.open(f'/proc/{p.pid}/fd/2', os.O_WRONLY | os.O_NONBLOCK)
while select.select([], [end], [], 0)[1]: time.sleep(0.01)  # until it is full
os.close(end)
p.terminate()
try: print('ready', p.wait(8))
except subprocess.TimeoutExpired: print('ready still there'); p.kill()
`;

it('SIGTERM ends it all the same, with 143', async () => {
  const server = [...SOCKLAB, 'serve', '--hex', '--json', '--service', 'discard', '127.0.0.1:0'];
  expect(await python(NEVER_READING, ...server).ready()).toBe('143');
});

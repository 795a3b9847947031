/** Who is let in, asked as the suites of nc and ncat ask it: by connecting from one address after the other. */
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasIPv6, Peer } from '../support/peer.ts';
import { socklab } from '../support/program.ts';

/**
 * Connects from an address of this machine; every one of 127.0.0.0/8 is.
 * @returns what an echo of ours answers: nothing where it does not let in
 */
async function answered(localAddress: string, port: number): Promise<string> {
  const host = localAddress.includes(':') ? '::1' : '127.0.0.1';
  const socket = connect({ host, port, localAddress, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  const peer = new Peer(socket);
  // Who is not let in may be reset before that was read, or before connect() was done here.
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.end('let me in');
  await Promise.race([peer.end(), closed]);
  if (peer.broken !== null) expect(peer.broken).toMatch(/^(ECONNRESET|EPIPE)$/);
  return peer.received.toString();
}

type Case = readonly [
  where: string,
  rules: readonly string[],
  who: Readonly<Record<string, boolean>>,
];

const IN = true;
const OUT = false;

const CASES: readonly Case[] = [
  [':0', [], { '127.0.0.1': IN, '127.1.2.3': IN }],
  [':0', ['--allow', '127.0.0.1'], { '127.0.0.1': IN, '127.0.0.2': OUT }],
  [':0', ['--deny', '127.0.0.1'], { '127.0.0.1': OUT, '127.0.0.2': IN }],
  [':0', ['--allow', '127.0.0.0/9'], { '127.127.255.255': IN, '127.128.0.1': OUT }],
  [
    ':0',
    ['--deny', '127.0.0.2/31'],
    { '127.0.0.1': IN, '127.0.0.2': OUT, '127.0.0.3': OUT, '127.0.0.4': IN },
  ],
  [':0', ['--deny', '127.0.0.3/31'], { '127.0.0.2': OUT, '127.0.0.3': OUT }],
  [':0', ['--deny', '0.0.0.0/0'], { '127.0.0.1': OUT, '127.3.3.3': OUT }],
  [
    ':0',
    ['--allow', '127.0.0.1/32', '127.0.0.5'],
    { '127.0.0.1': IN, '127.0.0.5': IN, '127.0.0.4': OUT },
  ],
  [
    ':0',
    ['--allow', '127.0.0.1,127.0.0.5'],
    { '127.0.0.1': IN, '127.0.0.5': IN, '127.0.0.4': OUT },
  ],
  // The first that matches decides.
  [':0', ['--deny', '127.0.0.2', '--allow', '127.0.0.0/8'], { '127.0.0.1': IN, '127.0.0.2': OUT }],
  [':0', ['--allow', '127.0.0.0/8', '--deny', '127.0.0.2'], { '127.0.0.1': IN, '127.0.0.2': IN }],
  // Rules of IPv6 say nothing of IPv4.
  [':0', ['--deny', '::/0'], { '127.0.0.1': IN }],
  [':0', ['--allow', '::/0'], { '127.0.0.1': OUT }],
  ['[::1]:0', ['--allow', '::1'], { '::1': IN }],
  ['[::1]:0', ['--allow', '::2'], { '::1': OUT }],
  ['[::1]:0', ['--deny', '::/0'], { '::1': OUT }],
  ['[::1]:0', ['--deny', '::/127'], { '::1': OUT }],
  ['[::1]:0', ['--deny', '0.0.0.0/0'], { '::1': IN }],
  // One socket for both: IPv4 comes as ::ffff:127.0.0.1, and is IPv4.
  ['*:0', ['--deny', '127.0.0.1'], { '127.0.0.1': OUT, '127.0.0.2': IN, '::1': IN }],
  ['*:0', ['--deny', '::ffff:127.0.0.1'], { '127.0.0.1': OUT, '127.0.0.2': IN, '::1': IN }],
  ['*:0', ['--deny', '::ffff:127.0.0.0/104'], { '127.0.0.1': OUT, '127.0.0.2': OUT, '::1': IN }],
  ['*:0', ['--deny', '::1'], { '127.0.0.1': IN, '::1': OUT }],
  ['*:0', ['--allow', '127.0.0.0/8'], { '127.0.0.1': IN, '::1': OUT }],
  ['*:0', ['--allow', '::1'], { '127.0.0.1': OUT, '::1': IN }],
  // Everybody of IPv6 is not everybody: a mapped address is one of IPv4.
  ['*:0', ['--deny', '::/0'], { '127.0.0.1': IN, '::1': OUT }],
];

describe('--allow and --deny', () => {
  it.for(CASES)('%s %j: %j', async ([where, rules, who], context) => {
    const six = where !== ':0';
    if (six && !hasIPv6()) context.skip('no IPv6 here');
    const server = socklab(['serve', '--service', 'echo', where, ...rules]);
    const port = Number((await server.listening()).split(':').at(-1));
    const found: Record<string, boolean> = {};
    for (const address of Object.keys(who))
      found[address] = (await answered(address, port)) === 'let me in';
    expect(found).toEqual(who);
  });

  it('who is not let in takes no place of --max-connections, and does not end --once', async () => {
    const rules = ['--deny', '127.0.0.2', '--max-connections', '1', '--once'];
    const server = socklab(['serve', '--service', 'echo', ':0', ...rules]);
    const port = Number((await server.listening()).split(':').at(-1));
    for (let n = 0; n < 5; n++) expect(await answered('127.0.0.2', port)).toBe('');
    expect(await answered('127.0.0.1', port)).toBe('let me in');
    expect((await server.exit()).code).toBe(0);
  });

  it('relay asks the same', async () => {
    const behind = socklab(['serve', '--service', 'echo', ':0']);
    const relay = socklab(['relay', '--deny', '127.0.0.2', ':0', await behind.listening()]);
    const port = Number((await relay.listening()).split(':').at(-1));
    expect(await answered('127.0.0.2', port)).toBe('');
    expect(await answered('127.0.0.1', port)).toBe('let me in');
  });
});

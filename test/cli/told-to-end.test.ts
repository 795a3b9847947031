/** SIGTERM ends a program at once, also where it only lets time pass between two calls. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deadPort, udpPeer } from '../support/datagrams.ts';
import { freePort, listener } from '../support/peer.ts';
import { type Program, socklab } from '../support/program.ts';

/** Far beyond what the exit is waited for. */
const LONG = '10m';

async function terminated(program: Program): Promise<void> {
  program.signal('SIGTERM');
  expect(await program.exit()).toMatchObject({ code: 143, signal: null });
}

/** A recording in which the second message came an hour after the first one. */
function recording(datagrams: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'socklab-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const started = '2026-11-24T10:00:00.000Z';
  const file = join(folder, 'talk.jsonl');
  const message = (t_us: number, text: string) => ({
    ...{ v: 1, type: 'data', connection: 1, t_us, from: 'client' },
    data: { text },
  });
  const lines = [
    { v: 1, type: 'recording', from: ':1', to: ':2', datagrams, started },
    { v: 1, type: 'open', connection: 1, t_us: 0, client: '127.0.0.1:3', server: '127.0.0.1:2' },
    message(0, 'first'),
    message(3_600_000_000, 'second'),
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

describe('SIGTERM ends', () => {
  it('--retry', async () => {
    const endpoint = `:${await freePort()}`;
    const client = socklab(['connect', '--retry', LONG, '--trace', endpoint]);
    // The pauses between two tries grow: this one is long enough to be met.
    await client.tells(/(ECONNREFUSED.*){4}/s);
    await terminated(client);
  });

  it('--retry over UDP', async () => {
    const client = socklab(['send', '--retry', LONG, '--trace', `udp::${await deadPort()}`, 'x']);
    await client.tells(/(ECONNREFUSED.*){4}/s);
    await terminated(client);
  });

  it('--gap', async () => {
    const server = await listener();
    const client = socklab(['send', '--gap', LONG, '--repeat', '2', `:${server.port}`, 'x']);
    await (await server.accept()).bytes(1);
    await terminated(client);
  });

  it('--gap over UDP', async () => {
    const peer = await udpPeer((bytes) => bytes);
    const client = socklab(['send', '--gap', LONG, '--repeat', '2', `udp::${peer.port}`, 'x']);
    await client.says('x');
    await terminated(client);
  });

  it('--timing', async () => {
    const server = await listener();
    const client = socklab(['replay', '--timing', recording(false), `:${server.port}`]);
    expect((await (await server.accept()).bytes(5)).toString()).toBe('first');
    await terminated(client);
  });

  it('--timing over UDP', async () => {
    const peer = await udpPeer((bytes) => bytes);
    const client = socklab([
      ...['replay', '--timing', '--trace', recording(true)],
      `udp::${peer.port}`,
    ]);
    await client.tells(/"first"/);
    await terminated(client);
  });
});

/** One `serve` and its clients: stdin goes to all, all go to stdout. */
import { describe, expect, it } from 'vitest';
import { dial } from '../support/peer.ts';
import { socklab } from '../support/program.ts';

const MANY = 50;

describe('many clients at once', () => {
  it('what each sends reaches stdout, and stdin reaches each of them', async () => {
    const server = socklab(['serve', ':0']);
    const address = await server.listening();
    const clients = await Promise.all(Array.from({ length: MANY }, () => dial(address)));
    for (const [i, client] of clients.entries()) client.socket.write(`<client ${i}>`);
    for (const i of clients.keys()) await server.says(`<client ${i}>`);
    server.write('to everyone');
    for (const client of clients) expect((await client.bytes(11)).toString()).toBe('to everyone');
  });

  it('stdin waits for the first client', async () => {
    const server = socklab(['serve', ':0']);
    server.write('early');
    const client = await dial(await server.listening());
    expect((await client.bytes(5)).toString()).toBe('early');
  });

  it('the end of stdin ends the server’s half of every connection', async () => {
    const server = socklab(['serve', ':0']);
    const address = await server.listening();
    const clients = [await dial(address), await dial(address)];
    for (const client of clients) client.socket.write('.');
    await server.says('..');
    server.end('bye');
    for (const client of clients) expect((await client.end()).toString()).toBe('bye');
    // Only that half: what they send still comes through.
    for (const client of clients) client.socket.end('!');
    await server.says('!!');
  });

  it('one that is reset takes nobody with it', async () => {
    const server = socklab(['serve', ':0']);
    const address = await server.listening();
    const [first, second] = [await dial(address), await dial(address)];
    for (const client of [first, second]) client.socket.write('.');
    await server.says('..');
    first.reset();
    await server.tells(/ECONNRESET/);
    server.write('still here');
    expect((await second.bytes(10)).toString()).toBe('still here');
    second.socket.write('me too');
    await server.says('me too');
  });
});

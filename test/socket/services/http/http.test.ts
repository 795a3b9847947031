/** Requests and answers on a real connection. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { http, type Patience } from '../../../../src/socket/services/http/http.ts';
import type { News } from '../../../../src/socket/services/world.ts';
import { Session } from '../../../../src/socket/session/session.ts';
import { openDescriptors, until } from '../../../support/bare.ts';
import { MIB, scratch } from '../../../support/payload.ts';
import { type Served, served, worldOf } from '../../../support/services.ts';
import { pattern } from '../../../support/streams.ts';

let session: Session;
let news: News[];
beforeEach(() => {
  session = new Session({ observe: false });
  news = [];
});
afterEach(() => session.close());

function serving(dir: string | null = null, patience?: Patience): Promise<Served> {
  return served(session, http(worldOf(session, { dir, news }), patience));
}

/** Sends it all and then FIN. @returns all that came back */
async function answersTo(text: string, dir: string | null = null): Promise<string> {
  const { peer, done } = await serving(dir);
  await peer.says(text);
  peer.finish();
  const all = await peer.hearsAll();
  await done;
  peer.close();
  return all.toString();
}

/** A folder with a file of these bytes. */
function folderOf(bytes: Uint8Array): string {
  const dir = scratch();
  writeFileSync(join(dir, 'f.bin'), bytes);
  return dir;
}

const statuses = (text: string) =>
  [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, code]) => code);
const get = (path: string, ...fields: string[]) =>
  [`GET ${path} HTTP/1.1`, 'Host: x', ...fields, '', ''].join('\r\n');

describe('the page about the connection', () => {
  it('says who is at its ends, and what was asked', async () => {
    const { connection, peer } = await serving();
    await peer.says(get('/any?thing', 'X-Y: z'));
    const [head = '', content = ''] = (await peer.hears('X-Y: z\n')).split('\r\n\r\n');
    expect(content).toBe(
      `from  ${connection.remote}\nto    ${connection.local}\nat    2026-11-24T10:15:00.000Z\n\n` +
        'GET /any?thing HTTP/1.1\nHost: x\nX-Y: z\n',
    );
    expect(head.split('\r\n')).toEqual([
      'HTTP/1.1 200 OK',
      'Date: Tue, 24 Nov 2026 10:15:00 GMT',
      'Server: socklab',
      'Content-Type: text/plain; charset=utf-8',
      'Vary: Accept',
      `Content-Length: ${content.length}`,
      'X-Content-Type-Options: nosniff',
    ]);
    peer.close();
  });

  it('is HTML for a browser, and what was asked is only text in it', async () => {
    const text = await answersTo(get('/', 'Accept: text/html', 'X: <script>&"\x1b[2J\x9b'));
    expect(text).toContain('Content-Type: text/html; charset=utf-8\r\n');
    expect(text).toContain('X: &lt;script&gt;&amp;&quot;\ufffd[2J\ufffd');
    expect(text).not.toContain('\x1b');
  });
});

describe('one connection', () => {
  it('takes one request after the other', async () => {
    const { peer, done } = await serving();
    for (const path of ['/one', '/two']) {
      await peer.says(get(path));
      await peer.hears(`GET ${path} `);
    }
    peer.finish();
    await done;
    expect(statuses(peer.text)).toEqual(['200', '200']);
    expect(peer.text).not.toContain('Connection:');
    expect(news.map(({ sentence }) => sentence)).toEqual(['200 GET /one', '200 GET /two']);
    peer.close();
  });

  it('takes many requests at once, and answers them in their order, at any split', async () => {
    const all = `${get('/one') + get('/two', 'Content-Length: 3')}abc${get('/three')}`;
    for (let at = 0; at <= all.length; at += 7) {
      const { peer, done } = await serving();
      await peer.says(all.slice(0, at));
      await new Promise((resolve) => setImmediate(resolve));
      await peer.says(all.slice(at));
      peer.finish();
      const text = (await peer.hearsAll()).toString();
      await done;
      peer.close();
      expect([...text.matchAll(/^GET (\S+)/gm)].map(([, path]) => path)).toEqual([
        '/one',
        '/two',
        '/three',
      ]);
    }
  });

  it.each([
    ['Connection: close', get('/', 'Connection: close')],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
    ['content of unknown length', get('/', 'Transfer-Encoding: chunked')],
    ['content that waits to be asked for', get('/', 'Content-Length: 5', 'Expect: 100-continue')],
    ['much content', get('/', 'Content-Length: 9999999')],
  ])('ends after %s', async (_, first) => {
    const { peer, done } = await serving();
    await peer.says(first + get('/again'));
    const text = (await peer.hearsAll()).toString();
    expect(statuses(text)).toEqual(['200']);
    expect(text).toContain('\r\nConnection: close\r\n');
    peer.close();
    await done;
  });

  it('goes on with HTTP/1.0 where the peer asks for it', async () => {
    const text = await answersTo('GET / HTTP/1.0\nConnection: keep-alive\n\nGET /b HTTP/1.0\n\n');
    expect(statuses(text)).toEqual(['200', '200']);
    expect(text).toContain('\r\nConnection: keep-alive\r\n');
  });

  it('is quiet where the peer comes and goes, and passes over empty lines', async () => {
    expect(await answersTo('')).toBe('');
    expect(statuses(await answersTo(`\r\n\r\n${get('/')}\r\n`))).toEqual(['200']);
  });
});

describe('what is refused', () => {
  it.each([
    ['405', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc', 'Allow: GET, HEAD'],
    ['400', 'GET / HTTP/1.1\r\n\r\n', 'needs one Host field'],
    ['414', `GET /${'a'.repeat(9000)}`, '8192 bytes'],
    ['431', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(40_000)}`, '32768 bytes'],
    ['431', `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(5000)}`, '100 fields'],
    ['400', 'hello\n\n', 'METHOD TARGET'],
    // What a TLS client says first.
    ['400', '\x16\x03\x01\x02\x00\x01\n\n', 'CR or NUL'],
  ])('%s, in words, and the connection ends', async (status, text, words) => {
    const answer = await answersTo(text + get('/again'));
    expect(statuses(answer)).toEqual([status]);
    expect(answer).toContain(words);
    expect(answer).toContain('\r\nConnection: close\r\n');
  });

  it('400: a head that breaks off', async () => {
    const answer = await answersTo('GET / HTTP/1.1\r\nHo');
    expect(statuses(answer)).toEqual(['400']);
    expect(answer).toContain('ended within the head');
  });

  it('a peer that takes nothing of its answer is reset, and the file is closed', async () => {
    const dir = folderOf(new Uint8Array(0));
    truncateSync(join(dir, 'f.bin'), 64 * MIB);
    const before = openDescriptors();
    const { peer, done, connection } = await serving(dir, { idleMs: 50, requestMs: 5000 });
    await peer.says(get('/f.bin'));
    await expect(done).rejects.toMatchObject({ call: 'write', code: 'ETIMEDOUT' });
    expect(connection.bytesOut).toBeGreaterThan(0);
    await expect(peer.hearsAll()).rejects.toThrow('ECONNRESET');
    peer.close();
    // What runs the tests opens files now and then, too; a leak would stay.
    await until('no descriptor more than before', () => openDescriptors() === before);
  });

  it('one that takes it slowly gets all of it', async () => {
    const dir = folderOf(new Uint8Array(0));
    truncateSync(join(dir, 'f.bin'), 16 * MIB);
    const { peer } = await serving(dir, { idleMs: 1000, requestMs: 5000 });
    await peer.says(get('/f.bin'));
    let bytes = 0;
    await until('it is all there', () => {
      bytes += peer.read(64 * 1024)?.length ?? 0;
      return bytes > 16 * MIB;
    });
    peer.close();
  });

  it('408: a head that never ends', async () => {
    const { peer, done } = await serving(null, { idleMs: 5000, requestMs: 50 });
    await peer.says('GET / HTTP/1.1\r\n');
    expect(statuses((await peer.hearsAll()).toString())).toEqual(['408']);
    peer.close();
    await done;
  });

  it('nothing is said to one who says nothing', async () => {
    const { peer, done } = await serving(null, { idleMs: 50, requestMs: 5000 });
    expect((await peer.hearsAll()).length).toBe(0);
    await done;
    peer.close();
  });
});

describe('a file', () => {
  it.each([0, 1, 64 * 1024, 64 * 1024 + 1, 3 * MIB])('of %i bytes comes whole', async (size) => {
    const bytes = pattern(size);
    const dir = folderOf(bytes);
    const before = openDescriptors();
    const { peer, done } = await serving(dir);
    await peer.says(get('/f.bin') + get('/f.bin', 'Connection: close'));
    const all = await peer.hearsAll();
    const head = all.subarray(0, all.indexOf('\r\n\r\n') + 4);
    expect(head.toString()).toContain(`\r\nContent-Length: ${bytes.length}\r\n`);
    expect(all.subarray(head.length, head.length + bytes.length).equals(bytes)).toBe(true);
    expect(all.subarray(all.length - bytes.length).equals(bytes)).toBe(true);
    peer.close();
    await done;
    expect(openDescriptors()).toBe(before);
  });

  it('HEAD gives the same head, and nothing behind it', async () => {
    const dir = folderOf(pattern(200_000));
    const head = (await answersTo(get('/f.bin').replace('GET', 'HEAD'), dir)).toString();
    const { peer } = await serving(dir);
    await peer.says(get('/f.bin'));
    await peer.hears('\r\n\r\n');
    expect(peer.received.subarray(0, head.length).toString()).toBe(head);
    expect(head.endsWith('\r\n\r\n')).toBe(true);
    peer.close();
  });

  it('304 has no content and no length', async () => {
    const text = await answersTo(
      get('/f.bin', 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'),
      folderOf(pattern(9)),
    );
    expect(statuses(text)).toEqual(['304']);
    expect(text).not.toContain('Content-Length');
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });

  it('that becomes shorter while it is sent ends in a reset, and no other answer follows', async () => {
    const dir = folderOf(pattern(32 * MIB));
    const { connection, peer, done } = await serving(dir);
    await peer.says(get('/f.bin') + get('/f.bin'));
    await until('it waits for the peer', () => connection.bytesOut > 0);
    truncateSync(join(dir, 'f.bin'), 20 * MIB);
    let got = 0;
    await expect(
      until('the reset', () => {
        got += peer.read(MIB)?.length ?? 0;
        return false;
      }),
    ).rejects.toThrow('ECONNRESET');
    expect(got).toBeLessThan(21 * MIB);
    await done;
  });
});

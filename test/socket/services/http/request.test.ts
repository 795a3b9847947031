/** What a head says, and what is refused. */
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../../../src/socket/services/http/refusal.ts';
import { parseHead, type Request } from '../../../../src/socket/services/http/request.ts';

const parse = (...lines: string[]) => parseHead(lines.map((line) => Buffer.from(line, 'latin1')));

function request(...lines: string[]): Request {
  const parsed = parse(...lines);
  if (isRefusal(parsed)) throw new Error(`${parsed.status}: ${parsed.why}`);
  return parsed;
}

const HOST = 'Host: x';

describe('a request', () => {
  it('has a method, a path and a query', () => {
    expect(request('GET /a/b%20c?d=/e HTTP/1.1', HOST)).toMatchObject({
      method: 'GET',
      target: '/a/b%20c?d=/e',
      path: '/a/b%20c',
      query: '?d=/e',
    });
  });

  it.each([
    ['http://x/a?b', '/a', '?b'],
    ['HTTPS://x:80/', '/', ''],
    ['http://x', '/', ''],
    ['http://x?b', '/', '?b'],
  ])('may ask as a proxy is asked: %s', (target, path, query) => {
    expect(request(`GET ${target} HTTP/1.1`, HOST)).toMatchObject({ path, query });
  });

  it.each([
    [true, ['GET / HTTP/1.1', HOST]],
    [false, ['GET / HTTP/1.1', HOST, 'Connection: close']],
    [false, ['GET / HTTP/1.1', HOST, 'Connection: Upgrade , CLOSE']],
    [false, ['GET / HTTP/1.0']],
    [true, ['GET / HTTP/1.0', 'connection: Keep-Alive']],
  ])('keeps the connection alive: %s, where it says %j', (keepAlive, lines) => {
    expect(request(...lines).keepAlive).toBe(keepAlive);
  });

  it.each([
    [0, []],
    [12, ['Content-Length: 12']],
    [null, ['Transfer-Encoding: Chunked']],
  ])('has %s bytes of content with %j', (contentLength, lines) => {
    expect(request('GET / HTTP/1.1', HOST, ...lines).contentLength).toBe(contentLength);
  });

  it('has fields, whatever their case, and several of a name are one', () => {
    const { field } = request('GET / HTTP/1.1', HOST, 'ACCEPT:text/html\t', 'accept: \t*/*');
    expect([field('accept'), field('host'), field('none')]).toEqual(['text/html, */*', 'x', '']);
  });
});

describe('what is refused', () => {
  it.each([
    [400, ['GET /']],
    [400, ['GET  / HTTP/1.1', HOST]],
    [400, ['GET / HTTP/1.1 ', HOST]],
    [400, ['G(T / HTTP/1.1', HOST]],
    [400, ['GET /\x00 HTTP/1.1', HOST]],
    [400, ['GET a HTTP/1.1', HOST]],
    [400, ['GET * HTTP/1.1', HOST]],
    [400, ['GET ftp://x/ HTTP/1.1', HOST]],
    [400, ['GET /#a HTTP/1.1', HOST]],
    [400, ['GET / http/1.1', HOST]],
    [505, ['GET / HTTP/2.0', HOST]],
    [400, ['GET / HTTP/1.1']],
    [400, ['GET / HTTP/1.1', HOST, HOST]],
    [400, ['GET / HTTP/1.1', HOST, 'no colon']],
    [400, ['GET / HTTP/1.1', HOST, 'Space : before']],
    [400, ['GET / HTTP/1.1', HOST, ' folded: line']],
    [400, ['GET / HTTP/1.1', HOST, ': nameless']],
    [400, ['GET / HTTP/1.1', HOST, 'a: b\rc']],
    [400, ['GET / HTTP/1.1', HOST, 'Content-Length: -1']],
    [400, ['GET / HTTP/1.1', HOST, 'Content-Length: 1, 1']],
    [400, ['GET / HTTP/1.1', HOST, 'Content-Length: 1', 'Content-Length: 2']],
    [400, ['GET / HTTP/1.1', HOST, 'Content-Length: 99999999999999999999']],
    [400, ['GET / HTTP/1.1', HOST, 'Content-Length: 1', 'Transfer-Encoding: chunked']],
    [400, ['GET / HTTP/1.0', 'Transfer-Encoding: chunked']],
    [501, ['GET / HTTP/1.1', HOST, 'Transfer-Encoding: gzip, chunked']],
    [501, ['BREW / HTTP/1.1', HOST]],
    [501, ['get / HTTP/1.1', HOST]],
    [405, ['POST / HTTP/1.1', HOST]],
    [405, ['OPTIONS * HTTP/1.1', HOST]],
    [405, ['CONNECT x:80 HTTP/1.1', HOST]],
  ])('%i: %j', (status, lines) => {
    expect(parse(...lines)).toMatchObject({ status });
  });

  it('is told without a word of what came', () => {
    const parsed = parse('GET\x1b[2J / HTTP/1.1');
    expect(JSON.stringify(parsed)).not.toContain('2J');
  });
});

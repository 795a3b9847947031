/** Which files a path leads to. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileAnswer, namesOf } from '../../../../src/socket/services/http/files.ts';
import { parseHead, type Request } from '../../../../src/socket/services/http/request.ts';
import { Session } from '../../../../src/socket/session/session.ts';
import { openDescriptors } from '../../../support/bare.ts';
import { scratch } from '../../../support/payload.ts';

let session: Session;
let root: string;
beforeEach(() => {
  session = new Session();
  const outside = scratch();
  root = join(outside, 'root');
  mkdirSync(join(root, 'sub', 'deep'), { recursive: true });
  mkdirSync(join(root, 'site'));
  writeFileSync(join(outside, 'secret'), 'secret');
  writeFileSync(join(root, 'a.txt'), 'hello');
  writeFileSync(join(root, '.hidden'), 'secret');
  writeFileSync(join(root, 'sub', 'ä "b" <c>.html'), '<p>');
  writeFileSync(join(root, 'sub', '.secret'), 'secret');
  writeFileSync(join(root, 'site', 'index.html'), '<h1>');
  symlinkSync('../secret', join(root, 'out'));
  symlinkSync('..', join(root, 'up'));
  symlinkSync('a.txt', join(root, 'in'));
  execFileSync('mkfifo', [join(root, 'fifo')]);
});
afterEach(() => session.close());

function ask(path: string, ...fields: string[]) {
  const lines = [`GET ${path} HTTP/1.1`, 'Host: x', ...fields].map((line) => Buffer.from(line));
  const before = openDescriptors();
  const answer = fileAnswer(session, root, parseHead(lines) as Request);
  const { content, ...rest } = answer;
  const opened = content instanceof Uint8Array ? null : content;
  if (opened !== null) session.sys.close(opened.fd);
  // Nothing but the file that is sent may be open.
  expect(openDescriptors()).toBe(before);
  const text = content instanceof Uint8Array ? Buffer.from(content).toString() : '';
  return { ...rest, size: opened?.size ?? null, text };
}

describe('a path', () => {
  it.each([
    ['/', ['']],
    ['/a', ['a']],
    ['/a/', ['a', '']],
    ['/a/b%20c', ['a', 'b c']],
    ['/%C3%A4', ['ä']],
    ['/a%3Fb%23', ['a?b#']],
    // Decoded once: what is decoded then is a name.
    ['/%252e%252e', ['%2e%2e']],
  ])('%s names %j', (path, names) => {
    expect(namesOf(path)).toEqual(names);
  });

  it.each([
    '/..',
    '/../a',
    '/a/../b',
    '/.',
    '/a/./b',
    '/%2e%2e/a',
    '/.%2e/a',
    '/%2E./a',
    '/..%2fa',
    '/a%2f..%2f..%2fb',
    '/a%2Fb',
    '/%2fetc/passwd',
    '/a%00',
    '/a%00.txt',
    '/.ssh/id',
    '/a/.git/config',
    '//',
    '//a',
    '/a//b',
    '/%',
    '/%4',
    '/%zz',
    '/%u002e',
    '/%ff',
    '/%c0%ae%c0%ae/a',
    '/%ed%a0%80',
  ])('%s names nothing', (path) => {
    expect(namesOf(path)).toBeNull();
    expect(ask(path).status).toBe(404);
  });
});

describe('an answer', () => {
  it('is a file with its type, its size and its time', () => {
    utimesSync(join(root, 'a.txt'), 0, 1_000_000_000.7);
    expect(ask('/a.txt')).toMatchObject({
      status: 200,
      size: 5,
      fields: {
        'Content-Type': 'text/plain; charset=utf-8',
        'Last-Modified': 'Sun, 09 Sep 2001 01:46:40 GMT',
      },
    });
    expect(ask('/in')).toMatchObject({
      size: 5,
      fields: { 'Content-Type': 'application/octet-stream' },
    });
  });

  it.each([
    ['Sun, 09 Sep 2001 01:46:40 GMT', 304],
    ['Sun, 09 Sep 2001 01:46:41 GMT', 304],
    ['Sun, 09 Sep 2001 01:46:39 GMT', 200],
    ['not a date', 200],
  ])('to whoever has it since %s is %i', (date, status) => {
    utimesSync(join(root, 'a.txt'), 0, 1_000_000_000.7);
    expect(ask('/a.txt', `If-Modified-Since: ${date}`).status).toBe(status);
  });

  it.each([
    ['/gone', 404],
    ['/a.txt/', 404],
    ['/a.txt/b', 404],
    ['/out', 404],
    ['/up/secret', 404],
    ['/up/root/a.txt', 200],
    ['/fifo', 403],
    [`/${'x'.repeat(300)}`, 404],
  ])('to %s is %i', (path, status) => {
    expect(ask(path).status).toBe(status);
  });

  it('is 403 where the file may not be read', (context) => {
    if (process.getuid?.() === 0) context.skip('root may read everything');
    chmodSync(join(root, 'a.txt'), 0);
    expect(ask('/a.txt').status).toBe(403);
  });

  it('sends a folder without its slash to the one with it', () => {
    expect(ask('/sub?x=1')).toMatchObject({ status: 301, fields: { Location: '/sub/?x=1' } });
    expect(ask('/s%75b')).toMatchObject({ status: 301, fields: { Location: '/s%75b/' } });
  });

  it('is index.html where the folder has one', () => {
    expect(ask('/site/')).toMatchObject({
      size: 4,
      fields: { 'Content-Type': 'text/html; charset=utf-8' },
    });
  });

  it('is else what is in the folder, but not what is hidden', () => {
    const { text, fields } = ask('/');
    expect(text).toBe('a.txt\nin\nout\nsite/\nsub/\nup\n');
    expect(fields).toMatchObject({ 'Content-Type': 'text/plain; charset=utf-8', Vary: 'Accept' });
  });

  it('is a page for browsers, in which names are only names', () => {
    const { text } = ask('/sub/', 'Accept: text/html,*/*;q=0.8');
    expect(text).toContain(
      '<a href="%C3%A4%20%22b%22%20%3Cc%3E.html">ä &quot;b&quot; &lt;c&gt;.html</a>',
    );
    expect(text).toContain('<a href="../">../</a>');
    expect(text).toContain('<a href="deep/">deep/</a>');
    expect(text).not.toContain('secret');
  });

  it('shows control characters in names as something else', () => {
    writeFileSync(join(root, 'sub', 'a\x1b[2Jb\nc\u202e'), '');
    expect(ask('/sub/').text).toContain('a\ufffd[2Jb\ufffdc\ufffd\n');
  });
});

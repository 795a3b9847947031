import { describe, expect, it } from 'vitest';
import { errnoNumber } from '../../../src/sys/platform.ts';
import { findTopic, nearestTopics } from '../../../src/teach/explain/find.ts';

describe('a topic is found', () => {
  it.each([
    ['TIME-WAIT', 'TIME-WAIT'],
    ['time_wait', 'TIME-WAIT'],
    ['TIME_WAIT', 'TIME-WAIT'],
    ['time wait', 'TIME-WAIT'],
    ['  Fin-Wait-1 ', 'FIN-WAIT-1'],
    ['FIN_WAIT1', 'FIN-WAIT-1'],
    ['SYN_RECV', 'SYN-RECEIVED'],
    ['econnrefused', 'ECONNREFUSED'],
    ['EWOULDBLOCK', 'EAGAIN'],
    ['so_reuseaddr', 'SO_REUSEADDR'],
    ['SO-REUSEADDR', 'SO_REUSEADDR'],
    ['SOL_TCP', 'IPPROTO_TCP'],
    ['accept(2)', 'accept'],
    ['accept()', 'accept'],
    ['close(fd);', 'close'],
    ['socket(AF_INET, SOCK_STREAM, 0)', 'socket'],
    ['three-way handshake', 'handshake'],
    ['Nagle’s algorithm', 'Nagle'],
    ["nagle's algorithm", 'Nagle'],
    ['end of file', 'EOF'],
    ['::1', 'localhost'],
    ['OOB', 'urgent data'],
  ])('%s', (words, name) => {
    expect(findTopic(words)?.name).toBe(name);
  });

  it.each([
    ['listen', 'call'],
    ['LISTEN', 'state'],
    ['Listen', 'call'],
    ['close', 'call'],
    ['CLOSE', 'state'],
    ['closed', 'state'],
  ])('%s is a %s', (words, kind) => {
    expect(findTopic(words)?.kind).toBe(kind);
  });

  it.each([
    'Address already in use',
    'address already in use',
    '"Address already in use"',
    '“Address already in use”',
    'bind: Address already in use',
    './server: bind: Address already in use',
    'EADDRINUSE (Address already in use)',
    'bind 127.0.0.1:8888: EADDRINUSE (Address already in use)',
  ])('by a message: %s', (words) => {
    expect(findTopic(words)?.name).toBe('EADDRINUSE');
  });

  it('by an errno’s number, as this system counts', () => {
    const number = errnoNumber('ECONNREFUSED');
    for (const words of [`${number}`, `-${number}`, `errno ${number}`, `errno${number}`])
      expect(findTopic(words)?.name).toBe('ECONNREFUSED');
    for (const words of ['0', '999', '12345', '1e3']) expect(findTopic(words)).toBeNull();
  });
});

describe('nothing is known of', () => {
  it.each(['', '   ', '()', ':', 'foo', 'accept bind', '\x1b[31m', '__proto__', 'constructor'])(
    '%j',
    (words) => {
      expect(findTopic(words)).toBeNull();
    },
  );

  it('a whole book, and that is found out soon', () => {
    const start = performance.now();
    for (const piece of ['(', '"', ': ', 'a-', ' ', 'x: y('])
      for (const text of [piece.repeat(100_000), `a${piece.repeat(100_000)}b`]) {
        expect(findTopic(text)).toBeNull();
        expect(nearestTopics(text).length).toBeLessThan(6);
      }
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('near to a wrong word is', () => {
  it.each([
    ['ECONREFUSED', ['ECONNREFUSED']],
    ['acept', ['accept']],
    ['acept(2)', ['accept']],
    ['TIME-WIAT', ['TIME-WAIT']],
    ['adress already in use', ['EADDRINUSE']],
    ['bind EINVAL', ['bind', 'EINVAL']],
    ['keep', ['SO_KEEPALIVE', 'TCP_KEEPIDLE', 'TCP_KEEPINTVL', 'TCP_KEEPCNT']],
    ['xyzzy', []],
    ['', []],
  ])('%s: %j', (words, names) => {
    expect(nearestTopics(words)).toEqual(names);
  });

  it('for the beginning of many, the first five', () => {
    const near = nearestTopics('MSG_');
    expect(near).toHaveLength(5);
    expect(near.every((name) => name.startsWith('MSG_'))).toBe(true);
  });
});

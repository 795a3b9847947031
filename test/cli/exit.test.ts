import { afterEach, describe, expect, it } from 'vitest';
import { codeOf, EXIT, exitCodeOf, Failure } from '../../src/cli/exit.ts';
import { Unloadable } from '../../src/cli/start/unloadable.ts';
import { SocketError } from '../../src/socket/errors.ts';
import { TestSession } from '../support/session.ts';

const error = (call: string, code: string) => new SocketError({ call, code, text: code });

describe('the exit codes', () => {
  it('are those of CONTRACT.md', () => {
    expect(EXIT).toMatchObject({
      done: 0,
      unmet: 1,
      usage: 2,
      refused: 3,
      unresolved: 4,
      timeout: 5,
      reset: 6,
      cannotBind: 7,
      unsupported: 69,
      defect: 70,
      interrupted: 130,
      pipeClosed: 141,
      terminated: 143,
    });
  });

  it.each([
    // 3: refused or unreachable.
    ['connect', 'ECONNREFUSED', 3],
    ['connect', 'ENETUNREACH', 3],
    ['connect', 'EHOSTUNREACH', 3],
    ['connect', 'EHOSTDOWN', 3],
    ['connect', 'ENETDOWN', 3],
    ['connect', 'ENOENT', 3],
    ['connect', 'EADDRNOTAVAIL', 3],
    ['connect', 'EACCES', 3],
    ['connect', 'EPERM', 3],
    // 4: the name does not resolve.
    ['getaddrinfo', 'ENOTFOUND', 4],
    ['getaddrinfo', 'EAI_AGAIN', 4],
    // 5: timed out.
    ['connect', 'ETIMEDOUT', 5],
    ['read', 'ETIMEDOUT', 5],
    ['write', 'ETIMEDOUT', 5],
    // 6: the connection was reset or lost.
    ['connect', 'ECONNRESET', 6],
    ['read', 'ECONNRESET', 6],
    ['write', 'ECONNRESET', 6],
    ['write', 'EPIPE', 6],
    ['accept', 'ECONNABORTED', 6],
    ['shutdown', 'ENOTCONN', 6],
    // An ICMP message can end a connection that stands: that is no refusal any more.
    ['read', 'ECONNREFUSED', 6],
    ['read', 'EHOSTUNREACH', 6],
    ['write', 'ENETUNREACH', 6],
    // Where there is no connection, it is one.
    ['recv', 'ECONNREFUSED', 3],
    ['send', 'ECONNREFUSED', 3],
    ['send', 'ENETUNREACH', 3],
    ['sendto', 'ENOENT', 3],
    ['recvfrom', 'EHOSTUNREACH', 3],
    ['recv', 'ETIMEDOUT', 5],
    ['send', 'EPERM', 3],
    // 2: too long for one datagram.
    ['send', 'EMSGSIZE', 2],
    ['sendto', 'EMSGSIZE', 2],
    // 7: the address can't be bound.
    ['bind', 'EADDRINUSE', 7],
    ['bind', 'EADDRNOTAVAIL', 7],
    ['bind', 'EACCES', 7],
    ['bind', 'EINVAL', 7],
    ['listen', 'EADDRINUSE', 7],
    // 69: this system can't do it, or a setting forbids it.
    ['socket', 'EAFNOSUPPORT', 69],
    ['connect', 'EAFNOSUPPORT', 69],
    ['socket', 'EPROTONOSUPPORT', 69],
    ['socket', 'EMFILE', 69],
    ['socket', 'EPERM', 69],
    ['socket', 'EACCES', 69],
  ])('%s %s: %d', (call, code, exit) => {
    expect(codeOf(error(call, code))).toBe(exit);
    expect(exitCodeOf(error(call, code))).toBe(exit);
  });

  it('of a failure is its own', () => {
    expect(exitCodeOf(new Failure('not an endpoint', EXIT.usage))).toBe(2);
    expect(exitCodeOf(new Failure('no', EXIT.unmet))).toBe(1);
  });

  it('of a piece of the program that is not to be had says so', () => {
    expect(exitCodeOf(new Unloadable('replaced'))).toBe(69);
  });

  it.each([new TypeError('x'), new Error('x'), 'x', undefined, null])(
    'of anything else, %s, is that of a defect',
    (thrown) => {
      expect(exitCodeOf(thrown)).toBe(70);
    },
  );
});

describe('real failures', () => {
  const session = new TestSession();
  afterEach(() => session.close());

  it('have the code that tells their cause', async () => {
    const codes: Record<string, number> = {};
    const perform = async (name: string, ...statements: string[]) => {
      const { outcome } = (await session.all(...statements)).at(-1) ?? {};
      if (outcome?.kind === 'error') codes[name] = exitCodeOf(outcome.error);
    };
    await session.all(
      'server = socket(AF_INET, SOCK_STREAM, 0)',
      'bind(server, 127.0.0.1:0)',
      'client = socket(AF_INET, SOCK_STREAM, 0)',
    );
    await perform('refused', 'connect(client, server)');
    await perform('in use', 'bind(client, server)', 'bind(client, server)');
    await perform(
      'reset',
      'listen(server, 1)',
      'other = socket(AF_INET, SOCK_STREAM, 0)',
      'connect(other, server)',
      'conn = accept(server)',
      'write(other, "unread")',
      'close(conn)',
      'read(other, 1)',
    );
    await perform('shut', 'write(other, "x")');
    await perform('no interface', 'bind(client, 192.0.2.1:0)');
    expect(codes).toEqual({ refused: 3, 'in use': 7, reset: 6, shut: 6, 'no interface': 7 });
  });
});

/** getaddrinfo() and getnameinfo() answer as C's do. No server is asked: only what is on this machine. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Step } from '../../../src/socket/step.ts';
import { Python } from '../../support/python.ts';
import { answer, TestSession } from '../../support/session.ts';
import { has } from '../../support/tools.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

const PYTHON = `
import socket
def address(at):
    return '[%s]:%d' % at[:2] if ':' in at[0] else '%s:%d' % at[:2]
def answer(question):
    call, *args = question
    try:
        if call == 'getnameinfo':
            host, port, flags = args
            return list(socket.getnameinfo((host, port), flags))
        host, service, family, type, flags = args
        found = socket.getaddrinfo(host, service, family, type or socket.SOCK_STREAM, 0, flags)
        return [address(at) for _, _, _, _, at in found]
    except socket.gaierror as error:
        codes = {getattr(socket, name): name for name in dir(socket) if name.startswith('EAI_')}
        return codes[error.errno]
`;

function came({ outcome }: Step): unknown {
  if (outcome.kind === 'error') return outcome.error.code;
  const { value } = outcome;
  if (value.kind === 'addresses') return value.addresses;
  if (value.kind !== 'struct') return value.kind;
  return value.fields.map((field) =>
    field instanceof Uint8Array ? Buffer.from(field).toString() : field,
  );
}

describe('getaddrinfo()', () => {
  const questions: readonly [string | null, string | null, number, number, number][] = [
    ['localhost', 'http', 2, 0, 0],
    ['127.0.0.1', '80', 0, 0, 0],
    ['::1', 'ssh', 0, 0, 0],
    ['127.0.0.1', null, 2, 0, 0],
    ['127.0.0.1', 'domain', 0, 2, 0],
    [null, '8080', 0, 0, 1],
    [null, '8080', 0, 0, 0],
    [null, 'http', 10, 0, 1],
    ['127.0.0.1', '80', 10, 0, 0],
    ['::1', '80', 2, 0, 0],
    ['localhost', '80', 0, 0, 4],
    ['127.0.0.1', 'no-such-service', 0, 0, 0],
    ['127.0.0.1', 'http', 0, 0, 0x400],
    ['127.0.0.1', '80', 99, 0, 0],
  ];
  it('finds what C finds', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<unknown[], unknown>(PYTHON);
    for (const [host, service, family, type, flags] of questions) {
      const texts = [host, service].map((text) => (text === null ? 'NULL' : JSON.stringify(text)));
      const statement = `getaddrinfo(${[...texts, family, type, flags].join(', ')})`;
      const theirs = await python.ask(['getaddrinfo', host, service, family, type, flags]);
      expect([statement, came(await session.do(statement))]).toEqual([statement, theirs]);
    }
  });

  it('is there at once where nobody must be asked, and else does not stop the loop', async () => {
    const at = session.begin('getaddrinfo("127.0.0.1", "80")');
    expect((await at.step).job).toBeNull();
    const named = session.begin('found = getaddrinfo("localhost", 80)');
    await named.settled;
    expect(named.blocked?.because).toBe('the resolver has not answered yet');
    const using = session.begin('getnameinfo(found, NI_NUMERICHOST|NI_NUMERICSERV)');
    await named.step;
    expect(came(await using.step)).toEqual([expect.stringMatching(/./), '80']);
  });

  it('ends when it is cancelled, and its answer is nobody’s', async () => {
    const job = session.begin('found = getaddrinfo("localhost", "80")');
    await job.settled;
    session.cancel();
    expect(answer(await job.step)).toBe('EINTR');
    // The same question again: by its answer the first one has come as well.
    await session.do('other = getaddrinfo("localhost", "80")');
    expect([...session.values.keys()]).toEqual(['other']);
    expect(session.steps).toHaveLength(2);
  });

  it('gives addresses that can be connected to', async () => {
    await session.all(
      's = socket(AF_INET, SOCK_STREAM, 0)',
      'bind(s, 127.0.0.1:0)',
      'listen(s, 1)',
    );
    const port = /:(\d+)$/.exec(session.snapshots()[0]?.local ?? '')?.[1];
    await session.do(`found = getaddrinfo("localhost", "${port}", AF_INET)`);
    await session.do('c = socket(AF_INET, SOCK_STREAM, 0)');
    expect(answer(await session.do('connect(c, found)'))).toBe(0);
  });

  it('wants a host or a service', async () => {
    await expect(session.do('getaddrinfo(NULL)')).rejects.toThrow('a host or a service is wanted');
  });
});

describe('getnameinfo()', () => {
  it('finds what C finds', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<unknown[], unknown>(PYTHON);
    for (const [host, port, flags, words] of [
      ['127.0.0.1', 80, 1, 'NI_NUMERICHOST'],
      ['127.0.0.1', 80, 3, 'NI_NUMERICHOST|NI_NUMERICSERV'],
      ['127.0.0.1', 22, 0, '0'],
      ['::1', 443, 1, 'NI_NUMERICHOST'],
      ['127.0.0.1', 4, 1, 'NI_NUMERICHOST'],
      ['127.0.0.1', 80, 9, 'NI_NUMERICHOST|NI_NAMEREQD'],
    ] as const) {
      const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
      const statement = `getnameinfo(${address}, ${words})`;
      const theirs = await python.ask(['getnameinfo', host, port, flags]);
      expect([statement, came(await session.do(statement))]).toEqual([statement, theirs]);
    }
  });

  it('takes a socket’s name for its address', async () => {
    await session.all('s = socket(AF_INET, SOCK_STREAM, 0)', 'bind(s, 127.0.0.1:0)');
    const port = /:(\d+)$/.exec(session.snapshots()[0]?.local ?? '')?.[1];
    expect(came(await session.do('getnameinfo(s, NI_NUMERICHOST|NI_NUMERICSERV)'))).toEqual([
      '127.0.0.1',
      port,
    ]);
  });
});

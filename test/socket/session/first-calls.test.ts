/**
 * What a step shows is the time of the call: nothing is bound within it, also where the call is the
 * first of its kind. The session's clock counts koffi's bindings here, so a step took as many as were
 * bound between the start of the call and its end.
 */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CALL_NAMES } from '../../../src/socket/call.ts';
import { bundle } from '../../support/bundle.ts';

/** Each is the first statement of its kind in a process; those before it are what it needs. */
const PROGRAMS = {
  stream: [
    'server = socket(AF_INET, SOCK_STREAM, 0)',
    'bind(server, 127.0.0.1:0)',
    'listen(server, 4)',
    'address = getsockname(server)',
    'client = socket(AF_INET, SOCK_STREAM, 0)',
    'connect(client, address)',
    'getpeername(client)',
    'conn = accept(server)',
    'setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, 1)',
    'getsockopt(client, SOL_SOCKET, SO_KEEPALIVE)',
    'fcntl(client, F_GETFL)',
    'ioctl(conn, FIONREAD)',
    'poll(client, POLLOUT)',
    'write(client, "one\\n")',
    'read(conn, 4)',
    'send(client, "two\\n")',
    'recv(conn, 4)',
    'shutdown(client, SHUT_WR)',
    'close(client)',
  ],
  datagrams: [
    'one = socket(AF_INET, SOCK_DGRAM, 0)',
    'bind(one, 127.0.0.1:0)',
    'address = getsockname(one)',
    'two = socket(AF_INET, SOCK_DGRAM, 0)',
    'sendto(two, "hello", 0, address)',
    'recvfrom(one, 10)',
  ],
  connected: [
    'left, right = socketpair(AF_UNIX, SOCK_DGRAM, 0)',
    'sendto(left, "hello", 5, 0, NULL, 0)',
  ],
  lingering: [
    'left, right = socketpair(AF_UNIX, SOCK_STREAM, 0)',
    'setsockopt(left, SOL_SOCKET, SO_LINGER, {1, 1})',
    'close(left)',
  ],
  files: [
    'left, right = socketpair(AF_UNIX, SOCK_STREAM, 0)',
    'out = fdopen(left, "w")',
    'fprintf(out, "one 2\\nthree\\n")',
    'fflush(out)',
    'in = fdopen(right, "r")',
    'fscanf(in, "%*s%d", &n)',
    'fgets(in, 10)',
    'fprintf(out, "rest")',
    'fclose(out)',
  ],
  closing: [
    'left, right = socketpair(AF_UNIX, SOCK_STREAM, 0)',
    'out = fdopen(left, "w")',
    'fprintf(out, "rest")',
    'fclose(out)',
  ],
  recvuntil: [
    'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)',
    'write(a, "x\\n")',
    'recvuntil(b, "\\n")',
  ],
  recvline: ['a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)', 'write(a, "x\\n")', 'recvline(b)'],
  recvn: ['a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)', 'write(a, "x\\n")', 'recvn(b, 2)'],
  recvall: [
    'a, b = socketpair(AF_UNIX, SOCK_STREAM, 0)',
    'write(a, "x")',
    'shutdown(a, SHUT_WR)',
    'recvall(b)',
  ],
  asking: [
    'a = socket(AF_INET, SOCK_STREAM, 0)',
    'state(a)',
    'listen(a, 1)',
    'queue(a)',
    'wait(a, LISTEN)',
    'sleep(1ms)',
    'sleep(1m) &',
    'cancel()',
  ],
  numbers: [
    'htons(80)',
    'htonl(80)',
    'ntohs(80)',
    'ntohl(80)',
    'strlen("abc")',
    'inet_pton(AF_INET, "127.0.0.1")',
    'inet_ntop(AF_INET, "\\x7f\\x00\\x00\\x01")',
    'inet_addr("127.0.0.1")',
  ],
  names: ['getaddrinfo("fe80::1%lo", "80")'],
  addresses: ['getnameinfo(127.0.0.1:80, NI_NUMERICHOST)'],
} as const;

/** @returns what each call took, in functions bound */
function bound(statements: readonly string[]): Record<string, number> {
  const script = bundle(`
    import koffi from 'koffi';
    let bound = 0;
    const load = koffi.load;
    koffi.load = (...args) => {
      const library = load(...args);
      return { func: (...what) => { bound++; return library.func(...what); } };
    };
    const { Session } = await import('./src/socket/session/session.ts');
    const { parseStatement } = await import('./src/script/parser.ts');
    const session = new Session({ clock: () => bound });
    session.watch(() => {});
    const took = {};
    for (const text of ${JSON.stringify(statements)}) {
      const { call } = parseStatement(text.replace(' &', ''));
      const job = session.start(call);
      if (text.endsWith(' &')) continue;
      const { durationUs, outcome } = await job.step;
      if (outcome.kind !== 'value') throw new Error(text);
      took[call.name] = (took[call.name] ?? 0) + durationUs;
    }
    took.all = bound;
    console.log(JSON.stringify(took));
    session.close();
  `);
  return JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }));
}

describe('the first call of each kind binds nothing within its time', () => {
  for (const [name, statements] of Object.entries(PROGRAMS)) {
    it(name, () => {
      const { all, ...took } = bound(statements);
      expect(took).toEqual(Object.fromEntries(Object.keys(took).map((call) => [call, 0])));
      // That the bindings are seen at all.
      if (name !== 'addresses') expect(all).toBeGreaterThan(0);
    });
  }

  it('is asked of every call', () => {
    const called = Object.values(PROGRAMS).flatMap((statements) =>
      statements.map((text) => /(\w+)\(/.exec(text)?.[1]),
    );
    expect(new Set(called)).toEqual(new Set(CALL_NAMES));
  });
});

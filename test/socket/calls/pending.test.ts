/** A write that met an error half-way returns its count; the error is the next call's, as in C. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { answer, TestSession } from '../../support/session.ts';

let session: TestSession;
beforeEach(() => {
  session = new TestSession();
});
afterEach(() => session.close());

it('a reset during a blocked write is told to the next call, and once', async () => {
  await session.all(
    'l = socket(AF_INET, SOCK_STREAM, 0)',
    'bind(l, 127.0.0.1:0)',
    'listen(l, 1)',
    'c = socket(AF_INET, SOCK_STREAM, 0)',
    'connect(c, l)',
    'd = accept(l)',
  );
  const writing = session.begin('write(c, "x" * 16000000)');
  await writing.settled;
  expect(writing.blocked).not.toBeNull();
  // Unread data: RST, not FIN (RFC 2525 §2.17).
  await session.do('close(d)');
  const count = answer(await writing.step);
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(16_000_000);
  expect(answer(await session.do('read(c, 10)'))).toBe('ECONNRESET');
  expect(answer(await session.do('read(c, 10)'))).toBe(0);
});

it('a socket option can be a name that stands for a structure', async () => {
  session.scope.give('linger', { kind: 'struct', fields: [1, 7] });
  await session.do('s = socket(AF_INET, SOCK_STREAM, 0)');
  await session.do('setsockopt(s, SOL_SOCKET, SO_LINGER, linger)');
  const { outcome } = await session.do('getsockopt(s, SOL_SOCKET, SO_LINGER)');
  expect(outcome).toMatchObject({ value: { kind: 'struct', fields: [1, 7] } });
});

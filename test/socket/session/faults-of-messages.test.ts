/** The n-th call fails among those that send and receive with flags, datagrams, pairs and FILEs. */
import { describe, expect, it } from 'vitest';
import type { ErrnoName } from '../../../src/sys/platform.ts';
import { openDescriptors } from '../../support/bare.ts';
import { failEach } from '../../support/failing.ts';
import { FaultySys, type SysCall } from '../../support/faulty-sys.ts';
import { TestSession } from '../../support/session.ts';

const SCRIPT = [
  'left, right = socketpair(AF_UNIX, SOCK_STREAM, 0)',
  'send(left, "three words sent ", MSG_NOSIGNAL)',
  'poll([{right, POLLIN}, {left, POLLIN}], 20)',
  'recv(right, 3, MSG_PEEK)',
  'recv(right, 6, MSG_WAITALL)',
  'recvuntil(right, " ")',
  'recvn(right, 4)',
  'fout = fdopen(left, "w")',
  'fin = fdopen(right, "r")',
  'fprintf(fout, "%s\\n%d", "a line", 33)',
  'fflush(fout)',
  'line = fgets(fin)',
  'fclose(fout)',
  'fscanf(fin, "%d", &age)',
  'fclose(fin)',
  'u = socket(AF_INET, SOCK_DGRAM, 0)',
  'bind(u, 127.0.0.1:0)',
  'sendto(u, "to myself", u)',
  'recvfrom(u, 64, &peer)',
];

/** Errnos that the manual pages have for the call, and those that mean "try again". */
const ERRNOS: Readonly<Partial<Record<SysCall, readonly ErrnoName[]>>> = {
  socketpair: ['EMFILE', 'ENOBUFS'],
  send: ['EPIPE', 'EAGAIN', 'EINTR', 'ENOBUFS'],
  recv: ['ECONNRESET', 'EAGAIN', 'EINTR'],
  read: ['ECONNRESET', 'EAGAIN', 'EINTR'],
  write: ['EPIPE', 'EAGAIN', 'EINTR'],
  sendto: ['ENOBUFS', 'EAGAIN', 'EMSGSIZE'],
  recvfrom: ['ECONNREFUSED', 'EAGAIN', 'EINTR'],
  poll: ['EINTR', 'ENOMEM'],
  close: ['EIO'],
  fcntl: ['EPERM'],
};

describe('the n-th call fails', () => {
  for (const call of Object.keys(ERRNOS) as SysCall[]) {
    it(`of ${call}()`, () => failEach(SCRIPT, call, ERRNOS[call] ?? []));
  }
});

describe('a pair of which one can’t be made ready', () => {
  // Each is asked for its flags, and given new ones: three calls of fcntl() for each.
  for (const nth of [2, 3, 5, 6]) {
    it(`is no pair (fcntl() number ${nth})`, async () => {
      const before = openDescriptors();
      const sys = new FaultySys().fail('fcntl', 'EPERM', { nth });
      const session = new TestSession({ sys });
      const made = session.do('left, right = socketpair(AF_UNIX, SOCK_STREAM, 0)');
      await expect(made).rejects.toThrow('fcntl: EPERM (Operation not permitted)');
      expect(session.sockets.all()).toEqual([]);
      expect([openDescriptors(), sys.closed, sys.misuses]).toEqual([before, 2, []]);
      session.close();
    });
  }
});

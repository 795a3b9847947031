/** The one table of calls, from which the rest is derived. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { rowOf } from '../../../src/socket/calls/row-of.ts';
import { callTable } from '../../../src/socket/calls/table.ts';
import { constants } from '../../../src/sys/platform.ts';
import { has } from '../../support/tools.ts';

const rows = [...callTable.values()];
/** Those that a C program can call. */
const inC = rows.filter(({ signature }) => signature.endsWith(';'));

describe('the table of calls', () => {
  it('finds each row by its name, once', () => {
    expect(rows.length).toBeGreaterThanOrEqual(46);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    for (const row of rows) expect(rowOf(row.name)).toBe(row);
  });

  it('has signatures that a C compiler takes for those of the system’s headers', (context) => {
    if (!has('cc')) context.skip('cc is not installed');
    // Another type for a function that a header declares is an error in C.
    const headers = [
      ...['sys/socket.h', 'sys/types.h', 'sys/ioctl.h', 'unistd.h', 'fcntl.h', 'poll.h'],
      ...['stdio.h', 'string.h', 'netdb.h', 'arpa/inet.h'],
    ];
    const program = [
      ...headers.map((header) => `#include <${header}>`),
      ...inC.map(({ signature }) => signature),
    ].join('\n');
    // Without _GNU_SOURCE glibc has plain pointers, as the manual has.
    const compile = (source: string) =>
      spawnSync('cc', ['-std=c11', '-D_POSIX_C_SOURCE=200809L', '-fsyntax-only', '-xc', '-'], {
        input: source,
        encoding: 'utf8',
      });
    expect(compile(program)).toMatchObject({ status: 0, stderr: '' });
    expect(compile(`${program}\nint listen(int sockfd);`).status).not.toBe(0);
  });

  it('can be written with as many arguments as C has', () => {
    // Their structures of hints and buffers are single arguments here.
    const simpler = ['getaddrinfo', 'getnameinfo'];
    for (const { name, params, alsoAs = [], signature } of inC) {
      if (simpler.includes(name)) continue;
      const count = signature.slice(signature.indexOf('(')).split(',').length;
      const counts = [params, ...alsoAs].map((form) => form.length);
      expect([name, counts]).toEqual([name, expect.arrayContaining([count])]);
    }
  });

  it('has no prototype for what a C program has not', () => {
    const ours = rows.filter((row) => !inC.includes(row)).map(({ name }) => name);
    expect(ours).toEqual([
      ...['recvuntil', 'recvline', 'recvn', 'recvall', 'state', 'queue', 'wait', 'sleep', 'cancel'],
    ]);
  });

  it('offers constants that there are', () => {
    const offered = rows.flatMap(({ params }) => params.flatMap((param) => param.constants ?? []));
    expect(offered.length).toBeGreaterThan(50);
    expect(offered.filter((name) => name !== '0' && !constants.has(name))).toEqual([]);
  });

  it('says of each call what it does and where that stands', () => {
    for (const { name, does, source } of rows) {
      expect([name, does]).toEqual([name, expect.stringMatching(/^[A-Z].*\.$/)]);
      expect([name, source]).toEqual([name, expect.stringMatching(/^[a-z_]+\(\d\)/)]);
    }
  });

  it('knows which calls may block and which make sockets', () => {
    const names = (wanted: 'blocks' | 'makesSocket') =>
      rows.filter((row) => row[wanted] !== undefined).map(({ name }) => name);
    const waits = ['accept', 'connect', 'read', 'write', 'send', 'recvfrom', 'poll', 'fgets'];
    expect(names('blocks')).toEqual(expect.arrayContaining(waits));
    expect(names('blocks')).not.toContain('listen');
    expect(names('makesSocket')).toEqual(
      expect.arrayContaining(['socket', 'socketpair', 'accept']),
    );
    expect(names('makesSocket')).not.toContain('connect');
  });
});

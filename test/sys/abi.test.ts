/**
 * The numbers and layouts that our sources state, against those of the C headers. Layouts are not
 * exported, so they are compared by what they do: the bytes that we make, the bytes that we read.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeOption, encodeOption } from '../../src/socket/calls/option-value.ts';
import { linuxConstants, linuxErrnos, linuxTcpStates } from '../../src/sys/constants-linux.ts';
import { ConnectionLookup } from '../../src/sys/inet-diag.ts';
import { constant } from '../../src/sys/platform.ts';
import {
  ADDRESS_STORAGE,
  decodeAddress,
  encodeAddress,
  type SocketAddress,
} from '../../src/sys/sockaddr.ts';
import type { Sys } from '../../src/sys/sys.ts';
import { systemCalls } from '../../src/sys/syscalls.ts';
import { readTcpInfo } from '../../src/sys/tcp-info.ts';
import { compile, runC } from '../support/probe.ts';
import { has } from '../support/tools.ts';

beforeEach((context) => {
  if (process.platform !== 'linux') context.skip('these are the numbers of Linux');
  if (!has('cc')) context.skip('cc is not installed');
});

/** What the headers make of each name; names that they lack are left out. */
function defined(headers: readonly string[], names: readonly string[]): Record<string, number> {
  const told = runC(`
    #define _GNU_SOURCE
    #include <stdio.h>
    ${headers.map((header) => `#include <${header}>`).join('\n')}
    int main(void) {
      ${names.map(printIfDefined).join('\n')}
    }`);
  const rows = told.trim().split('\n');
  return Object.fromEntries(rows.map((row) => row.split(' ')).map(([n, v]) => [n, Number(v)]));
}

function printIfDefined(name: string): string {
  return `
    #ifdef ${name}
      printf("${name} %lld\\n", (long long)(${name}));
    #endif`;
}

describe('the tables', () => {
  it('have the numbers of the headers', () => {
    const headers = [
      'sys/socket.h',
      'netinet/in.h',
      'netinet/tcp.h',
      'netinet/udp.h',
      'fcntl.h',
      'poll.h',
      'netdb.h',
    ];
    const ours: Record<string, number> = linuxConstants;
    const theirs = defined(
      [...headers, 'sys/ioctl.h', 'linux/sockios.h'],
      Object.keys(linuxConstants),
    );
    const shared = Object.entries(ours).filter(([name]) => name in theirs);
    expect(Object.fromEntries(shared)).toEqual(theirs);
    // Headers of another age may lack a name or two.
    expect(shared.length).toBeGreaterThan(0.9 * Object.keys(ours).length);
  });

  it('have the errnos of the headers', () => {
    expect(defined(['errno.h'], Object.keys(linuxErrnos))).toEqual(linuxErrnos);
  });

  it('have the TCP states of the headers, each spelled as in RFC 9293', () => {
    // <linux/bpf.h> has all of them, also the one that <netinet/tcp.h> leaves out.
    const spelling = {
      ESTABLISHED: 'ESTABLISHED',
      SYN_SENT: 'SYN-SENT',
      SYN_RECV: 'SYN-RECEIVED',
      FIN_WAIT1: 'FIN-WAIT-1',
      FIN_WAIT2: 'FIN-WAIT-2',
      TIME_WAIT: 'TIME-WAIT',
      CLOSE: 'CLOSED',
      CLOSE_WAIT: 'CLOSE-WAIT',
      LAST_ACK: 'LAST-ACK',
      LISTEN: 'LISTEN',
      CLOSING: 'CLOSING',
      NEW_SYN_RECV: 'SYN-RECEIVED',
    };
    const prints = Object.keys(spelling).map((name) => `printf("%d ", BPF_TCP_${name});`);
    const numbers = runC(`
      #include <stdio.h>
      #include <linux/bpf.h>
      int main(void) { ${prints.join('\n')} }`);
    const names = Object.values(spelling);
    const theirs = numbers.trim().split(' ');
    expect(Object.fromEntries(theirs.map((number, i) => [number, names[i]]))).toEqual(
      linuxTcpStates,
    );
  });
});

/** Runs the probe of structures. */
type Ask = (...args: (string | number)[]) => string;

function structures(): Ask {
  const source = readFileSync(new URL('../support/abi.c', import.meta.url), 'utf8');
  const program = compile(source);
  return (...args) => execFileSync(program, args.map(String), { encoding: 'utf8' });
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const unhex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('addresses', () => {
  it('are the bytes of struct sockaddr_in', () => {
    const c = structures();
    for (const [host, port] of [
      ['127.0.0.1', 8888],
      ['0.0.0.0', 0],
      ['255.254.253.252', 65535],
      ['1.2.3.4', 256],
    ] as const)
      agree({ family: 'inet', host, port }, c('inet', host, port));
  });

  it('are the bytes of struct sockaddr_in6', () => {
    const c = structures();
    for (const [host, port, scope] of [
      ['::1', 8888, 0],
      ['fe80::1', 1, 7],
      ['2001:db8::ff00:42:8329', 65535, 0xfedcba98],
      ['::ffff:192.0.2.1', 80, 0],
    ] as const)
      agree({ family: 'inet6', host, port, scope }, c('inet6', host, port, scope));
  });

  it('are the bytes of struct sockaddr_un, up to the longest', () => {
    const c = structures();
    for (const path of ['/tmp/a.sock', 'relative', '/ünï', `/${'x'.repeat(106)}`])
      agree({ family: 'unix', path }, c('unix', path));
    for (const name of ['name', 'a/b', 'y'.repeat(107)])
      agree({ family: 'abstract', name }, c('abstract', name));
    expect(() => c('unix', 'x'.repeat(108)), 'C has no room either').toThrow();
  });

  it('fit into struct sockaddr_storage', () => {
    expect(ADDRESS_STORAGE).toBe(Number(structures()('storage')));
  });

  function agree(address: SocketAddress, theirs: string) {
    expect(hex(encodeAddress(address))).toBe(theirs);
    expect(decodeAddress(unhex(theirs))).toEqual(address);
  }
});

describe('socket options', () => {
  it('are the bytes of struct linger and struct timeval', () => {
    const c = structures();
    const socket = constant('SOL_SOCKET');
    for (const [option, name, fields] of [
      ['SO_LINGER', 'linger', [1, 5]],
      ['SO_LINGER', 'linger', [0, 70_000]],
      ['SO_RCVTIMEO', 'timeval', [3, 250_000]],
      ['SO_SNDTIMEO', 'timeval', [5_000_000_000, 999_999]],
    ] as const) {
      const theirs = c(name, ...fields);
      const number = constant(option);
      expect(hex(encodeOption(socket, number, { kind: 'struct', fields }))).toBe(theirs);
      expect(decodeOption(socket, number, unhex(theirs))).toEqual({ kind: 'struct', fields });
    }
  });
});

describe('TCP_INFO', () => {
  it('is read at the offsets of struct tcp_info', () => {
    const c = structures();
    const answering = (bytes: Uint8Array): Sys => ({
      ...systemCalls,
      getsockopt(_fd, level, option, value) {
        expect([level, option]).toEqual([6, 11]);
        const count = Math.min(bytes.length, value.bytes.length);
        value.bytes.set(bytes.subarray(0, count));
        value.length[0] = count;
        return 0;
      },
    });
    const listening = unhex(c('tcp-info', 10, 70_001, 70_002, 0, 0, 0));
    expect(readTcpInfo(answering(listening), 3)).toEqual({
      state: 'LISTEN',
      queue: { used: 70_001, limit: 70_002 },
      counts: null,
    });
    const counts = (...numbers: number[]) =>
      readTcpInfo(answering(unhex(c('tcp-info', 1, ...numbers))), 3)?.counts;
    const [segmentsIn, bytesReceived] = [70_003, 2 ** 40 + 70_004];
    expect(counts(0, 6, segmentsIn, bytesReceived, 0)).toEqual({
      segmentsIn,
      bytesReceived,
      allAcknowledged: true,
    });
    expect(counts(1, 0, 0, 0, 0)?.allAcknowledged).toBe(false);
    expect(counts(0, 0, 0, 0, 1)?.allAcknowledged).toBe(false);
    // A kernel before 4.6 ends earlier: linux/tcp.h then had 144 bytes.
    const established = unhex(c('tcp-info', 1, 5, 6, 1, 1, 1)).subarray(0, 144);
    expect(readTcpInfo(answering(established), 3)).toEqual({
      state: 'ESTABLISHED',
      queue: null,
      counts: null,
    });
  });
});

describe('INET_DIAG', () => {
  type Internet = Extract<SocketAddress, { port: number }>;
  const inet6 = (host: string, port: number, scope = 0): Internet => ({
    family: 'inet6',
    host,
    port,
    scope,
  });
  const v4 = {
    local: { family: 'inet', host: '127.0.0.1', port: 8888 },
    peer: { family: 'inet', host: '127.1.2.3', port: 50_001 },
  } as const;
  const connections: readonly { local: Internet; peer: Internet }[] = [
    v4,
    { local: inet6('::1', 8888), peer: inet6('2001:db8::17', 50_001) },
    // A link-local connection belongs to an interface, and is found only by its number.
    { local: inet6('fe80::1', 8888, 3), peer: inet6('fe80::2', 50_001, 3) },
  ];
  const argsOf = (local: Internet, peer: Internet) => [
    ...[local.family, local.host, local.port, peer.host, peer.port],
    'scope' in local ? local.scope : 0,
  ];

  /** A kernel that answers with these bytes, and keeps what it was asked. */
  function kernel(answer: Uint8Array): Sys & { asked: (number | string)[] } {
    return {
      ...systemCalls,
      asked: [],
      socket(...args) {
        this.asked.push(...args);
        return 1_000_000;
      },
      write(_fd, bytes) {
        this.asked.push(hex(bytes));
        return bytes.length;
      },
      read(_fd, into) {
        into.set(answer);
        return answer.length;
      },
    };
  }

  it.each(connections)('asks for $local.host as <linux/inet_diag.h> says', ({ local, peer }) => {
    const c = structures();
    const sys = kernel(unhex(c('netlink-error', linuxErrnos.ENOENT)));
    expect(new ConnectionLookup(sys).stateOf(local, peer)).toBe('CLOSED');
    const [domain, type, protocol, request] = sys.asked;
    expect({ AF_NETLINK: domain, NETLINK_SOCK_DIAG: protocol }).toEqual(
      defined(['sys/socket.h', 'linux/netlink.h'], ['AF_NETLINK', 'NETLINK_SOCK_DIAG']),
    );
    const { SOCK_DGRAM, SOCK_CLOEXEC, SOCK_NONBLOCK } = linuxConstants;
    expect(type).toBe(SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
    expect(request).toBe(c('diag-request', ...argsOf(local, peer)));
  });

  it.each(connections)('reads every state of $local.host', ({ local, peer }) => {
    const c = structures();
    for (const [number, name] of Object.entries(linuxTcpStates)) {
      const sys = kernel(unhex(c('diag-answer', number, ...argsOf(local, peer))));
      expect(new ConnectionLookup(sys).stateOf(local, peer)).toBe(name);
    }
  });

  it('takes the listener that the kernel offers instead for no connection', () => {
    const listener = argsOf(v4.local, { family: 'inet', host: '0.0.0.0', port: 0 });
    const sys = kernel(unhex(structures()('diag-answer', 10, ...listener)));
    expect(new ConnectionLookup(sys).stateOf(v4.local, v4.peer)).toBe('CLOSED');
  });

  it('tells "no such connection" from "it may not be asked"', () => {
    const c = structures();
    for (const errno of [linuxErrnos.EPERM, linuxErrnos.EINVAL, linuxErrnos.EOPNOTSUPP]) {
      const sys = kernel(unhex(c('netlink-error', errno)));
      expect(new ConnectionLookup(sys).stateOf(v4.local, v4.peer), `errno ${errno}`).toBeNull();
    }
  });
});

import { constants as os } from 'node:os';
import { describe, expect, it } from 'vitest';
import { darwinConstants, darwinErrnos, darwinTcpStates } from '../../src/sys/constants-darwin.ts';
import { linuxConstants, linuxErrnos, linuxTcpStates } from '../../src/sys/constants-linux.ts';
import {
  canonicalErrno,
  constant,
  constants,
  errnoName,
  errnoNumber,
  errnoNumbers,
  tcpStateOf,
  whyUnsupported,
} from '../../src/sys/platform.ts';

describe('errnos', () => {
  it('are known by number and by name, one to one', () => {
    expect(errnoNumbers().size).toBeGreaterThan(50);
    for (const [name, number] of errnoNumbers()) {
      // errno(3): one number may have a second name, which errors don’t go by.
      expect(errnoName(number)).toBe(canonicalErrno(name));
      expect(errnoNumbers().get(name)).toBe(number);
    }
    expect(['EWOULDBLOCK', 'ENOTSUP', 'EINTR'].map(canonicalErrno)).toEqual([
      ...['EAGAIN', 'EOPNOTSUPP', 'EINTR'],
    ]);
    expect(errnoName(errnoNumber('ECONNREFUSED'))).toBe('ECONNREFUSED');
  });

  it('are those that Node knows', () => {
    const known: Record<string, number> = os.errno;
    const shared = [...errnoNumbers()].filter(([name]) => name in known);
    expect(shared.length).toBeGreaterThan(50);
    for (const [name, number] of shared) expect(number, name).toBe(known[name]);
  });

  it('stay readable where they have no name', () => {
    expect(errnoName(524)).toBe('errno 524');
    expect(errnoName(0)).toBe('errno 0');
  });

  it('are the same names on both platforms, for a name must have a number everywhere', () => {
    expect(Object.keys(darwinErrnos).sort()).toEqual(Object.keys(linuxErrnos).sort());
  });
});

describe('constants', () => {
  it('are those of this platform', () => {
    const table = process.platform === 'darwin' ? darwinConstants : linuxConstants;
    expect(Object.fromEntries(constants)).toEqual(table);
    expect(constant('SOL_SOCKET')).toBe(table.SOL_SOCKET);
  });

  it('that macOS has, Linux has too, so that constant() has an answer on both', () => {
    const missing = Object.keys(darwinConstants).filter((name) => !(name in linuxConstants));
    expect(missing).toEqual([]);
  });
});

describe('TCP states', () => {
  it('are all eleven of RFC 9293, on both platforms', () => {
    const all = [
      ...['CLOSED', 'LISTEN', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1'],
      ...['FIN-WAIT-2', 'CLOSE-WAIT', 'CLOSING', 'LAST-ACK', 'TIME-WAIT'],
    ];
    for (const table of [linuxTcpStates, darwinTcpStates])
      expect(new Set(Object.values(table))).toEqual(new Set(all));
  });

  it('have no name where the kernel invents one', () => {
    expect(tcpStateOf(1)).toBe(process.platform === 'darwin' ? 'LISTEN' : 'ESTABLISHED');
    expect(tcpStateOf(200)).toBeUndefined();
  });
});

describe('whyUnsupported', () => {
  it('has nothing against Linux and macOS', () => {
    expect(whyUnsupported('linux')).toBeNull();
    expect(whyUnsupported('darwin')).toBeNull();
  });

  it('tells users of Windows in one sentence where to run it', () => {
    expect(whyUnsupported('win32')).toMatch(/^[^.]*on Windows[^.]*WSL[^.]*\.$/);
  });

  it('names any other platform', () => {
    expect(whyUnsupported('sunos')).toMatch(/^[^.]*sunos\.$/);
  });
});

import fs, { existsSync, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { networkInterfaces } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { resolver } from '../../src/sys/resolver.ts';
import { Python } from '../support/python.ts';
import { has } from '../support/tools.ts';

describe('addressesOf', () => {
  it('gives what getaddrinfo gives, in its order', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<[host: string, port: number, family: number], unknown[]>(`
import socket
FAMILIES = {0: socket.AF_UNSPEC, 4: socket.AF_INET, 6: socket.AF_INET6}
def answer(question):
    host, port, version = question
    found = socket.getaddrinfo(host, port, FAMILIES[version], socket.SOCK_STREAM)
    return [
        {'family': 'inet', 'host': at[0], 'port': at[1]} if family == socket.AF_INET else
        {'family': 'inet6', 'host': at[0].split('%')[0], 'port': at[1], 'scope': at[3]}
        for family, _, _, _, at in found
    ]`);
    // The last names the loopback interface, whose name is not the same everywhere.
    const loopback = Object.entries(networkInterfaces()).find(([, all]) => all?.[0]?.internal);
    const linkLocal = `fe80::1%${loopback?.[0]}`;
    for (const [host, family] of [
      ['localhost', 0],
      ['localhost', 4],
      ['127.0.0.1', 0],
      ['::1', 6],
      [linkLocal, 6],
    ] as const) {
      const ours = await resolver.addressesOf(host, 8080, family);
      expect(ours.length, host).toBeGreaterThan(0);
      expect(ours, host).toEqual(await python.ask([host, 8080, family]));
    }
  });

  it('fails with a code for a name that does not resolve', async () => {
    // A label has at most 63 bytes (RFC 1035 §2.3.4), so that no server is asked about this one.
    const name = `${'x'.repeat(64)}.example`;
    await expect(resolver.addressesOf(name, 80, 0)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});

/** Every name and alias of /etc/services, of all protocols. */
function serviceNames(): string[] {
  const rows = readFileSync('/etc/services', 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  return [...new Set(rows.flatMap(([name = '', , ...aliases]) => [name, ...aliases]))];
}

/** What any program may count on. */
const USUAL = { echo: 7, discard: 9, ssh: 22, smtp: 25, domain: 53, http: 80, https: 443 };

describe('portOf', () => {
  it('gives what getservbyname gives for TCP, for every name that there is', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    if (!existsSync('/etc/services')) context.skip('there is no /etc/services');
    const python = new Python<string, number>(`
import socket
def answer(name):
    return socket.getservbyname(name, 'tcp')`);
    const names = serviceNames().filter((name) => name !== '');
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(resolver.portOf(name), name).toBe(await python.ask(name));
  });

  it('knows the usual ones', () => {
    for (const [name, port] of Object.entries(USUAL)) expect(resolver.portOf(name)).toBe(port);
  });

  it('knows the usual ones also where there is no /etc/services', () => {
    vi.spyOn(fs, 'readFileSync').mockImplementation(() => {
      throw new Error('no such file');
    });
    syncBuiltinESMExports();
    onTestFinished(() => {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    });
    expect(() => readFileSync('/etc/services')).toThrow('no such file');
    for (const [name, port] of Object.entries(USUAL)) expect(resolver.portOf(name)).toBe(port);
  });

  it('does not know what is no name of a service', () => {
    for (const name of ['no-such-service', '', ' ', '80', '-1', 'http ', '#', 'tcp', '80/tcp'])
      expect(resolver.portOf(name), name).toBeNull();
  });

  it('does not know the names that every JavaScript object has', () => {
    for (const name of ['constructor', 'toString', 'valueOf', 'hasOwnProperty'])
      expect(resolver.portOf(name), name).toBeNull();
  });
});

describe('scopeOf', () => {
  it('gives the number that the kernel has for an interface', (context) => {
    if (process.platform !== 'linux') context.skip('/sys is of Linux');
    const index = Number(readFileSync('/sys/class/net/lo/ifindex', 'utf8'));
    expect(resolver.scopeOf('lo')).toBe(index);
  });

  it('takes a number for itself, and knows no other names', () => {
    expect(resolver.scopeOf('7')).toBe(7);
    for (const zone of ['no-such-if', '', ' lo', '-1', '1.5', '99999999999', 'x'.repeat(1000)])
      expect(resolver.scopeOf(zone), zone).toBeNull();
  });
});

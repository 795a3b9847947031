import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ownAddresses } from '../../src/sys/interfaces.ts';
import { Python } from '../support/python.ts';
import { has } from '../support/tools.ts';

describe('this machine’s own addresses', () => {
  it('are those that the kernel has for each interface (netdevice(7))', async (context) => {
    if (process.platform !== 'linux')
      context.skip('the numbers of these ioctls are those of Linux');
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<null, [name: string, address: string, prefix: number][]>(`
import fcntl, socket, struct
SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFNETMASK, IFF_UP = 0x8913, 0x8915, 0x891b, 1
def answer(question):
    asking, found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), []
    for _, name in socket.if_nameindex():
        request = struct.pack('256s', name.encode())
        if not struct.unpack_from('H', fcntl.ioctl(asking, SIOCGIFFLAGS, request), 16)[0] & IFF_UP:
            continue
        try:
            address, mask = [fcntl.ioctl(asking, call, request)[20:24] for call in (SIOCGIFADDR, SIOCGIFNETMASK)]
        except OSError:
            continue
        found.append([name, socket.inet_ntoa(address), bin(int.from_bytes(mask, 'big')).count('1')])
    return found`);
    const asked = await python.ask(null);
    const ours = ownAddresses().map(({ name, address, prefix }) => [name, address, prefix]);
    expect(asked?.length).toBeGreaterThan(0);
    for (const one of asked ?? []) expect(ours).toContainEqual(one);
  });

  it('over IPv6 are those of /proc/net/if_inet6', (context) => {
    if (process.platform !== 'linux') context.skip('/proc is of Linux');
    const rows = readFileSync('/proc/net/if_inet6', 'utf8').trim().split('\n');
    if (rows[0] === '') context.skip('this machine has no IPv6');
    const ours = ownAddresses().filter(({ address }) => address.includes(':'));
    const known = rows.map((row) => {
      const [, index = '', prefix = '', , , name] = row.split(/\s+/);
      return { name, prefix: Number.parseInt(prefix, 16), index: Number.parseInt(index, 16) };
    });
    expect(ours.length).toBeGreaterThan(0);
    for (const { name, prefix, scope, address } of ours) {
      const found = known.find((one) => one.name === name && one.prefix === prefix);
      expect(found, address).toBeDefined();
      expect([0, found?.index], address).toContain(scope);
      expect(scope !== 0, address).toBe(address.startsWith('fe80'));
    }
  });
});

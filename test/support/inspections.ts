/** Inspections on a machine whose interfaces and names are always the same. */
import { type Inspection, inspect, type World, world } from '../../src/socket/inspect/inspect.ts';
import { parseSubject } from '../../src/socket/inspect/subject.ts';
import { resolver } from '../../src/sys/resolver.ts';

const machine: World = {
  own: () => [
    { name: 'lo', address: '127.0.0.1', prefix: 8, scope: 0 },
    { name: 'lo', address: '::1', prefix: 128, scope: 0 },
    { name: 'eth0', address: '192.0.2.2', prefix: 24, scope: 0 },
    { name: 'eth0', address: 'fe80::1', prefix: 64, scope: 2 },
    { name: 'eth1', address: 'fe80::1', prefix: 72, scope: 3 },
  ],
  nameOf: async (address) => (address === '127.0.0.1' ? 'localhost' : null),
  addressesFor: world.addressesFor,
  patienceMs: 2000,
};

/** @param text as on the command line; the zones are lo, eth0 and eth1 */
export function inspected(text: string, rest: Partial<World> = {}): Promise<Inspection> {
  const scopeOf = (zone: string) => ['', 'lo', 'eth0', 'eth1'].indexOf(zone) || null;
  return inspect(parseSubject(text, { ...resolver, scopeOf }), { ...machine, ...rest });
}

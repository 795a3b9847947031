/** Modules of Node’s own that are loaded when something of them is first asked for. */

/** Those that take half a millisecond and more; the others are there before the program begins. */
const DEAR: ReadonlySet<string> = new Set([
  'node:child_process',
  'node:crypto',
  'node:dns',
  'node:dns/promises',
  'node:net',
  'node:os',
  'node:readline',
  'node:stream',
  'node:tls',
  'node:tty',
]);

/**
 * What the module exports. An import at the head of a file says that something may be used, not that
 * it is: one command of a dozen asks for a hash, and a terminal is asked only where there is one.
 */
export function late(name: string, load: (name: string) => object): object {
  if (!DEAR.has(name)) return load(name);
  let module: object | null = null;
  const there = () => {
    module ??= load(name);
    return module;
  };
  return new Proxy(
    {},
    {
      get: (_, key) => Reflect.get(there(), key),
      has: (_, key) => Reflect.has(there(), key),
      ownKeys: () => Reflect.ownKeys(there()),
      getOwnPropertyDescriptor: (_, key) => {
        const found = Reflect.getOwnPropertyDescriptor(there(), key);
        // A proxy may not say of what it does not have itself that it can never change.
        return found === undefined ? undefined : { ...found, configurable: true };
      },
    },
  );
}

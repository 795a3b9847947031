/**
 * The foreign function interface: the only file that knows koffi.
 *
 * Everything here is synchronous and on the main thread, on purpose: koffi's asynchronous calls
 * share the thread pool of `fs`, do not keep their buffers alive, and lose errno.
 */
import { createRequire } from 'node:module';
import type KoffiModule from 'koffi';
import { koffiBinary } from './koffi-binary.ts';

type Koffi = typeof KoffiModule;

/** A C function pointer that leads to a JavaScript function. */
export type Callback = bigint;

/** What a bound function takes: numbers, memory as a typed array, NULL, a function pointer. */
type Argument = number | Uint8Array | Uint32Array | Int32Array | string | Callback | null;

/** A bound C function. koffi gives 64-bit results as BigInt or number: see {@link call}. */
export type CFunction = (...args: Argument[]) => number | bigint;

/** The one that package.json names; a test holds them together. */
export const KOFFI_VERSION = '3.3.4';

const outside = createRequire(import.meta.url);
const koffi: Koffi = quickly() ?? outside('koffi');

// null means the process itself: libc and libuv both, and LD_PRELOAD is honoured.
const library = koffi.load(null);

/** What binds a function that was not called yet. */
const unbound = new Map<unknown, () => void>();

/**
 * Binds a function by its C prototype, for example `int listen(int, int)`: at its first call, for a
 * program makes few of the calls that there are. Or before, by {@link bindNow}.
 */
export function bind(prototype: string): CFunction {
  let bound: CFunction = (...args) => {
    bindNow(fn);
    return bound(...args);
  };
  const fn: CFunction = (...args) => bound(...args);
  unbound.set(fn, () => {
    bound = library.func(prototype) as CFunction;
  });
  return fn;
}

/** To bind takes ten times as long as many a call: whoever measures its first one does this before. */
export function bindNow(fn: CFunction | null): void {
  unbound.get(fn)?.();
  unbound.delete(fn);
}

/** Binds a function that returns a C string, for example `const char *strerror(int)`. */
export function bindText(prototype: string): (...args: Argument[]) => string | null {
  return bind(prototype) as (...args: Argument[]) => unknown as (
    ...args: Argument[]
  ) => string | null;
}

/**
 * Binds a function whose last parameter is a C function pointer to `fn`, and returns it with
 * that parameter filled in. The pointer lives as long as the process.
 *
 * @param prototype of the callback, for example `void OnClose(uintptr_t handle)`
 */
export function bindWithCallback(
  name: string,
  result: string,
  parameters: readonly string[],
  prototype: string,
  fn: (...args: number[]) => void,
): CFunction {
  let bound: CFunction = (...args) => {
    const type = koffi.pointer(koffi.proto(prototype));
    const withCallback = library.func(name, result, [...parameters, type]) as CFunction;
    const callback = koffi.register(fn, type);
    bound = (...others) => withCallback(...others, callback);
    return bound(...args);
  };
  return (...args) => bound(...args);
}

/** Where memory lies, for structures with pointers. It stays there as long as it is referred to. */
export function addressOf(memory: Uint8Array): bigint {
  return koffi.address(memory) as bigint;
}

/**
 * Makes the call and answers as the kernel does: the result, or −errno (syscall(2)).
 * errno is read in the very next expression; any Node API in between would overwrite it.
 */
export function call(fn: CFunction, ...args: Argument[]): number {
  const result = Number(fn(...args));
  return result === -1 ? -koffi.errno() : result;
}

/**
 * koffi's binary itself, without its loader; what else that does is to deprecate names that are not
 * used here. Null: ask the loader.
 */
function quickly(): Koffi | null {
  const file = koffiBinary(outside.resolve.paths('koffi') ?? [], KOFFI_VERSION);
  if (file === null) return null;
  try {
    return outside(file);
  } catch {
    return null;
  }
}

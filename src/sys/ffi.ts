/**
 * The foreign function interface: the only file that knows koffi.
 *
 * Everything here is synchronous and on the main thread, on purpose: koffi's asynchronous calls
 * share the thread pool of `fs`, do not keep their buffers alive, and lose errno.
 */
import koffi from 'koffi';

/** A C function pointer that leads to a JavaScript function. */
export type Callback = bigint;

/** What a bound function takes: numbers, memory as a typed array, NULL, a function pointer. */
type Argument = number | Uint8Array | Uint32Array | Int32Array | string | Callback | null;

/** A bound C function. koffi gives 64-bit results as BigInt or number: see {@link call}. */
export type CFunction = (...args: Argument[]) => number | bigint;

// null means the process itself: libc and libuv both, and LD_PRELOAD is honoured.
const library = koffi.load(null);

/** Binds a function by its C prototype, for example `int listen(int, int)`. */
export function bind(prototype: string): CFunction {
  return library.func(prototype) as CFunction;
}

/** Binds a function that returns a C string, for example `const char *strerror(int)`. */
export function bindText(prototype: string): (...args: Argument[]) => string | null {
  return library.func(prototype) as (...args: Argument[]) => string | null;
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
  const type = koffi.pointer(koffi.proto(prototype));
  const bound = library.func(name, result, [...parameters, type]) as CFunction;
  const callback = koffi.register(fn, type);
  return (...args) => bound(...args, callback);
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

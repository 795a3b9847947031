/**
 * libuv's poll handles, by which a descriptor is watched on Node's own event loop: uv_poll_init(),
 * uv_poll_start(), uv_close() (the libuv documentation, "uv_poll_t").
 */
import { bind, bindWithCallback } from './ffi.ts';
import type { Result } from './sys.ts';

/** uv_handle_type: UV_POLL, for uv_handle_size(). */
const UV_POLL = 8;

/** Told what is ready: UV_READABLE 1, UV_WRITABLE 2; or, with a status < 0, that polling has stopped. */
type OnPoll = (status: number, events: number) => void;

const told = new Map<number, OnPoll>();

const uv = {
  loop: bind('uintptr_t uv_default_loop()'),
  handleSize: bind('size_t uv_handle_size(int)'),
  pollInit: bind('int uv_poll_init(uintptr_t, uintptr_t, int)'),
  pollStop: bind('int uv_poll_stop(uintptr_t)'),
  pollStart: bindWithCallback(
    'uv_poll_start',
    'int',
    ['uintptr_t', 'int'],
    'void SocklabOnPoll(uintptr_t handle, int status, int events)',
    (handle = 0, status = 0, events = 0) => {
      told.get(Number(handle))?.(status, events);
      // Node 26.4 and later run no promise reactions after such a callback until something else
      // happens on the loop (seen: 480 ms). This is that something.
      setImmediate(nothing);
    },
  ),
  close: bindWithCallback(
    'uv_close',
    'void',
    ['uintptr_t'],
    'void SocklabOnClose(uintptr_t handle)',
    // Only now may libuv's memory go (uv_close(): "memory must be freed in the close callback").
    (handle = 0) => void uv.free(handle),
  ),
  // Handles live outside the garbage collector: libuv keeps their address.
  calloc: bind('uintptr_t calloc(size_t, size_t)'),
  free: bind('void free(uintptr_t)'),
};

function nothing(): void {}

export interface PollHandle {
  /** Level-triggered: `onPoll` is called as long as one of the events is there. 0 stops it. */
  watch(events: number): void;
  /** Comes before the descriptor is closed. */
  close(): void;
}

/**
 * Makes the descriptor non-blocking. There can be one handle a descriptor only (EEXIST).
 * @returns −errno where it can't be had: EPERM for a descriptor that never blocks
 */
export function pollHandle(fd: number, onPoll: OnPoll): PollHandle | Result {
  const handle = Number(uv.calloc(1, Number(uv.handleSize(UV_POLL))));
  const status = Number(uv.pollInit(Number(uv.loop()), handle, fd));
  if (status !== 0) {
    uv.free(handle);
    return status;
  }
  told.set(handle, onPoll);
  return {
    watch: (events) => void (events === 0 ? uv.pollStop(handle) : uv.pollStart(handle, events)),
    close() {
      told.delete(handle);
      uv.close(handle);
    },
  };
}

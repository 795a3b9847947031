/** Waiting for time: also for so much that no timer takes it, as a recording may say. */
import { afterEach, expect, it, vi } from 'vitest';
import { pause, type Waiter } from '../../src/socket/door.ts';

afterEach(() => void vi.useRealTimers());

it('a pause that is longer than a timer takes is not over at once', async () => {
  vi.useFakeTimers();
  const over = vi.fn();
  const waiter: Waiter = { wake: () => {} };
  const paused = pause(waiter, 2 ** 52).then(over);
  await vi.advanceTimersByTimeAsync(2 ** 31 - 2);
  expect(over).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await paused;
  expect(over).toHaveBeenCalledOnce();
});

it('a pause ends at once when it is woken', async () => {
  vi.useFakeTimers();
  const waiter: Waiter = { wake: () => {} };
  const paused = pause(waiter, 60_000);
  waiter.wake();
  await paused;
  expect(vi.getTimerCount()).toBe(0);
});

/** The pauses of a recording, which can be anybody's file. The rest is tested on the built program. */
import { afterEach, expect, it, vi } from 'vitest';
import { untilTime } from '../../../src/socket/plan/replay.ts';

afterEach(() => void vi.useRealTimers());

it('a pause that is longer than a timer takes is not over at once', async () => {
  vi.useFakeTimers();
  const over = vi.fn();
  const pause = untilTime(performance.now(), 2 ** 52).then(over);
  await vi.advanceTimersByTimeAsync(2 ** 31 - 2);
  expect(over).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await pause;
  expect(over).toHaveBeenCalledOnce();
});

it('what is late already is not waited for', async () => {
  vi.useFakeTimers();
  await untilTime(performance.now() - 5, 4000);
  expect(vi.getTimerCount()).toBe(0);
});

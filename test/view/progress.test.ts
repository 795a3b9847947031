import { describe, expect, it } from 'vitest';
import { type Moment, renderMoved, renderProgress } from '../../src/view/progress.ts';

const MIB = 1024 * 1024;
const nothing: Moment = { sent: 0, received: 0, seconds: 2, rate: 0, total: null };

describe('progress', () => {
  it.each([
    [
      { sent: 12.3 * MIB, rate: 4.1 * MIB, total: 40 * MIB },
      '12.3 MiB of 40.0 MiB sent   4.1 MiB/s   7 s left',
    ],
    [{ sent: 5 * MIB, rate: MIB }, '5.0 MiB sent   1.0 MiB/s'],
    [{ received: 1, rate: 1 }, '1 byte received   1 byte/s'],
    [{ sent: 1023, received: 1024, rate: 0 }, '1023 bytes sent   1.0 KiB received   0 bytes/s'],
    // It never says 1024.0.
    [{ received: 1024 * 1024 - 1 }, '1.0 MiB received   0 bytes/s'],
    [{ sent: 0, total: 10 }, '0 bytes of 10 bytes sent   0 bytes/s   stands still'],
    [{ sent: 10, total: 10 }, '10 bytes of 10 bytes sent   0 bytes/s'],
    [{ sent: 0, rate: 1, total: 100 }, '0 bytes of 100 bytes sent   1 byte/s   2 min left'],
    [{ sent: 0, rate: 1, total: 5940 }, '0 bytes of 5.8 KiB sent   1 byte/s   99 min left'],
    [{ sent: 0, rate: 1, total: 6000 }, '0 bytes of 5.9 KiB sent   1 byte/s   2 h left'],
    [{ received: 3 * 1024 ** 5, rate: 0 }, '3072.0 TiB received   0 bytes/s'],
  ])('%j', (moment, line) => {
    expect(renderProgress({ ...nothing, ...moment }, 79)).toBe(line);
  });

  it('leaves out what there is no room for, the least important first', () => {
    const moment = { ...nothing, sent: 12 * MIB, rate: 4 * MIB, total: 40 * MIB };
    expect(renderProgress(moment, 40)).toBe('12.0 MiB of 40.0 MiB sent   4.0 MiB/s');
    expect(renderProgress(moment, 30)).toBe('12.0 MiB of 40.0 MiB sent');
    expect(renderProgress(moment, 10)).toBe('12.0 MiB o');
  });

  it('ends with what was moved, and how fast', () => {
    expect(renderMoved({ ...nothing, sent: 40 * MIB, received: 12, seconds: 10 })).toBe(
      '40.0 MiB sent, 12 bytes received in 10.0 s, 4.0 MiB/s',
    );
  });
});

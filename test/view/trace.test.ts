import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderTrace } from '../../src/view/trace.ts';
import { failed, page, returned, step } from '../support/steps.ts';

const { theme } = page();

describe('a traced call', () => {
  it('is written as strace -T writes it', () => {
    const read = step('read(s, 64)', {
      text: 'read(21, "hi", 64)',
      outcome: returned(2),
      durationUs: 41,
      blockedUs: 1_500_000,
    });
    expect(renderTrace(read, theme)).toBe('read(21, "hi", 64) = 2 <1.500041>');
  });

  it('that failed has the errno and its text', () => {
    const outcome = failed('connect', 'ECONNREFUSED', 'Connection refused');
    const connect = step('connect(s, :9)', { text: 'connect(21, …)', outcome, durationUs: 9 });
    expect(renderTrace(connect, theme)).toBe(
      'connect(21, …) = -1 ECONNREFUSED (Connection refused) <0.000009>',
    );
  });

  it('says the same in colour, and in ASCII', () => {
    const outcome = failed('read', 'EAGAIN', 'Resource temporarily unavailable');
    const read = step('read(s, 64)', { text: 'read(21, …, 64)', outcome });
    const inColor = renderTrace(read, page({ color: true }).theme);
    expect(inColor).toContain('\x1b[');
    expect(stripVTControlCharacters(inColor)).toBe(renderTrace(read, theme));
    expect(renderTrace(read, page({ ascii: true }).theme)).toMatch(/^read\(21, \.\.\., 64\) = -1/);
  });
});

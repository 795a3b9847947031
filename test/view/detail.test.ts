/** What else there is to see of a step, in words that hang under its line. */
import { describe, expect, it } from 'vitest';
import type { Detail } from '../../src/socket/detail.ts';
import { renderDetails } from '../../src/view/detail.ts';
import { stepJson } from '../../src/view/json.ts';
import { page, step } from '../support/steps.ts';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));
const shown = (...details: Detail[]) => renderDetails(details, page({}, 200));

describe('a detail', () => {
  it.each<[what: string, detail: Detail, line: string]>([
    [
      'a system call inside',
      { kind: 'made', text: 'write(5, "x", 1) = 1' },
      '  calls    write(5, "x", 1) = 1',
    ],
    [
      'bytes that are not sent yet',
      { kind: 'kept', owner: 'fout', direction: 'unsent', count: 1, bytes: bytes('x') },
      '  kept     1 byte is in the buffer of fout, not sent yet: "x"',
    ],
    [
      'bytes that were read ahead',
      { kind: 'kept', owner: 'fin', direction: 'unread', count: 40, bytes: bytes('y'.repeat(32)) },
      `  kept     40 bytes are in the buffer of fin, read ahead: "${'y'.repeat(32)}"...`,
    ],
    [
      'bytes that a failed flush lost',
      { kind: 'lost', owner: 'fout', count: 10 },
      '  lost     10 bytes are gone from the buffer of fout: the C library forgets what a failed flush did not send',
    ],
    [
      'a sender',
      { kind: 'from', address: '127.0.0.1:9', bytes: new Uint8Array(0) },
      '  from     127.0.0.1:9',
    ],
    [
      'a datagram that was cut',
      { kind: 'cut', length: 10 },
      '  cut      the datagram had 10 bytes; what the buffer had no room for is lost',
    ],
    ['a value that was given', { kind: 'given', name: 'age', text: '33' }, '  age      33'],
  ])('shows %s', (_, detail, line) => {
    expect(shown(detail)).toEqual([line]);
  });

  it('shows a number in both byte orders, and one line for each thing found', () => {
    expect(shown({ kind: 'order', value: 8888, bytes: 2, swapped: 47138 })).toEqual([
      '           8888 = 0x22b8',
      '           here     b8 22   (little-endian)',
      '           network  22 b8   (high byte first); read here as a number: 47138',
    ]);
    expect(shown({ kind: 'found', lines: ['127.0.0.1:80', '[::1]:80'] })).toHaveLength(2);
  });

  it('does nothing to the terminal, whatever it is made of', () => {
    const lines = shown(
      { kind: 'from', address: 'unix:/\x1b[31m', bytes: new Uint8Array(0) },
      { kind: 'made', text: '\x9b' },
    );
    expect(lines.join('')).not.toMatch(/[\x1b\x9b]/);
  });

  it('is part of the step’s JSON', () => {
    const details: Detail[] = [
      { kind: 'made', text: 'write(5, "x", 1) = -1' },
      { kind: 'signal', name: 'SIGPIPE' },
      { kind: 'lost', owner: 'fout', count: 1 },
      { kind: 'kept', owner: 'fin', direction: 'unread', count: 2, bytes: bytes('ab') },
      { kind: 'from', address: '127.0.0.1:9', bytes: new Uint8Array(0) },
    ];
    expect(JSON.parse(stepJson(step('fflush(fout)', { details })))).toMatchObject({
      calls: ['write(5, "x", 1) = -1'],
      signal: 'SIGPIPE',
      lost: [{ owner: 'fout', count: 1 }],
      kept: [{ owner: 'fin', direction: 'unread', count: 2, data: { text: 'ab' } }],
      from: '127.0.0.1:9',
    });
  });
});

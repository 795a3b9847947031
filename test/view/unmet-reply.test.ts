import { describe, expect, it } from 'vitest';
import type { Shortcoming } from '../../src/socket/plan/unmet-reply.ts';
import { renderUnmetReply } from '../../src/view/unmet-reply.ts';
import { parseExpectation } from '../../src/wire/expectation.ts';
import { parseReply } from '../../src/wire/reply.ts';
import { page } from '../support/steps.ts';

const shown = (shortcoming: Shortcoming) => renderUnmetReply(shortcoming, page().theme).split('\n');

function different(expected: string, came: string | Uint8Array): string[] {
  return shown({
    kind: 'different',
    expected: parseExpectation(expected),
    came: Buffer.from(came),
  });
}

describe('a reply that is not what was expected', () => {
  it('stands under what was, with a caret where they part', () => {
    expect(different('PONG\\r\\n', 'PO\x1bG\r\n')).toEqual([
      'the reply is not what was expected',
      '  expected  "PONG\\r\\n"',
      '  came      "PO\\x1bG\\r\\n"',
      '               ^ byte 2',
    ]);
  });

  it.each([
    ['', 'x', '^ byte 0: more came than was expected'],
    ['ab', 'a', '^ byte 1: the reply ends here'],
    ['ab', '', '^ byte 0: the reply ends here'],
  ])('expected %j, came %j', (expected, came, told) => {
    expect(different(expected, came)[3]?.trim()).toBe(told);
  });

  it('is shown around the place, where it is long, in 80 columns', () => {
    const before = '\x01'.repeat(1000);
    const lines = different(`${'\\x01'.repeat(1000)}right`, `${before}wrong${before}`);
    expect(lines.slice(1)).toEqual([
      `  expected  ..."${'\\x01'.repeat(6)}right"`,
      `  came      ..."${'\\x01'.repeat(6)}wrong${'\\x01'.repeat(7)}"...`,
      `${' '.repeat(40)}^ byte 1000`,
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('by a pattern stands under the pattern', () => {
    expect(different('/^O[K]\x1b/', 'no')).toEqual([
      'the reply is not what was expected',
      '  expected  /^O[K]^[/',
      '  came      "no"',
    ]);
  });
});

it.each<[Shortcoming, string]>([
  [{ kind: 'short', reply: parseReply('10'), came: 3 }, 'the reply ended after 3 of 10 bytes'],
  [
    { kind: 'short', reply: parseReply('line'), came: 1 },
    'the reply ended after 1 byte, and its line had no end',
  ],
  [
    { kind: 'short', reply: parseReply('until:\\r\\n.'), came: 0 },
    'the reply ended after 0 bytes, and "\\r\\n." had not come',
  ],
  [{ kind: 'long' }, 'the reply is longer than the 16 MiB that --expect compares'],
])('%j', (shortcoming, told) => {
  expect(shown(shortcoming)).toEqual([told]);
});

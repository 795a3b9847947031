import { describe, expect, it } from 'vitest';
import { firstDifference, meets, parseExpectation } from '../../src/wire/expectation.ts';
import type { Reply } from '../../src/wire/reply.ts';
import { TextProblem } from '../../src/wire/text-problem.ts';

const LINE: Reply = { kind: 'line' };
const EOF: Reply = { kind: 'eof' };
const suits = (expected: string, came: string, reply: Reply) =>
  meets(parseExpectation(expected), Buffer.from(came), reply);

describe('an expectation', () => {
  it.each<[expected: string, came: string, reply: Reply, met: boolean]>([
    ['hello', 'hello', EOF, true],
    ['hello', 'hello\n', EOF, false],
    ['hello\\n', 'hello\n', EOF, true],
    ['hello', 'hell', EOF, false],
    ['', '', EOF, true],
    // A line is compared without its ending, unless the text has one.
    ['PONG', 'PONG\r\n', LINE, true],
    ['PONG', 'PONG\n', LINE, true],
    ['PONG\\r\\n', 'PONG\r\n', LINE, true],
    ['PONG\\n', 'PONG\r\n', LINE, false],
    ['PONG', 'PONG\r\r\n', LINE, false],
    ['/^220 .*ready$/', '220 host ready\r\n', LINE, true],
    ['/^220 .*ready$/', '220 host ready\r\n', EOF, false],
    ['/a.b/', 'xa\nbx', EOF, true],
    ['/^.$/', 'ü', EOF, true],
    ['/x/', '', EOF, false],
    ['/', '/', EOF, true],
    ['\\x2ftmp/', '/tmp/', EOF, true],
  ])('%j of %j', (expected, came, reply, met) => {
    expect(suits(expected, came, reply)).toBe(met);
  });

  it.each<[string, readonly [number, number]]>([
    ['/(/', [0, 3]],
    ['a\\q', [1, 3]],
  ])('%j is none', (text, span) => {
    let problem: unknown;
    try {
      parseExpectation(text);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(TextProblem);
    expect(problem).toMatchObject({ span });
  });

  it.each([
    ['', '', -1],
    ['ab', 'ab', -1],
    ['ab', 'ac', 1],
    ['ab', 'abc', 2],
    ['abc', '', 0],
  ])('%j and %j part at %i', (one, other, at) => {
    expect(firstDifference(Buffer.from(one), Buffer.from(other))).toBe(at);
  });
});

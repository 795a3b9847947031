/** What parser.ts says of a line that it can't read, and how long hostile lines keep it busy. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyntaxProblem } from '../../src/script/lexer.ts';
import { parseStatement } from '../../src/script/parser.ts';
import { cpuTime } from '../support/cpu-time.ts';
import { marked, marking } from '../support/marked.ts';

function problemOf(line: string): SyntaxProblem {
  try {
    parseStatement(line);
  } catch (error) {
    if (error instanceof SyntaxProblem) return error;
    throw error;
  }
  throw new Error(`no problem in ${line}`);
}

describe('a mistake is marked in the line, and named', () => {
  it.each<[written: string, message: RegExp, suggestion?: string]>([
    // The call.
    ['«bnid»(server, :80)', /there is no call bnid/, 'bind'],
    ['x = «lisetn»(server, 1)', /there is no call lisetn/, 'listen'],
    ['«acept» server', /there is no call acept/, 'accept'],
    ['«CLOSE»(s)', /there is no call CLOSE/, 'close'],
    ['«frobnicate»(s)', /there is no call/],
    ['«constructor»(s)', /there is no call/],
    ['«5»', /a call is wanted/],
    ['«(»close s)', /a call is wanted/],
    ['x =«»', /a call is wanted/],
    ['x = «"y"»', /a call is wanted/],
    ['x = «=» close(s)', /a call is wanted/],
    // The name.
    ['«bind» = socket(AF_INET, SOCK_STREAM, 0)', /is a call and can’t be a name/],
    ['«AF_INET» = socket(AF_INET, SOCK_STREAM, 0)', /is a constant and can’t be a name/],
    // The arguments.
    ['«close()»', /close takes socket/],
    ['«close»', /close takes socket/],
    ['«close(a, b)»', /close takes socket/],
    ['«close a b»', /close takes socket/],
    ['«bind(s)» = 0', /bind takes socket, address/],
    ['«fcntl(s)»', /fcntl takes socket, command, \[argument\]/],
    ['close(s«»', /closing \) is missing/],
    ['close(«»', /closing \) is missing/],
    ['bind(s,«»', /closing \) is missing/],
    ['bind(s, «)»', /argument is missing/],
    ['bind(«,» s)', /argument is missing/],
    ['bind(s «:80»)', /a comma is wanted/],
    ['close(s «=» 0', /a comma is wanted/],
    ['write(s, «*» 3)', /argument is wanted/],
    ['write(s, «/x/»)', /argument is wanted/],
    ['bind(s, 127.0.0.1:«65536»)', /port is a number from 0 to 65535/],
    ['bind(s, «256.1.1.1»:80)', /not an IPv4 address/],
    ['bind s «127.1»:80', /not an IPv4 address/],
    ['bind(s, «0x7f.1»:80)', /not an IPv4 address/],
    ['bind(s, [::1]«)»', /port/],
    ['bind s [::1]«»', /port/],
    ['bind(s, [«::g»]:80)', /not an IPv6 address/],
    ['bind(s, [::1]:«»', /port is missing/],
    ['connect(s, localhost:«nosuchservice»)', /no service/],
    ['fcntl(s, F_SETFL, O_RDWR|«)»', /constant is wanted behind \|/],
    ['fcntl(s, F_SETFL, O_RDWR|«»', /constant is wanted behind \|/],
    ['fcntl s F_SETFL O_RDWR|«"x"»', /constant is wanted behind \|/],
    ['write(s, "x" * «y»)', /count is wanted behind \*/],
    ['write(s, "x" *«»', /count is wanted behind \*/],
    ['write(s, "x" * «-1»)', /at most 16777216 bytes/],
    ['write(s, "xy" * «8388609»)', /at most 16777216 bytes/],
    ['write(s, "x" * «9007199254740991»)', /at most 16777216 bytes/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {1 «0»})', /a comma is wanted/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {1, «x»})', /number is wanted/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {1, «}»)', /number is wanted/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {«,»1})', /number is wanted/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {1,«»', /number is wanted/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {1«»', /} is missing/],
    // What is expected.
    ['close(s) =«»', /wanted behind =/],
    ['close(s) = «)»', /wanted behind =/],
    ['close(s) = «EADDRINUS»', /is no answer/, 'EADDRINUSE'],
    ['close(s) = «blokced»', /is no answer/, 'blocked'],
    ['close(s) = «whatever»', /is no answer/],
    ['read(s, 1) = «/(/»', /not a regular expression/],
    ['getsockname(s) = 127.0.0.1:«99999»', /port is a number/],
    ['getsockopt(s, SOL_SOCKET, SO_LINGER) = {«x»}', /number is wanted/],
    ['read(s, 1) = "x" * «y»', /count is wanted/],
    // Behind the end.
    ['close(s) «close»(t)', /one statement a line/],
    ['close(s)«)»', /one statement a line/],
    ['close(s) = 0 «1»', /one statement a line/],
    ['close(s)«;» close(t)', /one statement a line/],
    ['read(s, 1) = /x/ «...»', /one statement a line/],
    // The lexer's, with their place in the whole line.
    ['write(s, "a«\\q»")', /unknown escape/],
    ['write(s, «"abc»', /closing "/],
  ])('%s', (written, message, suggestion) => {
    const { text } = marked(written);
    const problem = problemOf(text);
    expect(marking(text, problem.span)).toBe(written);
    expect(problem.message).toMatch(message);
    expect(problem.suggestion).toBe(suggestion ?? null);
  });

  it.each([
    ['connect(s, «tpc»:127.0.0.1:80)', /unknown scheme/],
    ['connect(s, «http»://127.0.0.1:80)', /unknown scheme/],
    ['connect(s, «::1:80»)', /brackets/],
  ])('%s: an endpoint is as well explained as on the command line', (written, message) => {
    const { text } = marked(written);
    const problem = problemOf(text);
    expect({ marks: marking(text, problem.span), message: problem.message }).toEqual({
      marks: written,
      message: expect.stringMatching(message),
    });
  });
});

/** Pieces of the language, and of what people mistype; small numbers, so that nothing is large. */
const PIECES = [
  ...'()[]{},=|*;.:/\\"\'#@%&-+ \t\n\u2028é😀\ud800\u0000',
  ...['s', 'bind(', 'close', 'write(s, ', 'setsockopt', 'x-y = ', 'AF_INET', 'O_RDWR|', 'NULL'],
  ...['blocked', '...', ' = ', 'hex"', '"a"', '/a/', '/(/', '{1, ', ', ', '1', '0x1f', '007'],
  ...['127.0.0.1:', '::1', '[::1]:80', '[fe80::1%x]:1', 'unix:', 'tcp://', ':8', '99999', ':http'],
];
const anyLine = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

describe('any text', () => {
  it('is a statement, or is refused with a place within the line', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        try {
          const statement = parseStatement(line);
          for (const [from, to] of statement?.spans ?? []) {
            expect(from).toBeLessThan(to);
            expect(to).toBeLessThanOrEqual(line.length);
          }
        } catch (error) {
          if (!(error instanceof SyntaxProblem)) throw error;
          const [from, to] = error.span;
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(line.length + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

const HOSTILE = [
  ...['a.a.a.', 'a...a...', '((((', '1.1.1', '[[[[', 'hex"', 'a|a|a', '-a-a', '/a/a'],
  ...[
    'a-a-',
    'aaaa',
    '1111',
    '1.',
    ':a:a',
    'a:a ',
    '[a]:',
    '....',
    '""',
    '"\\x41',
    '"a" ',
    'hex"00" ',
  ],
  ...[
    '/\\',
    '{1,',
    '1,',
    '1|',
    's ',
    '= ',
    '* 1',
    ';',
    '; ',
    '#',
    ' ',
    '\n',
    'tcp:',
    'unix:a',
    '*:*',
    '\\',
  ],
] as const;

/** Milliseconds of CPU time that one line takes: the less of two runs. */
function millisecondsFor(line: string): number {
  const run = () =>
    cpuTime(() => {
      try {
        parseStatement(line);
      } catch (error) {
        if (!(error instanceof SyntaxProblem)) throw error;
      }
    });
  return Math.min(run(), run());
}

describe('a hostile line of 64 KiB', () => {
  // Time is all that can be seen from outside. Four times the length takes four times as long
  // where the reader is linear, and sixteen times where it is quadratic; with 64 Ki characters
  // that would be seconds. 9 lies between; the 100 ms keep small times, which are noise, out.
  it.each(['', 'write(s, ', 'close ', 'x = read(s, 1) = '])(
    'is read in linear time behind %j',
    (start) => {
      for (const piece of HOSTILE) {
        const line = (length: number) =>
          start + piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
        const short = millisecondsFor(line(16 * 1024));
        const long = millisecondsFor(line(64 * 1024));
        expect(long, `${piece} ${short} ms, ${long} ms`).toBeLessThan(9 * short + 100);
      }
    },
  );
});

/** What parser.ts says of a line that it can't read, and how long hostile lines keep it busy. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyntaxProblem } from '../../src/script/lexer.ts';
import { parseLine, parseStatement } from '../../src/script/parser.ts';
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
    ['«while» (1) {', /no loops/],
    ['«for» (;;) {', /no loops/],
    ['x = 5 «+» 3', /no arithmetic/],
    ['«constructor»(s)', /there is no call/],
    ['«5»', /a call is wanted/],
    ['«(»close s)', /a call is wanted/],
    ['x =«»', /a call is wanted/],
    ['«"y"» = x', /a call is wanted/],
    ['x = «=» close(s)', /a call is wanted/],
    ['«x» == close(s)', /there is no call x/],
    ['x = «htosn»(80)', /there is no call htosn/, 'htons'],
    ['write(s, «htosn»(80))', /there is no call htosn/, 'htons'],
    ['write(s, «htons()»)', /htons takes number/],
    ['listen(s, «htons(1, 2)»)', /htons takes number/],
    // The name.
    ['«bind» = socket(AF_INET, SOCK_STREAM, 0)', /is a call and can’t be a name/],
    ['«AF_INET» = socket(AF_INET, SOCK_STREAM, 0)', /is a constant and can’t be a name/],
    ['«bind» = 5', /is a call and can’t be a name/],
    ['«AF_INET» = 5', /is a constant and can’t be a name/],
    ['a, «read» = socketpair(AF_UNIX, SOCK_STREAM, 0)', /is a call and can’t be a name/],
    ['«blocked» = 5', /has a meaning/],
    ['«LISTEN» = 5', /has a meaning/],
    ['«int» = 5', /has a meaning/],
    ['int a, «listen»;', /is a call and can’t be a name/],
    [`«${'x'.repeat(64)}» = 5`, /at most 63 characters/],
    // Declarations and the lines around calls.
    ['int «5»;', /a name is wanted/],
    ['int a,«»', /a name is wanted/],
    ['int «a.b»;', /not a name/],
    ['int «a[2][3]»;', /not a name/],
    ['char a[«5x»];', /not a number/],
    ['int a = «;»', /argument is wanted/],
    ['memset(«5», 0, 1)', /a name is wanted/],
    ['perror(«x»)', /text is wanted/],
    ['exit(«)»', /argument is missing/],
    ['return 1 «2»;', /one statement a line/],
    ['if (listen(s, 1) «{»', /a comparison is wanted/],
    ['if (listen(s, 1)«)» {', /a comparison is wanted/],
    ['if (listen(s, 1) < 0«»', /closing \) is missing/],
    ['if (listen(s, 1) < 0)«»', /a \{ is wanted/],
    ['if (listen(s, 1) < 0) «close»(s);', /only perror/],
    ['if (listen(s, 1) < 0) { exit(1);«»', /closing } is missing/],
    ['if ((«(»x = accept(s))) < 0) {', /a call is wanted/],
    ['} else«»', /a \{ is wanted/],
    ['struct person { char name[30]; uint32_t «}»', /name is missing/],
    ['struct person { «uint23_t» age; }', /not a type/, 'uint32_t'],
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
    ['write(s, &«5»)', /a name is wanted behind &/],
    ['write(s, &«»', /a name is wanted behind &/],
    ['read(s, sizeof(«5»))', /a name or a type/],
    ['read(s, sizeof(msg«»', /closing \) is missing/],
    ['poll([{s, POLLIN}, 5«»', /closing \] is missing/],
    ['poll([{s, POLLIN}, «]», 5)', /a value is wanted/],
    ['read(s, (64«»', /closing \) is missing/],
    ['write(s, «/x/»)', /argument is wanted/],
    ['bind(s, 127.0.0.1:«65536»)', /port is a number from 0 to 65535/],
    ['bind(s, «256.1.1.1»:80)', /not an IPv4 address/],
    ['bind s «127.1»:80', /not an IPv4 address/],
    ['bind(s, «0x7f.1»:80)', /not an IPv4 address/],
    ['bind(s, [::1]«)»', /port/],
    ['bind s [::1]«»', /port/],
    ['bind(s, [«::g»]:80)', /not an IPv6 address/],
    ['bind(s, [::1]:«»', /port is missing/],
    ['connect(s, 127.0.0.1:«1x»)', /no service/],
    ['connect(s, 127.0.0.1:«no.service»)', /no service/],
    ['fcntl(s, F_SETFL, O_RDWR|«)»', /constant is wanted behind \|/],
    ['fcntl(s, F_SETFL, O_RDWR|«»', /constant is wanted behind \|/],
    ['fcntl s F_SETFL O_RDWR|«"x"»', /constant is wanted behind \|/],
    ['write(s, "x" * «y»)', /count is wanted behind \*/],
    ['write(s, "x" *«»', /count is wanted behind \*/],
    ['write(s, "x" * «-1»)', /at most 16777216 bytes/],
    ['write(s, "xy" * «8388609»)', /at most 16777216 bytes/],
    ['write(s, "x" * «9007199254740991»)', /at most 16777216 bytes/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {1 «0»})', /a comma is wanted/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {1, «/x/»})', /argument is wanted/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {1, «}»)', /a value is wanted/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {«,»1})', /a value is wanted/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {1,«»', /a value is wanted/],
    ['setsockopt(s, SOL_SOCKET, SO_LINGER, {1«»', /} is missing/],
    // What is expected.
    ['close(s) =«»', /wanted behind =/],
    ['close(s) = «)»', /wanted behind =/],
    ['close(s) = «EADDRINUS»', /is no answer/, 'EADDRINUSE'],
    ['close(s) = «EOFF»', /is no answer/, 'EOF'],
    ['poll(s, POLLIN) = «POLIN»|POLLOUT', /there is no constant POLIN/, 'POLLIN'],
    ['poll(s, POLLIN) = POLLIN|«POLOUT»', /there is no constant POLOUT/, 'POLLOUT'],
    ['poll(s, POLLIN) = POLLIN|«»', /constant is wanted behind \|/],
    ['read(s, 1) = htons(«»', /closing \) is missing/],
    ['read(s, 1) = «htons()»', /htons takes number/],
    ['read(s, 1) = «/(/»', /not a regular expression/],
    ['getsockname(s) = 127.0.0.1:«99999»', /port is a number/],
    ['getsockopt(s, SOL_SOCKET, SO_LINGER) = {1, «}»', /a value is wanted/],
    ['read(s, 1) = "x" * «y»', /count is wanted/],
    // Behind the end.
    ['close(s) «close»(t)', /one statement a line/],
    ['close(s)«)»', /one statement a line/],
    ['close(s) = 0 «1»', /one statement a line/],
    ['close(s); «close»(t)', /one statement a line/],
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
  ...[
    'if (',
    '((',
    ') < 0) {',
    '}',
    'else {',
    'int ',
    'struct a',
    'sizeof(',
    '(int *)',
    '&',
    '[0]',
  ],
  ...[
    'exit(',
    'return',
    'perror(',
    '/*',
    '//',
    '-1 EIO',
    '5s',
    '.x',
    'htons(',
    'LISTEN',
    'memset(',
  ],
  ...['127.0.0.1:', '::1', '[::1]:80', '[fe80::1%x]:1', 'unix:', 'tcp://', ':8', '99999', ':http'],
];
const anyLine = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

describe('any text', () => {
  it('is read, or is refused with a place within the line', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        try {
          const read = parseLine(line);
          const spans = read?.kind === 'call' ? read.statement.spans : [];
          for (const [from, to] of spans) {
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
  ...['{', '}', '{}', '[1,', '[a:', '[::', '[a[1', 'a[1].b', '(x', '(x)', '(int*)', '(a b', '&&&&'],
  ...['sizeof(', 'sizeof ', 'htons(', 'if(', 'if((', 'if ((a = ', '/*', '/**/', '//', '*/', '/*/'],
  ...[
    'x{',
    'x{"a",',
    'int a,',
    'char a[1],',
    'struct ',
    'struct a {',
    'struct a { int a; ',
    'a=b,',
  ],
  ...['exit(', 'return ', 'perror("', '} else {', 'memset(', '-1 EIO (', '5s', '<=', 'a.b[2].'],
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

describe('what goes too deep', () => {
  it.each([
    ['write(s, ', '{', ''],
    ['write(s, ', '[', ''],
    ['write(s, ', '(', ''],
    ['write(s, ', '(int) ', '1'],
    ['write(s, ', '(struct a *) ', '&x'],
    ['write(s, ', 'htons(', '1'],
    ['write(s, ', 'person{', ''],
    ['x = ', '[{(', ''],
    ['read(s, 1) = ', '{', ''],
    ['if (listen(s, 1) < ', '(', ''],
  ])('is refused, not a stack overflow: %s%s…', (start, piece, end) => {
    const problem = problemOf(`${start}${piece.repeat(5000 / piece.length)}${end}`);
    expect(problem.message).toMatch(/nested too deeply|a value is wanted|missing/);
  });

  it('begins where nobody writes so many levels', () => {
    const nested = (levels: number) => `x = ${'{'.repeat(levels)}1${'}'.repeat(levels)}`;
    expect(parseLine(nested(60))).toMatchObject({ kind: 'assign' });
    expect(() => parseLine(nested(70))).toThrow(/nested too deeply/);
  });

  it('has an end in a call’s arguments, too', () => {
    const line = (count: number) =>
      `fprintf(f, "", ${Array(count - 2)
        .fill('1')
        .join(', ')})`;
    expect(parseStatement(line(256))?.call.args).toHaveLength(256);
    expect(() => parseStatement(line(257))).toThrow(/at most 256 arguments/);
  });
});

describe('a hostile line of 64 KiB', () => {
  // Time is all that can be seen from outside. Four times the length takes four times as long
  // where the reader is linear, and sixteen times where it is quadratic; with 64 Ki characters
  // that would be seconds. 9 lies between; the 50 ms keep small times, which are noise, out.
  it.each(['', 'write(s, ', 'close ', 'x = read(s, 1) = ', 'x = ', 'int ', 'struct a { '])(
    'is read in linear time behind %j',
    (start) => {
      for (const piece of HOSTILE) {
        const line = (length: number) =>
          start + piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
        const short = millisecondsFor(line(16 * 1024));
        const long = millisecondsFor(line(64 * 1024));
        expect(long, `${piece} ${short} ms, ${long} ms`).toBeLessThan(9 * short + 50);
      }
    },
  );
});

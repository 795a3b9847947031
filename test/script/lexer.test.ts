import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyntaxProblem, tokensOf } from '../../src/script/lexer.ts';
import { marked, marking } from '../support/marked.ts';
import { has } from '../support/tools.ts';

/** The one token that `line` is. */
function only(line: string) {
  const [token, ...more] = tokensOf(line);
  expect(more).toEqual([]);
  expect(token?.span).toEqual([0, line.length]);
  return token;
}

function bytesOf(line: string): number[] | null {
  const token = only(line);
  return token?.kind === 'string' ? [...token.bytes] : null;
}

function problemOf(line: string): SyntaxProblem {
  try {
    tokensOf(line);
  } catch (error) {
    if (error instanceof SyntaxProblem) return error;
    throw error;
  }
  throw new Error(`no problem in ${line}`);
}

describe('a line', () => {
  it('is cut into tokens that know their places', () => {
    expect(tokensOf('n = read(conn, 0x40) # so many')).toEqual([
      { kind: 'word', text: 'n', span: [0, 1] },
      { kind: 'mark', text: '=', span: [2, 3] },
      { kind: 'word', text: 'read', span: [4, 8] },
      { kind: 'mark', text: '(', span: [8, 9] },
      { kind: 'word', text: 'conn', span: [9, 13] },
      { kind: 'mark', text: ',', span: [13, 14] },
      { kind: 'number', value: 64, span: [15, 19] },
      { kind: 'mark', text: ')', span: [19, 20] },
    ]);
  });

  it.each(['', '   \t', '# nothing', '  # a "quoted" # comment'])('%j has no tokens', (line) => {
    expect(tokensOf(line)).toEqual([]);
  });

  it('knows every mark, and ... as one', () => {
    const marks = '( ) { } [ ] , = | * ; & < > == != <= >= ...';
    const texts = tokensOf(marks).map((token) => (token.kind === 'mark' ? token.text : token.kind));
    expect(texts).toEqual(marks.split(' '));
  });

  it.each([
    ['a /* b, c */ d', 'a d'],
    ['a // b "c', 'a'],
    ['a # b /* c', 'a'],
    ['a /* b */', 'a'],
    ['a /**/ b', 'a b'],
    ['"/*" // "*/"', '"/*"'],
    ['a # b\u2028c', 'a'],
  ])('%j has comments as C and shells have them', (line, plain) => {
    const kinds = (text: string) => tokensOf(text).map(({ span: _, ...token }) => token);
    expect(kinds(line)).toEqual(kinds(plain));
  });

  it('may have 10,000 words and signs, and no more', () => {
    expect(tokensOf(','.repeat(10_000))).toHaveLength(10_000);
    const problem = problemOf(','.repeat(10_001));
    expect([problem.message, problem.span]).toEqual([
      expect.stringMatching(/at most 10000/),
      [10_000, 10_001],
    ]);
  });
});

describe('words and numbers', () => {
  it.each([
    ...['server', 'SOCK_STREAM', '_x', 'c2', 'FIN-WAIT-2', 'a-b'],
    ...['addr.sin_port', 'addr.sin_addr.s_addr', 'pair[0]', 'pets[2].name', 'buf[64]'],
  ])('%s is a word', (text) => {
    expect(only(text)).toEqual({ kind: 'word', text, span: [0, text.length] });
  });

  it.each([
    ['200ms', 200],
    ['5s', 5000],
    ['2m', 120_000],
    ['1.5s', 1500],
    ['0ms', 0],
  ])('%s is a time', (text, ms) => {
    expect(only(text)).toEqual({ kind: 'duration', ms, span: [0, text.length] });
  });

  it.each([
    ['0', 0],
    ['42', 42],
    ['-1', -1],
    ['0x2a', 42],
    ['0XFF', 255],
    ['-0x10', -16],
    ['-0', 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%s is a number', (text, value) => {
    expect(only(text)).toEqual({ kind: 'number', value, span: [0, text.length] });
  });
});

describe('strings', () => {
  it.each([
    ['""', []],
    ['"a"', [97]],
    ['"a#b"', [97, 35, 98]],
    ['"\\n\\r\\t\\a\\b\\f\\v"', [10, 13, 9, 7, 8, 12, 11]],
    ['"\\\\\\"\\\'\\?"', [92, 34, 39, 63]],
    ['"\\0\\012\\377"', [0, 10, 255]],
    ['"\\0129"', [10, 57]],
    ['"\\xffab"', [255, 97, 98]],
    ['"é€😀"', [...Buffer.from('é€😀')]],
    ['hex""', []],
    ['hex"de ad"', [0xde, 0xad]],
    ['hex"DEADbeef"', [0xde, 0xad, 0xbe, 0xef]],
    ['hex"d e a d"', [0xde, 0xad]],
  ])('%s', (line, bytes) => {
    expect(bytesOf(line)).toEqual(bytes);
  });

  it('mean the bytes that Python reads in the same literal', (context) => {
    if (!has('python3')) return context.skip('python3 is not installed');
    const piece = fc.oneof(
      fc.constantFrom('\\n', '\\r', '\\t', '\\a', '\\b', '\\f', '\\v', '\\\\', '\\"', "\\'"),
      fc.integer({ min: 0, max: 255 }).map((n) => `\\x${n.toString(16).padStart(2, '0')}`),
      fc.integer({ min: 0, max: 255 }).map((n) => `\\${n.toString(8)}`),
      fc.constantFrom('a', 'f', '0', '9', ' ', '#', "'", '(', '~'),
    );
    const literals = fc.sample(
      fc.array(piece, { maxLength: 12 }).map((all) => `"${all.join('')}"`),
      300,
    );
    const program =
      'import ast,json,sys; print(json.dumps([list(ast.literal_eval("b"+s)) for s in json.load(sys.stdin)]))';
    const { stdout } = spawnSync('python3', ['-c', program], { input: JSON.stringify(literals) });
    const theirs: unknown = JSON.parse(stdout.toString());
    expect(literals.map(bytesOf)).toEqual(theirs);
  });
});

describe('endpoints', () => {
  it.each([
    ':8888',
    ':0',
    '127.0.0.1:8888',
    '[::1]:8888',
    '[fe80::1%lo]:80',
    'localhost:http',
    'example.org:80',
    'xn--bcher-kva.example:80',
    'a-b.example.:80',
    '*:8888',
    '0.0.0.0:8888',
    '[::]:8888',
    'udp::8888',
    'udp:127.0.0.1:53',
    'udp:[::1]:53',
    'tls:example.org:443',
    'tcp:*:80',
    'unix:/tmp/a-b.sock',
    'unix:@name',
    'unixgram:/tmp/x',
    'tcp://127.0.0.1:80',
    'udp://localhost:53',
    'tls://example.org:443',
    'unix:///tmp/x',
  ])('%s is one token', (text) => {
    expect(only(text)).toEqual({ kind: 'endpoint', text, span: [0, text.length] });
  });

  it.each([
    ['[a, b]', ['[', 'a', ',', 'b', ']']],
    ['[127.0.0.1:80]', ['[', '127.0.0.1:80', ']']],
    ['[127.0.0.1:80, [::1]:80]', ['[', '127.0.0.1:80', ',', '[::1]:80', ']']],
    ['[pair[0]]', ['[', 'pair[0]', ']']],
    ['[{a, POLLIN}]', ['[', '{', 'a', ',', 'POLLIN', '}', ']']],
  ])('are told from the list %s', (line, texts) => {
    expect(tokensOf(line).map(({ span }) => line.slice(...span))).toEqual(texts);
  });

  it('end where the argument ends', () => {
    expect(tokensOf('bind(s,unix:/tmp/x)=0').map((token) => token.span)).toEqual([
      [0, 4],
      [4, 5],
      [5, 6],
      [6, 7],
      [7, 18],
      [18, 19],
      [19, 20],
      [20, 21],
    ]);
  });
});

describe('regular expressions', () => {
  it.each([
    ['/hel+o/', 'hel+o'],
    ['/a b#"c/', 'a b#"c'],
    ['/a\\/b/', 'a\\/b'],
    ['/\\\\/', '\\\\'],
  ])('%s', (line, source) => {
    expect(only(line)).toEqual({ kind: 'regex', source, span: [0, line.length] });
  });
});

describe('what strace writes behind a failure', () => {
  it.each(['Broken pipe', 'Input/output error', '.lib section in a.out corrupted', ''])(
    '(%s) is left out',
    (text) => {
      expect(tokensOf(`-1 EIO (${text})`)).toEqual(tokensOf('-1 EIO'));
    },
  );

  it('is left out there alone', () => {
    expect(tokensOf('-1, EIO (x)')).toHaveLength(6);
    expect(tokensOf('1 EIO (x)')).toHaveLength(5);
  });
});

describe('what makes no sense', () => {
  it.each([
    ['read(s, «010»)', /leading zero/],
    ['read(s, «-007»)', /leading zero/],
    ['read(s, «9007199254740992»)', /too large/],
    ['read(s, «12ab»)', /not a number/],
    ['read(s, «0x»)', /not a number/],
    ['bind(s, «127.0.0.1»)', /not a number.*address with a port/],
    ["write(s, «'hi'»)", /double quotes/],
    ["write(s, «'Host:» x')", /double quotes/],
    ['sleep(«9007199254740992ms»)', /too long/],
    ['read(s, 1) «/* and so on»', /closing \*\//],
    ['close(«@»)', /means nothing/],
    ['close(s) «?!» x', /means nothing/],
    ['write(s, «"hel»', /closing "/],
    ['write(s, «"a\\"»', /closing "/],
    ['write(s, "a«\\q»")', /unknown escape.*\\xNN/],
    ['write(s, "«\\x»4")', /unknown escape/],
    ['write(s, "«\\»', /unknown escape/],
    ['write(s, hex"de a«g»")', /hexadecimal digit/],
    ['write(s, hex"«de a»")', /two hexadecimal digits/],
  ])('%s', (written, message) => {
    const { text } = marked(written);
    const problem = problemOf(text);
    expect(marking(text, problem.span)).toBe(written);
    expect(problem.message).toMatch(message);
  });
});

/** Pieces that a line of the language, or a typing error in it, is made of. */
const PIECES = [
  ...'()[]{},=|*;.:/\\"\'#@%&-+~ \t\n\r\u2028é😀\ud800\u0000',
  ...['a', 'bind', 'x-y', 'AF_INET', 'NULL', 'blocked', '...', 'hex"', '"a"', '/a/', '\\x4'],
  ...['/*', '*/', '//', '-1 EIO', '[0]', '.x', '5s', '<=', '&'],
  ...['1', '0x', '007', '127.0.0.1', '::1', '[::1]:80', 'unix:', 'tcp://', ':8', '99999'],
];
const anyLine = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?:#|\/\/)[^\r\n]*/g, '').trim();
}

describe('any text', () => {
  it('is cut into tokens in order, or refused with a place within it', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        let end = 0;
        try {
          for (const { span } of tokensOf(line)) {
            // Between two tokens there are blanks and comments; and what strace writes.
            expect(withoutComments(line.slice(end, span[0]))).toMatch(/^(\(.*\))?$/s);
            expect(span[1]).toBeGreaterThan(span[0]);
            end = span[1];
          }
          expect(withoutComments(line.slice(end))).toMatch(/^(\(.*\))?$/s);
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KnownStructs, StructProblem } from '../../../src/wire/struct/definition.ts';
import { parseFields, parseStruct } from '../../../src/wire/struct/parse.ts';
import { cpuTime } from '../../support/cpu-time.ts';
import { marked, marking } from '../../support/marked.ts';
import { known, SPELLINGS } from '../../support/structs.ts';

const POINT = known('struct point { short x, y; }');

/** What is wrong, with the place that is wrong between « and »; and what would be right. */
function problem(text: string, structs: KnownStructs = POINT): [string, string, string | null] {
  const parse = /^(struct \S+ ?\{|struct __attr|typedef|struct$)/.test(text)
    ? parseStruct
    : parseFields;
  try {
    parse(text, structs);
  } catch (error) {
    if (!(error instanceof StructProblem)) throw error;
    return [marking(text, error.span), error.message, error.suggestion];
  }
  throw new Error(`nothing is wrong with ${text}`);
}

describe('fields', () => {
  it('are names, types and lengths', () => {
    const { fields } = parseFields('char name[30]; uint32_t age;');
    expect(fields).toEqual([
      {
        name: 'name',
        type: { kind: 'scalar', written: 'char', scalar: { kind: 'char', size: 1 } },
        count: 30,
      },
      {
        name: 'age',
        type: { kind: 'scalar', written: 'uint32_t', scalar: { kind: 'unsigned', size: 4 } },
        count: null,
      },
    ]);
  });

  it.each([
    ['int a', ['a']],
    ['int a, b[2], c;', ['a', 'b', 'c']],
    ['int a;\n// int x;\nint b; /* int y; */ int /**/ c', ['a', 'b', 'c']],
    [
      'long long unsigned _a1; int uint8_t, packed, network',
      ['_a1', 'uint8_t', 'packed', 'network'],
    ],
    ['struct point p; point q[2];', ['p', 'q']],
  ])('%j', (text, names) => {
    expect(parseFields(text, POINT).fields.map(({ name }) => name)).toEqual(names);
  });

  it('may have any type of C that has the same bytes everywhere', () => {
    for (const written of SPELLINGS) {
      expect(parseFields(`${written} x`).fields[0]?.type.written).toBe(written);
    }
  });

  it('of a struct carry its definition', () => {
    const [field] = parseFields('struct point p', POINT).fields;
    expect(field?.type).toEqual({
      kind: 'struct',
      written: 'struct point',
      struct: POINT.get('point'),
    });
  });
});

describe('a struct', () => {
  it.each([
    ['struct a { int x; }', { name: 'a', packed: false, order: 'host' }],
    ['struct a { int x; };', { name: 'a', packed: false, order: 'host' }],
    ['struct a { int x } packed', { name: 'a', packed: true, order: 'host' }],
    ['struct a {int x;} network packed;', { name: 'a', packed: true, order: 'network' }],
    ['struct a {int x;} little', { name: 'a', packed: false, order: 'little' }],
    ['struct a {int x;} host', { name: 'a', packed: false, order: 'host' }],
    ['struct a {int x;} __attribute__((packed));', { name: 'a', packed: true, order: 'host' }],
    ['struct __attribute__((__packed__)) a {int x;};', { name: 'a', packed: true, order: 'host' }],
    ['typedef struct {int x;} a;', { name: 'a', packed: false, order: 'host' }],
    ['typedef struct b {int x;} packed a network;', { name: 'a', packed: true, order: 'network' }],
    ['struct packed { int x; }', { name: 'packed', packed: false, order: 'host' }],
  ])('%s', (text, expected) => {
    const { fields, ...rest } = parseStruct(text);
    expect(rest).toEqual(expected);
    expect(fields.map(({ name }) => name)).toEqual(['x']);
  });
});

describe('what is wrong is pointed at', () => {
  it.each([
    // Types
    ['«uint23_t» age', 'not a type that is known here', 'uint32_t'],
    ['int a; «itn» b', 'not a type that is known here', 'int'],
    ['«pont» p', 'not a type that is known here', 'point'],
    ['struct «pont» p', 'no struct of this name was defined', 'point'],
    ['struct «zzz» p', 'no struct of this name was defined', null],
    ['struct «;» p', 'the struct’s name is missing', null],
    ['«long double» x', 'a long double’s bytes differ', null],
    ['«unsigned float» x', 'C has no such type', null],
    ['«long long long» x', 'C has no such type', null],
    ['«signed unsigned int» x', 'C has no such type', null],
    ['«short char» x', 'C has no such type', null],
    ['«;»', 'a type is missing', null],
    ['int a; «}»', 'a type is missing', null],
    ['«3» a', 'a type is missing', null],
    ['«union» u', 'no unions', null],
    ['«enum» e', 'no enums', null],
    ['«void» v', 'void has no bytes', null],
    ['«const» int a', 'this says nothing about bytes', null],
    ['int a; «typedef» int b', 'a typedef stands alone', null],
    ['struct «{» int x; } p', 'no struct is defined among the fields', null],
    ['int a; struct q «{» int x; } p', 'no struct is defined among the fields', null],
    // Names
    ['int «»', 'the field’s name is missing', null],
    ['int «;»', 'the field’s name is missing', null],
    ['char «[»30]', 'the field’s name is missing', null],
    ['int a, «;»', 'the field’s name is missing', null],
    ['int «2x»', 'a name begins with a letter', null],
    ['uint8_t «int»', 'a word of C: the field needs another name', null],
    ['uint8_t «struct»', 'a word of C', null],
    ['int a; char «a»[3]', 'another field has this name', null],
    ['int a, «a»', 'another field has this name', null],
    [`int «${'a'.repeat(64)}»`, 'a name has at most 63 characters', null],
    // What has no meaning on the wire
    ['char «*»name', 'no pointers: an address means something in one process only', null],
    ['void «*»p', 'no pointers', null],
    ['FILE «*»f', 'no pointers', null],
    ['int a, «*»b', 'no pointers', null],
    ['int «(»*f)(int)', 'no pointers', null],
    ['int f«(»int)', 'no functions', null],
    ['unsigned a «:» 3', 'no bit fields', null],
    // Lengths
    ['char a[«]»', 'a length is missing', null],
    ['char a[«0»]', 'an array of none has no bytes', null],
    ['char a[«-»1]', 'nothing here can be less than zero', null],
    ['char a[«N»]', 'a length is a number here', null],
    ['char a[«010»]', 'not a length: 30, or 0x1e', null],
    ['char a[«0xg»]', 'not a length: 30, or 0x1e', null],
    ['char a[3«;»', 'the closing ] is missing', null],
    ['char a[3«+»1]', 'this means nothing in a declaration', null],
    ['int a[2]«[»3]', 'one dimension only', null],
    ['char a[«16777217»]', 'too large: a struct has at most 16 MiB', null],
    [`char a[«${'9'.repeat(400)}»]`, 'too large', null],
    ['int a; int «b»[4194304]', 'too large', null],
    ['char a[16777215]; int «b»', 'too large', null],
    // Marks
    ['int a «int» b', 'a ; is missing before this', null],
    ['int a «}»', 'this } closes nothing', null],
    ['int a«=» 3', 'a declaration only', null],
    ['«#»include <stdint.h>', 'no preprocessor here', null],
    ['int «ä»', 'this means nothing in a declaration', null],
    ['int «😀»', 'this means nothing in a declaration', null],
    ['int a; «/*» int b;', 'the comment’s closing */ is missing', null],
    ['int a; «/*»/ int b;', 'the comment’s closing */ is missing', null],
    ['«»', 'at least one field is needed', null],
    // Whole structs
    ['struct a {«}»', 'at least one field is needed', null],
    ['struct a { int x;«»', 'the closing } is missing', null],
    ['struct a { int x«»', 'the closing } is missing', null],
    ['struct a { struct «a» next; }', 'a struct can’t contain itself', null],
    ['struct a { «a» next; }', 'a struct can’t contain itself', null],
    ['struct a { struct a «*»next; }', 'no pointers', null],
    ['struct point { «point» p; }', 'a struct can’t contain itself', null],
    ['struct «uint8_t» { int x; }', 'a word of C: the struct needs another name', null],
    ['struct a { int x; } «big»', 'behind the } stand packed, network, little, host', 'network'],
    ['struct a { int x; } «packd»', 'behind the } stand', 'packed'],
    ['struct a { int x; } «x»', 'behind the } stand', null],
    ['struct a { int x; } network «little»', 'the byte order was said already', null],
    ['struct a { int x; }; «struct» b', 'a struct’s declaration ends before this', null],
    ['struct a { int x; } «[»3]', 'a struct’s declaration ends before this', null],
    ['struct a { int x; } __attribute__((«aligned»(8)))', '__attribute__((packed)) is', null],
    ['struct a { int x; } __attribute__ «packed»', '__attribute__((packed)) is', null],
    ['struct __attribute__((packed)) «{» int x; }', 'the struct’s name is missing', null],
    ['typedef struct { int x; }«»', 'the type’s name is missing', null],
    ['typedef struct a { int x; }«»;', 'the type’s name is missing', null],
    ['typedef «union» { int x; } a', 'a struct begins like this', null],
    ['typedef struct a«;»', 'its fields are missing', null],
  ])('%s', (written, message, suggestion) => {
    const { text } = marked(written);
    // An empty mark stands for one place.
    const where = marking(text, marked(written).span);
    const [at, said, near] = problem(text);
    expect(at).toBe(where);
    expect(said).toContain(message);
    expect(near).toBe(suggestion);
  });

  it('also where a struct is promised another byte order than that of the message', () => {
    const structs = known('struct p { int x; } network', 'struct q { int x; }');
    expect(problem('struct a { p p1; q q1; } network; x', structs)[1]).toContain('ends before');
    expect(parseStruct('struct a { p p1; q q1; } network', structs).order).toBe('network');
    const [at, message] = problem('struct a { q q1; p p1; }', structs);
    expect(at).toBe('struct a { q q1; p «p1»; }');
    expect(message).toContain('a message has one byte order: p is network');
    expect(problem('struct a { p p1; } little', structs)[0]).toBe('struct a { p «p1»; } little');
  });
});

describe('limits', () => {
  it('hold for what the structs inside have', () => {
    const structs = known('struct wide { char x[4096]; }', 'struct two { char a; char b; }');
    expect(parseFields('wide w[4096]', structs).fields).toHaveLength(1);
    expect(problem('wide w[4097]', structs)[0]).toBe('wide «w»[4097]');
    expect(parseFields('two a[32768]', structs).fields).toHaveLength(1);
    const [at, message] = problem('int i; two a[32768]', structs);
    expect(at).toBe('int i; two «a»[32768]');
    expect(message).toContain('at most 65536 fields');
  });

  it('hold for the padding too', () => {
    const fields = 'char a; long b; char c[16777201];';
    expect(problem(fields)[0]).toBe('char a; long b; char «c»[16777201];');
    expect(parseStruct(`struct s { ${fields} } packed`).packed).toBe(true);
  });

  it('hold for structs in structs', () => {
    const texts = Array.from({ length: 63 }, (_, i) =>
      i === 0 ? 'struct s0 { int x; }' : `struct s${i} { s${i - 1} x; }`,
    );
    const structs = known(...texts);
    expect(structs.size).toBe(63);
    expect(problem('struct s63 { s62 x; }', structs)[1]).toContain('at most 63 levels deep');
  });
});

describe('any other text', () => {
  const words = fc.constantFrom(
    ...['struct', 'int', 'char', 'uint8_t', 'x', 'y', '{', '}', '[', ']', '3', ';', ',', 'packed'],
    ...['typedef', '*', ':', '/*', '*/', '//', '\n', 'unsigned', 'network', 'point', '-', 'ü', '0'],
  );
  const nearly = fc.array(words, { maxLength: 30 }).map((all) => all.join(' '));
  const garbage = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), nearly);

  it.each([
    ['fields', parseFields],
    ['a struct', parseStruct],
  ] as const)('is read as %s, or refused with a place in it', (_, parse) => {
    fc.assert(
      fc.property(garbage, (text) => {
        try {
          expect(parse(text, POINT).fields.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof StructProblem)) throw error;
          const [from, to] = error.span;
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(text.length + 1);
          expect(error.message).not.toBe('');
        }
      }),
      { numRuns: 2000 },
    );
  });

  const LONG = 64 * 1024;
  it.each([
    ['one letter', 'a'.repeat(LONG)],
    ['digits', `int a[${'1'.repeat(LONG)}]`],
    ['words of C', 'long '.repeat(LONG / 5)],
    ['fields', Array.from({ length: LONG / 16 }, (_, i) => `int f${i + 100_000};`).join('')],
    ['declarators', `int ${Array.from({ length: LONG / 8 }, (_, i) => `f${i}`).join(',')}`],
    ['fields of the same name', 'int a;'.repeat(LONG / 6)],
    ['brackets', '['.repeat(LONG)],
    ['braces', `struct a ${'{'.repeat(LONG)}`],
    ['structs in structs', 'struct a {'.repeat(LONG / 10)],
    ['comments', '/**/'.repeat(LONG / 4)],
    ['lines of comments', '//\n'.repeat(LONG / 3)],
    ['open comments', '/*'.repeat(LONG / 2)],
    ['slashes', '/ '.repeat(LONG / 2)],
    ['blanks', ' '.repeat(LONG)],
    ['stars', `int ${'*'.repeat(LONG)}`],
    ['modifiers', `struct a { int x; } ${'packed '.repeat(LONG / 7)}`],
    ['attributes', `struct a { int x; } ${'__attribute__((packed))'.repeat(LONG / 23)}`],
    ['control bytes', '\0'.repeat(LONG)],
  ])('takes no time: 64 KiB of %s', (_, text) => {
    const right = /^int f/.test(text);
    for (const parse of [parseFields, parseStruct]) {
      const spent = cpuTime(() => {
        try {
          parse(text);
        } catch (error) {
          if (!(error instanceof StructProblem)) throw error;
        }
      });
      // What is read to its end makes thousands of fields; the rest is refused where it is wrong.
      expect(spent).toBeLessThan(parse === parseFields && right ? 250 : 50);
    }
  });
});

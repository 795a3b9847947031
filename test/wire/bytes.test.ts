import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokensOf } from '../../src/script/lexer.ts';
import { asUtf8, quoted, quotedShort, spacedHex } from '../../src/wire/bytes.ts';
import { runC } from '../support/probe.ts';
import { Python } from '../support/python.ts';
import { has } from '../support/tools.ts';

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Uint8Array.from(Buffer.from(text))),
);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('quoted', () => {
  it('writes text as it is, and the rest as C escapes', () => {
    expect(quoted(Buffer.from('hello\n'))).toBe('"hello\\n"');
    expect(quoted(Buffer.from('say "hi" \\ \t\r\0'))).toBe('"say \\"hi\\" \\\\ \\t\\r\\0"');
    expect(quoted(Buffer.from('ü\x1b[31m'))).toBe('"\\xc3\\xbc\\x1b[31m"');
    expect(quoted(new Uint8Array(0))).toBe('""');
  });

  it('has nothing in it but printable ASCII', () => {
    expect(quoted(EVERY_BYTE)).toMatch(/^"[ -~]*"$/);
  });

  it('is read back by the call language', () => {
    fc.assert(
      fc.property(bytes, (bytes) => {
        expect(tokensOf(quoted(bytes))).toMatchObject([{ kind: 'string', bytes }]);
      }),
    );
  });

  it('is read back by Python', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<string, string>(`
import ast
def answer(literal):
    return ast.literal_eval('b' + literal).hex()`);
    expect(await python.ask(quoted(EVERY_BYTE))).toBe(hex(EVERY_BYTE));
    await fc.assert(
      fc.asyncProperty(bytes, async (bytes) => {
        expect(await python.ask(quoted(bytes))).toBe(hex(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('is read back by a C compiler, also where a hexadecimal digit follows an escape', (context) => {
    if (!has('cc')) context.skip('cc is not installed');
    // In C, "\xffab" is one escape with too many digits; C99 §6.4.4.4.
    const texts = [EVERY_BYTE, Uint8Array.of(0xff, 0x61, 0x62), Uint8Array.of(0, 0x31, 0x32)];
    const told = runC(`
      #include <stdio.h>
      static void show(const char *bytes, size_t length) {
        for (size_t i = 0; i + 1 < length; i++) printf("%02x", (unsigned char)bytes[i]);
        puts("");
      }
      int main(void) {
        ${texts.map((text) => `show(${quoted(text)}, sizeof ${quoted(text)});`).join('\n')}
      }`);
    expect(told.trim().split('\n')).toEqual(texts.map(hex));
  });
});

describe('quotedShort', () => {
  it('shortens what is longer than asked, and says so with dots', () => {
    const text = Buffer.from('hello');
    expect(quotedShort(text, 6)).toBe('"hello"');
    expect(quotedShort(text, 5)).toBe('"hello"');
    expect(quotedShort(text, 4)).toBe('"hell"...');
    expect(quotedShort(text, 0)).toBe('""...');
    expect(quotedShort(Buffer.from('\n\n\n'), 2)).toBe('"\\n\\n"...'); // bytes, not characters
  });
});

describe('spacedHex', () => {
  it('writes two digits a byte, with a space between them', () => {
    expect(spacedHex(Uint8Array.of(0x7f, 0, 0, 1))).toBe('7f 00 00 01');
    expect(spacedHex(new Uint8Array(0))).toBe('');
  });

  it('is read back by the call language', () => {
    fc.assert(
      fc.property(bytes, (bytes) => {
        expect(tokensOf(`hex"${spacedHex(bytes)}"`)).toMatchObject([{ kind: 'string', bytes }]);
      }),
    );
  });
});

describe('asUtf8', () => {
  it('gives the text, which gives the same bytes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(asUtf8(Buffer.from(text))).toBe(text);
      }),
    );
    // A byte order mark is text like any other.
    expect(asUtf8(Buffer.from('\ufeffa'))).toBe('\ufeffa');
  });

  it('refuses what Python refuses', async (context) => {
    if (!has('python3')) context.skip('python3 is not installed');
    const python = new Python<string, string>(`
def answer(digits):
    return bytes.fromhex(digits).decode('utf-8')`);
    // Bytes that are seldom valid, and nearly valid ones: overlong, surrogates, beyond U+10FFFF.
    const edges = ['c080', 'e0809f', 'eda080', 'edbfbf', 'f0808080', 'f4908080', 'f8888080', 'c3'];
    for (const edge of [...edges, 'c3bc', 'f48fbfbf', 'ee8080'])
      expect(asUtf8(Buffer.from(edge, 'hex')), edge).toBe(await python.ask(edge));
    const units = fc.constantFrom('c3', 'bc', 'e2', '82', 'ac', 'ed', 'a0', 'f0', '9f', '98', '41');
    const nearly = fc.array(units, { maxLength: 6 }).map((all) => Buffer.from(all.join(''), 'hex'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, nearly), async (bytes) => {
        expect(asUtf8(bytes)).toBe(await python.ask(hex(bytes)));
      }),
      { numRuns: 500 },
    );
  });
});

/** What `send` puts on the wire, as peers see it that are not ours. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, listener } from '../support/peer.ts';
import { python, run, shell, start } from '../support/program.ts';
import { pattern } from '../support/streams.ts';

/** The message as it arrives, in a peer of Node's. */
async function arrived(
  options: readonly string[],
  words: readonly string[] = [],
  stdin: string | Uint8Array = '',
): Promise<Buffer> {
  const server = await listener();
  const running = run(['send', ...options, `:${server.port}`, ...words], stdin);
  const peer = await server.accept();
  const message = await peer.end();
  peer.socket.end();
  const { code, stderr } = await running;
  expect([code, stderr]).toEqual([0, '']);
  return message;
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'socklab-message-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

describe('the message', () => {
  it.each<[string, readonly string[], readonly string[], string]>([
    ['text has no line ending', [], ['a', 'b c'], 'a b c'],
    ['an empty text is a message of no bytes', [], [''], ''],
    ['a backslash is one', [], ['a\\n'], 'a\\n'],
    ['--escapes', ['--escapes'], ['a\\n', '\\x00\\xff\\\\\\0'], 'a\n \x00\xff\\\x00'],
    ['--hex', ['--hex', '0xde AD:be ef 0a'], [], '\xde\xad\xbe\xef\n'],
    ['--eol lf ends the text', ['--eol', 'lf'], ['a', 'b'], 'a b\n'],
    ['--eol crlf ends the text, and its lines', ['--eol', 'crlf'], ['a\nb'], 'a\r\nb\r\n'],
    ['--eol doubles no ending', ['--eol', 'crlf', '--escapes'], ['a\\nb\\r\\n'], 'a\r\nb\r\n'],
    ['--repeat', ['--repeat', '3'], ['ab'], 'ababab'],
  ])('%s', async (_, options, words, message) => {
    expect((await arrived(options, words)).toString('latin1')).toBe(message);
  });

  it('from stdin, with --eol: a CR is not doubled though its LF comes later', async () => {
    const server = await listener();
    const client = shell(
      `{ printf 'a\\r'; read -r _ < "$PAUSE"; printf '\\nb\\n'; } | "$@" send --eol crlf :${server.port}`,
      { env: { PAUSE: fifo('go') } },
    );
    const peer = await server.accept();
    expect((await peer.bytes(2)).toString()).toBe('a\r');
    writeFileSync(fifos.get('go') ?? '', 'go\n');
    expect((await peer.end()).toString()).toBe('a\r\nb\r\n');
    peer.socket.end();
    expect((await client.exit()).code).toBe(0);
  });

  it('from stdin, sent again', async () => {
    const bytes = pattern(100_000);
    const message = await arrived(['--repeat', '2'], [], bytes);
    expect(message.equals(Buffer.concat([bytes, bytes]))).toBe(true);
  });

  it('a structure is the bytes that Python’s struct makes of the same values', async () => {
    const packings: readonly [options: readonly string[], format: string][] = [
      [['--byte-order', 'network'], '!30s2xI'],
      [['--byte-order', 'little', '--packed'], '<30sI'],
      [[], '@30sI'],
    ];
    for (const [options, format] of packings) {
      const declared = 'char name[30]; uint32_t age;';
      const message = await arrived(['--struct', declared, ...options], ['Ann', '33']);
      const packed = python(
        'import struct, sys; print(struct.pack(sys.argv[1], b"Ann", 33).hex())',
        format,
      );
      expect(message.toString('hex')).toBe((await packed.exit()).stdout.toString().trim());
    }
  });
});

const fifos = new Map<string, string>();

function fifo(name: string): string {
  const path = join(folder(), name);
  execFileSync('mkfifo', [path]);
  fifos.set(name, path);
  return path;
}

describe('--file', () => {
  it('sends it byte for byte, of more than any buffer holds', async () => {
    const path = join(folder(), 'message.bin');
    const bytes = pattern(20 * 1024 * 1024);
    writeFileSync(path, bytes);
    expect((await arrived(['--file', path])).equals(bytes)).toBe(true);
  });

  it('an empty file is a message of no bytes', async () => {
    const path = join(folder(), 'empty');
    writeFileSync(path, '');
    expect(await arrived(['--file', path])).toHaveLength(0);
  });

  it('- is stdin', async () => {
    expect((await arrived(['--file', '-'], [], 'piped')).toString()).toBe('piped');
  });

  it('waits for the writer of a FIFO', async () => {
    const path = fifo('late');
    const server = await listener();
    const running = run(['send', '--file', path, `:${server.port}`]);
    const peer = await server.accept();
    const writer = start('sh', ['-c', 'printf one > "$1"', 'sh', path]);
    expect((await peer.end()).toString()).toBe('one');
    peer.socket.end();
    expect([(await running).code, (await writer.exit()).code]).toEqual([0, 0]);
  });

  it.each([
    ['is not there', (at: string) => join(at, 'nothing'), /nothing can’t be read: ENOENT/],
    ['is a folder', (at: string) => at, /can’t be read: it is a folder/],
    ['has a hostile name', (at: string) => `${at}/\x1b[2J`, /\^\[\[2J can’t be read/],
  ])('that %s exits 2 before anything is sent', async (_, pathIn, told) => {
    const { code, stderr } = await run(['send', '--file', pathIn(folder()), ':1']);
    expect(stderr).toMatch(told);
    expect(code).toBe(2);
  });
});

describe('a mistake exits 2, with a caret', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['in --hex', ['--hex', 'de ag', ':1'], ['--hex', '  de ag', '      ^']],
    ['in --escapes', ['--escapes', ':1', 'a\\q'], ['--escapes', '  a\\q', '   ^^']],
    ['in --struct', ['--struct', 'cha c;', ':1', '1'], ['--struct', '  cha c;', '  ^^^']],
    [
      'in its values',
      ['--struct', 'uint8_t a, b;', ':1', '1', '256'],
      ['the values of --struct', '  1 256', '    ^^^'],
    ],
    ['in --reply', ['--reply', 'until:\\q', ':1', 'x'], ['--reply', '  until:\\q', '        ^^']],
    ['in --expect', ['--expect', '/[/', ':1', 'x'], ['--expect', '  /[/', '  ^^^']],
  ])('%s', async (_, args, lines) => {
    const { code, stdout, stderr } = await run(['send', ...args]);
    expect(stderr.split('\n').slice(0, 3)).toEqual([`socklab: ${lines[0]}`, ...lines.slice(1)]);
    expect([code, stdout.toString()]).toEqual([2, '']);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['two messages', ['--hex', 'aa', ':1', 'x'], /given twice, with --hex and as TEXT.*'de ad/],
    ['two more', ['--hex', 'aa', '--file', 'x', ':1'], /given twice, with --hex and with --file/],
    ['--escapes without text', ['--escapes', ':1'], /--escapes is for the text/],
    ['--eol of exact bytes', ['--hex', 'aa', '--eol', 'lf', ':1'], /the bytes of --hex stay/],
    ['--packed without a structure', ['--packed', ':1', 'x'], /needs --struct/],
    ['--gap without --repeat', ['--gap', '1s', ':1', 'x'], /it needs --repeat/],
    ['no reply to compare', ['--reply', 'none', '--expect', 'x', ':1', 'x'], /waits for none/],
    ['an ending that is none', ['--eol', 'cr', ':1', 'x'], /lf, crlf/],
  ])('%s is a contradiction', async (_, args, told) => {
    const { code, stderr } = await run(['send', ...args]);
    expect(stderr).toMatch(told);
    expect([code, stderr.startsWith('socklab: ')]).toEqual([2, true]);
  });
});

describe('to other programs', () => {
  it.each<[string, (port: number) => readonly [string, readonly string[]]]>([
    ['nc', (port) => ['nc', ['-l', '127.0.0.1', String(port)]]],
    ['ncat', (port) => ['ncat', ['-l', '127.0.0.1', String(port)]]],
    ['socat', (port) => ['socat', ['-u', `TCP-LISTEN:${port},bind=127.0.0.1`, 'STDOUT']]],
  ])('%s receives all of it, and FIN, though no reply is waited for', async (_, command) => {
    const port = await freePort();
    const server = start(...command(port));
    const bytes = pattern(3_000_000);
    const client = run(['send', '--retry', '5s', '--reply', 'none', `:${port}`], bytes);
    expect((await server.exit()).stdout.equals(bytes)).toBe(true);
    expect((await client).code).toBe(0);
  });
});

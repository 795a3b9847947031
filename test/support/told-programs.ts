/** Exported programs, compiled and run; what they print of their reads is compared with the session’s. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Program as CText } from '../../src/script/export/c.ts';
import { type Exit, type Program, start } from './program.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'socklab-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Compiles it as its first lines say; nothing may be complained about. @returns the program’s path */
function compiled(folder: string, name: string, text: string): string {
  const [source, program] = [join(folder, `${name}.c`), join(folder, name)];
  writeFileSync(source, text);
  const args = ['-Wall', '-Wextra', '-Werror', '-o', program, source];
  const { status, stderr } = spawnSync('cc', args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return program;
}

/** Runs the server, and the client with the ports that the server tells. */
export async function runC(programs: readonly CText[]): Promise<Exit[]> {
  const folder = temporaryFolder();
  const [first, second] = programs.map(({ side, text }) => compiled(folder, side ?? 'one', text));
  if (first === undefined) throw new Error('there is no program');
  const server = start(first, []);
  if (second === undefined) return [await server.exit()];
  const ports = await portsOf(server);
  const wants = programs[1]?.text.includes('argv') === true;
  const client = start(second, wants ? ports : []);
  return [await server.exit(), await client.exit()];
}

async function portsOf(server: Program): Promise<string[]> {
  const line = await server.until('a listener', () =>
    /^listening on (\S+)\n/m.exec(server.stdout.toString()),
  );
  return [/:(\d+)$/.exec(line[1] ?? '')?.[1] ?? ''];
}

/** Runs a script that was written to a file. */
export function runScriptFile(command: string, name: string, text: string): Promise<Exit> {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return start(command, [path]).exit();
}

/** What a program printed of each read: its name, the first bytes in hexadecimal, how many. */
export function printedReads(stdout: string, bytesOf: (text: string) => Buffer): string[] {
  return [...stdout.matchAll(/^((?:read|recv\w*)\([\w[\]]+\)) = (.*) \((\d+) bytes\)$/gm)].map(
    ([, call, text = '', count]) => `${call} ${count} ${bytesOf(text).toString('hex')}`,
  );
}

/** The same of what the session read, but for calls whose bytes are dropped. */
export function seenReads(
  reads: readonly { call: string; bytes: Uint8Array }[],
  dropped: readonly string[],
): string[] {
  const printed = reads.filter(({ call }) => !dropped.includes(call));
  return printed.map(
    ({ call, bytes }) =>
      `${call} ${bytes.length} ${Buffer.from(bytes.subarray(0, 64)).toString('hex')}`,
  );
}

/** A C string literal, as the programs print it: `\xNN` has two digits there. */
export function cBytes(text: string): Buffer {
  const inside = text.replace(/^"/, '').replace(/"(\.\.\.)?$/, '');
  const parts = [...inside.matchAll(/\\x([0-9a-f]{2})|\\(.)|(.)/g)];
  return Buffer.concat(
    parts.map(([, hex, escaped, plain]) =>
      hex === undefined
        ? Buffer.from(escaped === 'n' ? '\n' : (escaped ?? plain ?? ''))
        : Buffer.from(hex, 'hex'),
    ),
  );
}

/** As Python’s repr() has bytes. */
export function pythonBytes(text: string): Buffer {
  const inside = text.replace(/^b['"]/, '').replace(/['"]$/, '');
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  const parts = [...inside.matchAll(/\\x([0-9a-f]{2})|\\(.)|(.)/g)];
  return Buffer.concat(
    parts.map(([, hex, escaped, plain]) =>
      hex === undefined
        ? Buffer.from(escaped === undefined ? (plain ?? '') : (escapes[escaped] ?? escaped))
        : Buffer.from(hex, 'hex'),
    ),
  );
}

/** JSON, one character a byte. */
export function nodeBytes(text: string): Buffer {
  return Buffer.from(JSON.parse(text), 'latin1');
}

/** C's own printf() and scanf(): test/support/stdio.c, compiled for the running test. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'vitest';
import { compile } from './probe.ts';
import { has } from './tools.ts';

/** What fscanf() did: its result, where the stream then stands, and the memory of each value. */
export interface Scanned {
  readonly result: number;
  readonly used: number;
  readonly memory: readonly Buffer[];
}

export class CStdio {
  private readonly program: string;

  /** Skips the test where there is no C compiler. */
  constructor(context: TestContext) {
    if (!has('cc')) context.skip('cc is not installed');
    const source = readFileSync(new URL('stdio.c', import.meta.url), 'utf8');
    this.program = compile(source, ['-w', '-O1']);
  }

  printf(cases: readonly (readonly [format: string, value: number | Uint8Array])[]): Buffer[] {
    const lines = cases.map(([format, value]) => {
      if (typeof value !== 'number') return `s ${hex(Buffer.from(format))} ${hex(value)}`;
      const long = /%[^a-zA-Z%]*(ll|[lzjt])/.test(format);
      return `${long ? 'l' : 'i'} ${hex(Buffer.from(format))} ${value}`;
    });
    return this.ask(lines).map(unhex);
  }

  scanf(cases: readonly (readonly [format: string, input: Uint8Array])[]): Scanned[] {
    const lines = cases.map(([format, input]) => `r ${hex(Buffer.from(format))} ${hex(input)}`);
    return this.ask(lines).map((line) => {
      const [result, used, ...memory] = line.split(' ');
      return { result: Number(result), used: Number(used), memory: memory.map(unhex) };
    });
  }

  private ask(lines: readonly string[]): string[] {
    const child = spawnSync(this.program, { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
    if (child.status !== 0) throw new Error(`the C program ended with ${child.status}`);
    return child.stdout.trimEnd().split('\n');
  }
}

function hex(bytes: Uint8Array): string {
  return bytes.length === 0 ? '-' : Buffer.from(bytes).toString('hex');
}

function unhex(text: string): Buffer {
  return Buffer.from(text === '-' ? '' : text, 'hex');
}

/** sha256sum at the other end of a pipe. */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { TestRunner } from 'vitest';
import { pipe } from './pipe.ts';
import { has } from './tools.ts';

export interface Summing {
  /** Where to write, until it is closed. */
  readonly fd: number;
  /** Begins to read; gives the digest when all writers have closed the pipe. */
  sum(): Promise<string>;
}

/** The test is skipped where there is no sha256sum. */
export function summing(): Summing {
  if (!has('sha256sum')) TestRunner.getCurrentTest()?.context.skip('sha256sum is not installed');
  const { read, write } = pipe();
  return {
    fd: write,
    async sum() {
      const { stdout } = spawn('sha256sum', { stdio: [read, 'pipe', 'inherit'] });
      closeSync(read);
      let said = '';
      for await (const part of stdout ?? []) said += part;
      return said.slice(0, 64);
    },
  };
}

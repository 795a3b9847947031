/** Small C programs, compiled when a test needs them: what the system's own headers say. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Compiles C source text for the running test, after which the program is gone.
 * @param options for the compiler, for example `-shared`
 * @returns the path of what was made
 */
export function compile(source: string, options: readonly string[] = []): string {
  const directory = mkdtempSync(join(tmpdir(), 'socklab-probe-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const program = join(directory, 'probe');
  execFileSync('cc', ['-x', 'c', '-', '-o', program, ...options], {
    input: source,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  return program;
}

/** Compiles and runs a program, and gives what it printed. */
export function runC(source: string): string {
  return execFileSync(compile(source), { encoding: 'utf8' });
}

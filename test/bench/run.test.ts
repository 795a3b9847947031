/** The harness says what it saw, and ends with 1 where a program is too slow: here one that was made so. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { has } from '../support/tools.ts';

const scratch = mkdtempSync(join(tmpdir(), 'socklab-bench-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function bench(...args: readonly string[]) {
  const script = join(import.meta.dirname, 'run.js');
  return spawnSync(process.execPath, [script, '--short', ...args], { encoding: 'utf8' });
}

describe('the harness', { timeout: 120_000 }, () => {
  beforeEach((context) => {
    if (!has('cc')) context.skip('cc is not installed');
  });

  it('tells a figure, its bound and its samples, also as JSON', () => {
    const file = join(scratch, 'figures.json');
    const { status, stdout } = bench('--only', 'size/installed', '--json', file);
    expect(stdout).toMatch(/^size\/installed .*\n(.*\n)+ {2}[\d.]+ MB; at most 12: reached$/m);
    expect(stdout).toContain('1 bounds reached, 0 missed');
    const { rows, machine } = JSON.parse(readFileSync(file, 'utf8'));
    expect(machine).toMatchObject({ node: process.version });
    expect(rows).toMatchObject([{ row: 'size/installed', bound: { atMost: 12 }, met: true }]);
    expect(rows[0].contenders[0].samples).toHaveLength(1);
    expect(status).toBe(0);
  });

  it('ends with 1 where a bound is missed', () => {
    const slow = join(scratch, 'slow-node');
    const line = `case "$*" in *socklab.js*) sleep 0.3;; esac\nexec '${process.execPath}' "$@"\n`;
    writeFileSync(slow, `#!/bin/sh\n${line}`);
    chmodSync(slow, 0o755);
    const { status, stdout } = bench('--only', 'startup/version', '--node', slow);
    expect(stdout).toMatch(/ms over bare node; at most 5: MISSED$/m);
    expect(stdout).toContain('0 bounds reached, 1 missed\n  startup/version');
    expect(status).toBe(1);
  });

  it('knows no other benchmarks than those that are there', () => {
    const { status, stderr } = bench('spead');
    expect(stderr).toMatch(/^no benchmark spead; there are .*startup.*throughput/);
    expect(status).toBe(2);
  });
});

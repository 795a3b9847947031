/**
 * Everything: build, format and lint, types, unused code, and the tests on real sockets.
 * It runs every part even where an earlier one failed, and ends with one line that counts them.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const counts = { passed: 0, failed: 0, skipped: 0 };
const scratch = mkdtempSync(join(tmpdir(), 'socklab-test-'));
const countsFile = join(scratch, 'counts.json');

function run(command, args, env = {}) {
  // stdin is not handed on: the tests are the same with a terminal, a pipe, or none.
  const options = { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } };
  return spawnSync(command, args, options).status === 0;
}

function check(name, command, args) {
  const ok = run(command, args);
  counts[ok ? 'passed' : 'failed']++;
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`);
}

function tests() {
  const ok = run('vitest', ['run'], {
    SOCKLAB_TEST_COUNTS: countsFile,
    FORCE_COLOR: '',
    NO_COLOR: '',
  });
  let told;
  try {
    told = JSON.parse(readFileSync(countsFile, 'utf8'));
  } catch {
    told = { passed: 0, failed: 0, skipped: 0 };
  }
  for (const key of Object.keys(counts)) counts[key] += told[key];
  // A run can fail without a failed test: an unhandled error, or no test at all.
  if (!ok && told.failed === 0) counts.failed++;
}

process.env.PATH = `${join(import.meta.dirname, '..', 'node_modules', '.bin')}:${process.env.PATH}`;
try {
  check('build', 'npm', ['run', '--silent', 'build']);
  check('format and lint', 'biome', ['check', '--error-on-warnings', '.']);
  check('types', 'tsc', ['-p', 'tsconfig.json']);
  check('unused code and dependencies', 'knip', []);
  tests();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;

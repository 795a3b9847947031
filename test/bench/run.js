/** Runs the benchmarks of this folder, or those named: `npm run bench -- language`. They measure; they test nothing. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const all = readdirSync(here)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replace(/\.ts$/, ''));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all;
// Beside node_modules, so that packages are found from there.
const scratch = mkdtempSync(join(here, '..', '..', 'dist', 'bench-'));
try {
  for (const name of wanted) {
    const outfile = join(scratch, `${name}.js`);
    await build({
      entryPoints: [join(here, `${name}.ts`)],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
    });
    const options = ['--expose-gc', outfile];
    const { status } = spawnSync(process.execPath, options, { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

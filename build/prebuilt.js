/** Asks the program, as it was just built, for what it always answers alike: bin/socklab.js. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

for (const name of ['version', 'help']) {
  const file = join(ROOT, 'dist/cli', `${name}.txt`);
  // Or it would answer with that.
  rmSync(file, { force: true });
  const args = [join(ROOT, 'bin/socklab.js'), `--${name}`];
  // To build is not to run: nothing is left in the builder's home.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
  writeFileSync(file, execFileSync(process.execPath, args, { env }));
}

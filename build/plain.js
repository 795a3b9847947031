/** What the options of a command are where none is given: commander is asked (src/cli/plain.ts). */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @returns options by the command's name */
export async function plainOptions(root, names) {
  // Below the checkout, so that packages are found from there.
  const folder = mkdtempSync(join(root, 'dist', 'plain-'));
  try {
    const outfile = join(folder, 'program.mjs');
    await build({
      absWorkingDir: root,
      entryPoints: ['src/cli/program.ts'],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      logLevel: 'warning',
    });
    const { createProgram } = await import(pathToFileURL(outfile));
    const program = createProgram({ stdout: process.stdout, stderr: process.stderr }, '', () => {});
    const commands = program.commands.filter((command) => names.includes(command.name()));
    return Object.fromEntries(commands.map((one) => [one.name(), one.optsWithGlobals()]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

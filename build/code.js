/**
 * Builds what runs, into dist: the library as ES modules, and the program as a few files that are
 * quick to load (pack.js), with everything that they use but koffi, whose binary can't be bundled.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { licences } from './licences.js';
import { pack } from './pack.js';
import { plainOptions } from './plain.js';

const ROOT = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['koffi'],
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

const library = await build({
  ...common,
  entryPoints: ['src/index.ts'],
  outdir: 'dist',
  format: 'esm',
  splitting: true,
});
const plain = await plainOptions(ROOT, ['send', 'connect']);
const program = await pack(common, { SOCKLAB_PLAIN: JSON.stringify(JSON.stringify(plain)) });
const { packOf, main } = program;
const packs = Object.fromEntries(program.packs.map(({ name, hash }) => [name, hash]));
const start = await build({
  ...common,
  entryPoints: ['src/cli/start/start.ts'],
  outdir: 'dist/cli',
  format: 'cjs',
  minifyWhitespace: true,
  minifySyntax: true,
  write: false,
  define: { SOCKLAB_BUILT: JSON.stringify({ version, main, packs, packOf }) },
});
// Moved into place, whole, and last what knows the others: one that is started now reads no half.
const put = (name, text) => {
  const path = join(ROOT, 'dist/cli', name);
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
};
mkdirSync(join(ROOT, 'dist/cli'), { recursive: true });
// The folder above says that .js is an ES module.
put('package.json', '{ "type": "commonjs" }\n');
for (const { name, text } of program.packs) put(`${name}.js`, text);
put('start.js', start.outputFiles[0].contents);
writeFileSync(
  join(ROOT, 'dist/licences.txt'),
  licences(ROOT, [library.metafile, program.metafile, start.metafile]),
);
await import('./prebuilt.js');

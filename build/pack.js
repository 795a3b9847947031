/**
 * Packs the program for a quick start. esbuild cuts it where import() stands, into some eighty
 * chunks, so that each piece of code is there once, whoever needs it; but to open eighty files costs
 * more than to read them. So chunks go together in a few files, each a function (CommonJS) that
 * does not run before it is asked for. What is compiled of them is kept (src/cli/start/kept.ts).
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { build, transform } from 'esbuild';

/** What these need is in the first pack, so that they read one file. */
const FIRST = ['main.ts', 'sockets/send.ts', 'sockets/connect.ts', 'sockets/serve.ts'];
/** A chunk with so much of its own has a pack of its own: pkijs, inquirer. */
const LARGE = 300_000;

/** @returns the packs as text, and in which of them each chunk is */
export async function pack(options) {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: ['src/cli/main.ts'],
    outdir: 'dist/cli',
    format: 'esm',
    splitting: true,
    // chalk looks at the terminal when it is loaded; it is always told (src/view/theme.ts).
    alias: { '#supports-color': './build/no-colors.js' },
    // What a chunk is given: the file that it is in.
    define: { 'import.meta.url': 'here' },
    write: false,
  });
  const chunks = new Map(
    Object.entries(metafile.outputs).map(([path, { imports, entryPoint, bytes }]) => [
      basename(path),
      {
        bytes,
        entryPoint,
        needs: imports
          .filter(({ external, kind }) => !external && kind === 'import-statement')
          .map(({ path }) => basename(path)),
      },
    ]),
  );
  const packOf = packed(chunks);
  const texts = new Map();
  for (const { path, text } of outputFiles) {
    const name = basename(path);
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      // import() of a file that is not there becomes require() of a chunk.
      supported: { 'dynamic-import': false },
      legalComments: 'none',
    });
    const wrapped = `${JSON.stringify(name)}: function (module, exports, require, here, performance) {\n${code}},\n`;
    texts.set(packOf[name], (texts.get(packOf[name]) ?? '') + wrapped);
  }
  const packs = [...texts].map(([name, content]) => {
    const text = ascii(`({\n${content}})\n`);
    return { name, text, hash: createHash('sha256').update(text).digest('hex').slice(0, 16) };
  });
  return { packs, packOf, metafile };
}

/** Latin-1 is read without being decoded. esbuild escapes what is not ASCII, but in expressions. */
function ascii(text) {
  return text.replaceAll(/[^\t\n -~]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function packed(chunks) {
  const packOf = {};
  const put = (name, pack) => {
    if (packOf[name] !== undefined) return;
    packOf[name] = pack;
    for (const need of chunks.get(name).needs) put(need, pack);
  };
  for (const file of FIRST) put(chunkOf(chunks, file), 'first');
  for (const [name, { bytes, entryPoint }] of chunks)
    if (bytes > LARGE) packOf[name] ??= named(entryPoint ?? name);
  for (const name of chunks.keys()) put(name, 'more');
  return packOf;
}

/** `node_modules/inquirer/dist/index.js` → `inquirer`; `src/socket/tls/self-signed.ts` → `self-signed`. */
function named(path) {
  return /node_modules\/([^/]+)/.exec(path)?.[1] ?? basename(path).replace(/\..*/, '');
}

function chunkOf(chunks, file) {
  for (const [name, { entryPoint }] of chunks) if (entryPoint === `src/cli/${file}`) return name;
  throw new Error(`no chunk begins with src/cli/${file}`);
}

/**
 * Packs the program for a quick start. esbuild cuts it where import() stands, into some eighty
 * chunks, so that each piece of code is there once, whoever needs it; but to open eighty files costs
 * more than to read them. So chunks go together in a few files, each a function (CommonJS) that
 * does not run before it is asked for. What is compiled of them is kept (src/cli/start/kept.ts).
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { build, transform } from 'esbuild';
import { withPlainExports } from './exports.js';
import { LATE } from './late.js';

/** What a pack begins with: what these need is in it, so that a run reads one file, or two. */
const PACKS = {
  first: ['src/cli/main.ts', 'src/cli/sockets/send.ts', 'src/cli/sockets/connect.ts'],
  program: ['src/cli/program.ts'],
  prompt: ['src/cli/repl/terminal.ts'],
};
/** A chunk with so much of its own has a pack of its own: pkijs, inquirer. */
const LARGE = 300_000;

const ALL_LATE = Object.values(LATE).flat();

/**
 * @param define names that the sources take for constants
 * @returns the packs as text, and in which of them each chunk is
 */
export async function pack(options, define) {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: ['src/cli/main.ts', ...ALL_LATE],
    outdir: 'dist/cli',
    format: 'esm',
    splitting: true,
    // All in one folder, whose names tell them apart.
    entryNames: '[name]-[hash]',
    plugins: [late],
    // chalk looks at the terminal when it is loaded; it is always told (src/view/theme.ts).
    alias: { '#supports-color': './build/no-colors.js' },
    // Asked for by createRequire() only, in whose place the start gives its own (packed.ts).
    define: { ...define, 'import.meta.url': '""' },
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
  const helpers = (await asChunk(ALL_HELPERS)).helpers;
  for (const { path, text } of outputFiles) {
    const name = basename(path);
    const { body } = await asChunk(text);
    const whole = lateIn(body, chunks);
    const wrapped = `${JSON.stringify(name)}(module, exports, require, performance) {\n${whole}},\n`;
    texts.set(packOf[name], (texts.get(packOf[name]) ?? '') + wrapped);
  }
  const packs = [...texts].map(([name, content]) => {
    const text = ascii(`(() => {\n${helpers}return {\n${content}}\n})()\n`);
    return { name, text, hash: createHash('sha256').update(text).digest('hex').slice(0, 16) };
  });
  return { packs, packOf, main: chunkOf(chunks, 'src/cli/main.ts'), metafile };
}

/** What esbuild puts before each chunk that it makes CommonJS of. One for all of them is enough. */
const ALL_HELPERS = 'import a, { b } from "c"; import * as d from "d"; export { a, b, d };';
const HELPERS_END = 'var stdin_exports={};';

async function asChunk(text) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // import() of a file that is not there becomes require() of a chunk.
    supported: { 'dynamic-import': false },
    // Names stay, for the stack traces of defects.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
  });
  const end = code.indexOf(HELPERS_END);
  const helpers = code.slice(0, Math.max(end, 0));
  if (end > 0 && !/^(?:var|const|let) __/.test(helpers))
    throw new Error('esbuild writes other helpers');
  const body = withPlainExports(code.slice(helpers.length), text);
  return { helpers, body };
}

/** Cuts imports of what is late, so that it gets a chunk of its own. */
const late = {
  name: 'late',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      if (kind !== 'import-statement' || pluginData === late) return;
      const found = await resolve(path, { importer, kind, resolveDir, pluginData: late });
      const one = ALL_LATE.find((one) => found.path.endsWith(`/${one}`) || path === one);
      return one === undefined ? undefined : { path: `late:${one}`, external: true };
    });
  },
};

/** `import_x.name` becomes `(import_x()).name`, which loads x when it comes to that. */
function lateIn(code, chunks) {
  const whole = code.replaceAll(/\b(import_\w+) ?= ?require\("late:(.*?)"\)/g, (_, name, one) => {
    const chunk = JSON.stringify(lateChunk(chunks, one));
    return `late_${name}, ${name} = () => (late_${name} ??= require(${chunk}))`;
  });
  if (whole.includes('require("late:')) throw new Error('something late is imported as a whole');
  const names = [...whole.matchAll(/\blate_(\w+),/g)].map(([, name]) => name);
  return names.reduce(
    (text, name) => text.replaceAll(new RegExp(`\\b${name}\\.`, 'g'), `(${name}()).`),
    whole,
  );
}

function lateChunk(chunks, one) {
  for (const [name, { entryPoint = '' }] of chunks)
    if (entryPoint === one || entryPoint.includes(`node_modules/${one}/`)) return name;
  throw new Error(`${one} has no chunk`);
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
  for (const [pack, files] of Object.entries(PACKS)) {
    for (const file of files) put(chunkOf(chunks, file), pack);
    for (const one of LATE[pack] ?? []) put(lateChunk(chunks, one), pack);
  }
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
  for (const [name, { entryPoint }] of chunks) if (entryPoint === file) return name;
  throw new Error(`no chunk begins with ${file}`);
}

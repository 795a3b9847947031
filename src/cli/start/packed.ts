/** Chunks of the program from the packs that the build made of them (build/pack.js). */
import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { keptName, readKept, writeKept } from './kept.ts';
import { late } from './late.ts';
import { Unloadable } from './unloadable.ts';

/** What a chunk exports. */
type Exports = object;
type Chunk = (
  module: { exports: Exports },
  exports: Exports,
  require: Load,
  performance: Clock,
) => void;
type Clock = Pick<typeof performance, 'now'>;
type Pack = Readonly<Record<string, Chunk>>;
type Load = (name: string) => Exports;

export interface Built {
  /** A hash of each pack. */
  readonly packs: Readonly<Record<string, string>>;
  /** The pack of each chunk. */
  readonly packOf: Readonly<Record<string, string>>;
}

/** What a run of this command compiles is most often enough for the next one. */
export interface Keeping {
  readonly folder: string;
  readonly command: string;
}

/** The same clock as `performance`, which Node loads two milliseconds of modules for. */
const clock: Clock = {
  now() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  },
};

/** So long after its start a program has compiled what it needs to work, in milliseconds. */
const SETTLED_MS = 1000;

/**
 * Loads a chunk by its name, and what is none of them from outside.
 * @param outside require() of the program's own file
 */
export function packed(
  folder: string,
  { packs, packOf }: Built,
  keeping: Keeping | null,
  outside: NodeJS.Require,
): Load {
  const known = new Map<string, Pack>();
  const loaded = new Map<string, { exports: Exports }>();
  const fileOf = (pack: string) => `${folder}/${pack}.js`;
  const packNamed = (name: string): Pack => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const script = compiled(fileOf(name), name, packs[name] ?? '', keeping, outside);
    const pack: Pack = script.runInThisContext();
    known.set(name, pack);
    return pack;
  };
  /** Its name has a hash of its text, so that of another build has another one. */
  const chunkOf = (name: string, pack: string): Chunk => {
    let chunk: Chunk | undefined;
    try {
      chunk = packNamed(pack)[name];
    } catch (error) {
      throw new Unloadable(error instanceof Error ? error.message : String(error));
    }
    if (chunk !== undefined) return chunk;
    throw new Unloadable(`${fileOf(pack)} is of another version; was it replaced just now?`);
  };
  // A binary is opened as it is: to look for what require() knows to be there takes as long again.
  const loader = (name: string): Exports => {
    if (!name.endsWith('.node')) return outside(name);
    const module = { exports: {} };
    process.dlopen(module, name);
    return module.exports;
  };
  loader.resolve = outside.resolve;
  const load: Load = (specifier) => {
    const name = specifier.startsWith('./') ? specifier.slice(2) : specifier;
    const before = loaded.get(name);
    if (before !== undefined) return before.exports;
    const pack = packOf[name];
    // Of it createRequire() is used, and what that makes is here. To load it takes a millisecond.
    if (name === 'node:module') return { createRequire: () => loader };
    if (name === 'node:process') return process;
    if (pack === undefined) return late(name, outside);
    const chunk = chunkOf(name, pack);
    const module = { exports: {} };
    loaded.set(name, module);
    chunk(module, module.exports, load, clock);
    return module.exports;
  };
  return load;
}

function compiled(
  file: string,
  name: string,
  hash: string,
  keeping: Keeping | null,
  outside: NodeJS.Require,
): Script {
  // It is ASCII, which is taken over as it is.
  const source = readFileSync(file, 'latin1');
  if (keeping === null) return new Script(source, { filename: file });
  const { folder, command } = keeping;
  // V8 looks at the length of the source only, and at its own version and flags.
  const key = `socklab ${hash} ${source.length} ${process.version} ${process.arch}`;
  const kept = keptName(command, name, hash);
  const data = readKept(folder, kept, key);
  const script = new Script(source, {
    filename: file,
    ...(data !== null && { cachedData: data as Buffer }),
  });
  if (data !== null && script.cachedDataRejected !== true) return script;
  const compiledOf = () => {
    // Or another build's, put there while this one ran, would be run from then on.
    if (hashOf(source, outside) !== hash) throw new Error('it is of another build');
    return script.createCachedData();
  };
  once(() => writeKept(folder, kept, key, compiledOf));
  return script;
}

/** As build/pack.js makes it. To load what is needed for it takes longer than all else here. */
function hashOf(source: string, outside: NodeJS.Require): string {
  const { createHash } = outside('node:crypto') as typeof import('node:crypto');
  return createHash('sha256').update(source, 'latin1').digest('hex').slice(0, 16);
}

/**
 * At the end, or before it where the program goes on: what has run by then is compiled. A run that
 * failed has not seen half of it, and what it leaves would stay.
 */
function once(keep: () => void): void {
  let done = false;
  const now = () => {
    if (!done) keep();
    done = true;
  };
  setTimeout(now, SETTLED_MS).unref();
  process.on('exit', (code) => {
    if (code === 0) now();
  });
}

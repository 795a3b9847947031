/** Chunks of the program from the packs that the build made of them (build/pack.js). */
import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';

/** What a chunk exports. */
type Exports = object;
type Chunk = (module: { exports: Exports }, exports: Exports, require: Load) => void;
type Pack = Readonly<Record<string, Chunk>>;
type Load = (name: string) => Exports;

/**
 * Loads a chunk by its name, and what is none of them from outside.
 * @param outside require() of the program's own file
 */
export function packed(
  folder: string,
  packOf: Readonly<Record<string, string>>,
  outside: NodeJS.Require,
): Load {
  const packs = new Map<string, Pack>();
  const loaded = new Map<string, { exports: Exports }>();
  const packNamed = (name: string): Pack => {
    const known = packs.get(name);
    if (known !== undefined) return known;
    const file = `${folder}/${name}.js`;
    // It is ASCII, which is taken over as it is.
    const pack: Pack = new Script(readFileSync(file, 'latin1'), {
      filename: file,
    }).runInThisContext();
    packs.set(name, pack);
    return pack;
  };
  const load: Load = (specifier) => {
    const name = specifier.startsWith('./') ? specifier.slice(2) : specifier;
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const pack = packOf[name];
    if (pack === undefined) return outside(name);
    const module = { exports: {} };
    loaded.set(name, module);
    packNamed(pack)[name]?.(module, module.exports, load);
    return module.exports;
  };
  return load;
}

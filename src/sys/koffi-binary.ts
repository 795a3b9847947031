/**
 * Where koffi's binary is: only where the installed koffi itself has it. It is native code, which
 * runs as soon as it is loaded, so all that can be asked of it is asked before.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The binary of this version, as koffi's loader would find it after five milliseconds of telling
 * systems apart. Null where it is not certain which one that is: the loader is to be asked.
 *
 * @param paths where Node looks for koffi, in turn: `require.resolve.paths('koffi')`
 */
export function koffiBinary(paths: readonly string[], version: string): string | null {
  const arch = process.arch;
  const known = process.platform === 'linux' && (arch === 'x64' || arch === 'arm64');
  if (!known || mayBeMusl()) return null;
  // Behind the last folder above the program come those of NODE_PATH and $HOME ("Loading from the
  // global folders", the Node.js documentation): under sudo they can be another user's.
  const above = paths.slice(0, paths.indexOf('/node_modules') + 1);
  const koffi = above.find((folder) => existsSync(`${folder}/koffi/package.json`));
  if (koffi === undefined) return null;
  try {
    // pnpm has a link here, and what belongs to koffi beside that which it leads to.
    const real = realpathSync.native(`${koffi}/koffi`);
    const around = [`${real}/node_modules`, dirname(real)];
    const name = `@koromix/koffi-linux-${arch}`;
    const found = around.find((folder) => existsSync(`${folder}/${name}/package.json`));
    if (found === undefined) return null;
    const itself = JSON.parse(readFileSync(`${found}/${name}/package.json`, 'utf8'));
    return itself.version === version ? `${found}/${name}/linux_${arch}/koffi.node` : null;
  } catch {
    return null;
  }
}

/**
 * Whether Node may be built for musl. Its loader has one path wherever it is, for programs name it
 * by that (elf(5), PT_INTERP); to look into Node's own program takes half a millisecond.
 */
function mayBeMusl(): boolean {
  return existsSync(`/lib/ld-musl-${process.arch === 'x64' ? 'x86_64' : 'aarch64'}.so.1`);
}

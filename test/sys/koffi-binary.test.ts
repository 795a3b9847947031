/**
 * Which of several koffi.node a program loads: /proc/self/maps tells (proc(5)). What lies beside the
 * install is a koffi.node, too, so that it would work, and nothing else would tell.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { KOFFI_VERSION } from '../../src/sys/ffi.ts';
import { koffiBinary } from '../../src/sys/koffi-binary.ts';
import { bundle } from '../support/bundle.ts';
import { scratch } from '../support/payload.ts';

const PLATFORM = `linux-${process.arch}`;
const NAME = `@koromix/koffi-${PLATFORM}`;
const OURS = 'node_modules/koffi';
const FILE = `${PLATFORM.replace('-', '_')}/koffi.node`;

let root = '';
let program = '';

beforeEach(() => {
  root = realpathSync(scratch());
  program = join(root, 'app/node_modules/socklab/program.mjs');
  mkdirSync(dirname(program), { recursive: true });
  const script = bundle(`
    import { readFileSync } from 'node:fs';
    import { bind, call } from './src/sys/ffi.ts';
    if (call(bind('int close(int)'), -1) >= 0) throw new Error('it does not work');
    const maps = readFileSync('/proc/self/maps', 'utf8');
    console.log([...new Set(maps.match(/\\S*koffi\\.node/g))].join(' '));
  `);
  copyFileSync(script, program);
});

/** Puts koffi into this folder, but for its binary. */
function koffi(folder: string): void {
  cpSync(OURS, join(root, folder, 'koffi'), { recursive: true });
}

/** Puts a binary into this folder. @returns its path */
function binary(folder: string, version: string = KOFFI_VERSION): string {
  const place = join(root, folder, NAME);
  cpSync(`node_modules/${NAME}`, place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: NAME, version }));
  return join(place, FILE);
}

function loaded(env: Readonly<Record<string, string>> = {}): string {
  const options = { encoding: 'utf8', env: { HOME: root, ...env } } as const;
  return execFileSync(process.execPath, [program], options).trim();
}

const OWN = 'app/node_modules/socklab/node_modules';

describe.runIf(process.platform === 'linux')('koffi’s binary', () => {
  it('is the one below koffi, whatever lies in the folders above', () => {
    koffi(OWN);
    const own = binary(`${OWN}/koffi/node_modules`);
    binary('app/node_modules');
    expect(loaded()).toBe(own);
  });

  it('is the one beside koffi', () => {
    koffi('app/node_modules');
    const own = binary('app/node_modules');
    // Nearer to the program, but no koffi is there that it could belong to.
    binary(OWN);
    expect(loaded()).toBe(own);
  });

  it('is beside what a link leads to, as pnpm has it', () => {
    const store = `app/node_modules/.pnpm/koffi@${KOFFI_VERSION}/node_modules`;
    koffi(store);
    const own = binary(store);
    symlinkSync(join(root, store, 'koffi'), join(root, 'app/node_modules/koffi'));
    binary('app/node_modules');
    expect(loaded()).toBe(own);
  });

  it('is never one of $HOME or NODE_PATH', () => {
    koffi(OWN);
    const own = binary(`${OWN}/koffi/node_modules`);
    for (const folder of ['.node_modules', '.node_libraries', 'elsewhere']) binary(folder);
    expect(loaded({ NODE_PATH: join(root, 'elsewhere') })).toBe(own);
  });

  it('is not asked for where koffi itself is only there', () => {
    koffi('.node_modules');
    binary('.node_modules');
    const paths = [join(root, OWN), '/node_modules', join(root, '.node_modules')];
    expect(koffiBinary(paths, KOFFI_VERSION)).toBe(null);
  });

  it('is not loaded to ask its version', () => {
    koffi(OWN);
    const paths = [join(root, OWN), '/node_modules'];
    const own = binary(OWN);
    expect(koffiBinary(paths, KOFFI_VERSION)).toBe(own);
    expect(koffiBinary(paths, '0.0.1')).toBe(null);
  });
});

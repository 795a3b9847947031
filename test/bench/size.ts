/** How large socklab is where it is installed: what `npm install` of the packed program leaves there. */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asked, short } from './harness/options.ts';
import { report, skip } from './harness/report.ts';
import type { Samples } from './harness/rounds.ts';

/** Megabytes (10⁶) of the files below. */
function megabytes(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = entries
    .map((entry) => lstatSync(join(folder, entry)))
    .filter((one) => one.isFile());
  return files.reduce((sum, { size }) => sum + size, 0) / 1e6;
}

/** Each package of the folder, the scoped ones too. */
function packages(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map((one) => join(name, one))
        : [name],
    );
}

function installed(): Samples[] {
  const folder = mkdtempSync(join(tmpdir(), 'socklab-bench-'));
  try {
    const npm = (args: readonly string[], cwd: string) =>
      execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    // Built already; to build it again would take dist away from under the benchmarks.
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const tarball = npm(pack, process.cwd()).trim().split('\n').at(-1) ?? '';
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    npm(['install', '--omit=dev', ...quiet, join(folder, tarball)], folder);
    const modules = join(folder, 'node_modules');
    const sizes = packages(modules).map((name) => ({
      name,
      samples: [megabytes(join(modules, name))],
    }));
    return sizes.sort((a, b) => (b.samples[0] ?? 0) - (a.samples[0] ?? 0));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without the network: those of this checkout that the lockfile does not call development’s. */
function locked(): Samples[] {
  const lock: { packages: Record<string, { dev?: boolean }> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  );
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .flatMap(([path]) => {
      try {
        return [{ name: path.replace('node_modules/', ''), samples: [megabytes(path)] }];
      } catch {
        // One for another platform.
        return [];
      }
    })
    .sort((a, b) => (b.samples[0] ?? 0) - (a.samples[0] ?? 0));
}

function measured(row: string): void {
  const all = short ? locked() : installed();
  const dependencies = all.filter(({ name }) => name !== 'socklab');
  const figure = dependencies.reduce((sum, { samples }) => sum + (samples[0] ?? 0), 0);
  const contenders = all.slice(0, 10);
  const what = `${dependencies.length} dependencies${short ? ', by the lockfile' : ', installed'}`;
  report({ row, what, unit: 'MB; the largest ten', contenders, figure });
}

if (asked('size/installed'))
  try {
    measured('size/installed');
  } catch (error) {
    skip('size/installed', `npm could not install it: ${error}`);
  }

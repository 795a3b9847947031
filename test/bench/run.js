/**
 * Runs the benchmarks of this folder, or those named, and exits with 1 where a bound is missed:
 *   npm run bench -- [NAME…] [--short] [--only ROW]… [--json FILE] [--node PATH]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const here = import.meta.dirname;
const named = (ending) => {
  const files = readdirSync(here).filter((name) => name.endsWith(ending));
  return files.map((name) => name.slice(0, -ending.length));
};
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    node: { type: 'string', default: process.execPath },
  },
});
const all = named('.ts').filter((name) => !name.endsWith('.test'));
const groups = values.only.map((row) => row.split('/')[0]);
const wanted = positionals.length > 0 ? positionals : all;
const chosen = wanted.filter((name) => groups.length === 0 || groups.includes(name));
const unknown = [...wanted, ...groups].filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${all.join(', ')}`);
  process.exit(2);
}

/** Beside node_modules, so that packages are found from there. */
const scratch = mkdtempSync(join(here, '..', '..', 'dist', 'bench-'));
const rowsFile = join(scratch, 'rows.jsonl');
const loadBefore = loadavg();
try {
  writeFileSync(rowsFile, '');
  buildPeers();
  for (const name of chosen) await runOne(name);
  conclude(readFileSync(rowsFile, 'utf8').split('\n').filter(Boolean).map(JSON.parse));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function buildPeers() {
  const peers = join(here, 'peers');
  mkdirSync(join(scratch, 'peers'));
  for (const file of readdirSync(peers).filter((name) => name.endsWith('.c'))) {
    const program = join(scratch, 'peers', file.slice(0, -2));
    execFileSync('cc', ['-O2', '-Wall', '-o', program, join(peers, file)], { stdio: 'inherit' });
  }
}

async function runOne(name) {
  const outfile = join(scratch, `${name}.js`);
  await build({
    entryPoints: [join(here, `${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
  });
  const passedOn = [
    ...(values.short ? ['--short'] : []),
    ...values.only.flatMap((row) => ['--only', row]),
    ...['--node', values.node, '--rows', rowsFile, '--peers', join(scratch, 'peers')],
  ];
  const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...passedOn], {
    cwd: join(here, '..', '..'),
    stdio: 'inherit',
  });
  if (status === 0) return;
  console.error(`${name} ended with ${status}`);
  process.exitCode = 1;
}

function conclude(rows) {
  const missed = rows.filter(({ met }) => met === false).map(({ row }) => row);
  const met = rows.filter((row) => row.met === true).length;
  console.log(
    `\n${met} bounds reached, ${missed.length} missed${missed.map((row) => `\n  ${row}`).join('')}`,
  );
  if (missed.length > 0) process.exitCode = 1;
  if (values.json === undefined) return;
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    kernel: release(),
    node: execFileSync(values.node, ['--version'], { encoding: 'utf8' }).trim(),
    load: { before: loadBefore, after: loadavg() },
  };
  writeFileSync(
    values.json,
    `${JSON.stringify({ short: values.short, machine, rows }, null, 2)}\n`,
  );
}

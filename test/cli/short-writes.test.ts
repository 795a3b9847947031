/** A file that takes only the beginning of what is written: what was lost is told, with 69. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch } from '../support/payload.ts';
import { run, SOCKLAB, shell, start } from '../support/program.ts';

/** Without what is compiled, which would be written to other files under the same limit. */
const env = { NODE_DISABLE_COMPILE_CACHE: '1' };

describe('stdout is a file', () => {
  it('that takes all of it, after what is there already', async () => {
    const { stdout } = await run(['man'], '', { env });
    expect(stdout.length).toBeGreaterThan(4096);
    const file = join(scratch(), 'out');
    const program = shell(`echo before > '${file}'; "$@" man >> '${file}'`, { env });
    program.end();
    expect(await program.exit()).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(`before\n${stdout}`);
  });

  it('that may not become so large: EFBIG', async () => {
    const file = join(scratch(), 'out');
    const program = shell(`ulimit -f 4; "$@" man > '${file}'`, { env });
    program.end();
    expect(await program.exit()).toMatchObject({
      code: 69,
      stderr: 'socklab: stdout: EFBIG: file too large, write\n',
    });
    // In blocks of 512 bytes, or of 1024: as the shell counts.
    expect([2048, 4096]).toContain(statSync(file).size);
  });

  it('on a disk that is nearly full: ENOSPC', async (context) => {
    const disk = scratch();
    // In a name space of its own, so that nothing is left mounted.
    const mount = ['-m', 'sh', '-c', 'mount -t tmpfs -o size=4k tmpfs "$0" && "$@"', disk];
    if (spawnSync('unshare', [...mount, 'true']).status !== 0)
      context.skip('mount(8) is not allowed');
    const write = 'file="$1"; shift; "$@" man > "$file"; code=$?; wc -c < "$file"; exit "$code"';
    const args = [...mount, 'sh', '-c', write, 'sh', join(disk, 'out'), ...SOCKLAB];
    const program = start('unshare', args, { env });
    program.end();
    const { code, stdout, stderr } = await program.exit();
    expect([code, stderr]).toEqual([
      69,
      'socklab: stdout: ENOSPC: no space left on device, write\n',
    ]);
    expect(Number(stdout.toString())).toBe(4096);
  });
});

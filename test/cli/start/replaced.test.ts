/** An installation that is replaced, or taken away, while it runs: nothing of it stays, or lies. */
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { scratch } from '../../support/payload.ts';
import { type Exit, start } from '../../support/program.ts';

let root = '';
let more = '';

beforeEach(() => {
  root = scratch();
  for (const name of ['bin', 'dist']) cpSync(name, join(root, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  more = join(root, 'dist/cli/more.js');
});

function inspect(cache: string): Promise<Exit> {
  const env = { XDG_CACHE_HOME: join(root, cache) };
  const program = start(process.execPath, [join(root, 'bin/socklab.js'), 'inspect', '::1'], {
    env,
  });
  program.end();
  return program.exit();
}

describe('a pack of another build', () => {
  it('of the same length is not kept under the name of the right one', async () => {
    const right = readFileSync(more, 'latin1');
    const other = right.replaceAll('an IPv6 address: 128', 'an IPv9 address: 666');
    expect(other).not.toBe(right);
    writeFileSync(more, other);
    expect((await inspect('cache')).stdout.toString()).toContain('IPv9');
    expect(readdirSync(join(root, 'cache/socklab/code')).join()).not.toContain('-more-');
    writeFileSync(more, right);
    const { code, stdout } = await inspect('cache');
    expect([code, stdout.toString()]).toEqual([0, expect.stringContaining('IPv6 address: 128')]);
    expect(stdout.toString()).not.toContain('IPv9');
    expect(readdirSync(join(root, 'cache/socklab/code')).join()).toContain('-more-');
  });

  it.each([
    ['of another version', () => writeFileSync(more, '(() => ({}))()\n'), 'of another version'],
    ['missing', () => rmSync(more), 'ENOENT'],
    ['cut off', () => writeFileSync(more, readFileSync(more).subarray(0, -9)), 'Unexpected'],
  ])('that is %s is told calmly, with 69', async (_, spoil, said) => {
    spoil();
    const { code, stdout, stderr } = await inspect('none');
    expect([code, stdout.length]).toEqual([69, 0]);
    expect(stderr).toMatch(/^socklab: it can't be loaded here: [^\n]*\n$/);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('defect');
  });
});

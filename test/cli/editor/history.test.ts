import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { History } from '../../../src/cli/editor/history.ts';
import { bundle } from '../../support/bundle.ts';
import { scratch } from '../../support/payload.ts';
import { start } from '../../support/program.ts';

/** Begins a session for each line: so it is among those that put the long file aside. */
const WRITER = `
import { History } from './src/cli/editor/history.ts';
for (let i = 0; i < 200; i++) new History(process.env).add(process.argv[2] + ' ' + i);
`;

function place(): { env: { XDG_STATE_HOME: string }; file: string } {
  const state = scratch();
  return { env: { XDG_STATE_HOME: state }, file: join(state, 'socklab', 'history') };
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `line ${from + i}`);
}

describe('the history', () => {
  it('is there again in the next run, the newest first, for its owner’s eyes only', () => {
    const { env, file } = place();
    const first = new History(env);
    for (const line of ['a', 'b', 'a']) first.add(line);
    expect(readFileSync(file, 'utf8')).toBe('a\nb\na\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(new History(env).lines).toEqual(['a', 'b', 'a']);
    expect(first.lines).toEqual(['a', 'b', 'a']);
  });

  it('is made private where it was not', () => {
    const { env, file } = place();
    new History(env).add('a');
    chmodSync(file, 0o644);
    new History(env);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps no line twice in a row, none that begins with a blank, and no empty one', () => {
    const { env, file } = place();
    const history = new History(env);
    for (const line of ['a', 'a', ' secret', '\tsecret', '', '  ', 'b', 'a']) history.add(line);
    expect(readFileSync(file, 'utf8')).toBe('a\nb\na\n');
    const next = new History(env);
    next.add('a');
    expect(readFileSync(file, 'utf8')).toBe('a\nb\na\n');
  });

  it('loses nothing while a long file is put aside', () => {
    const { env, file } = place();
    const before = new History(env);
    writeFileSync(file, `${numbered(0, 1500).join('\n')}\n`);
    const second = new History(env);
    before.add('from before');
    second.add('from the second');
    expect(second.lines.slice(0, 2)).toEqual(['from the second', 'line 1499']);
    expect(readFileSync(file, 'utf8')).toBe('from before\nfrom the second\n');
    const third = new History(env);
    expect(third.lines.slice(0, 3)).toEqual(['from the second', 'from before', 'line 1499']);
    expect(third.lines).toHaveLength(1000);
    expect(statSync(`${file}.1`).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('sessions that begin and write at the same time lose no line', async () => {
    const { env, file } = place();
    new History(env);
    writeFileSync(file, `${numbered(0, 900).join('\n')}\n`);
    const module = bundle(WRITER);
    const names = ['a', 'b', 'c'];
    const writers = names.map((name) =>
      start(process.execPath, [module, name], { env: { ...env } }),
    );
    for (const writer of writers) expect((await writer.exit()).code).toBe(0);
    const kept = [`${file}.1`, file]
      .map((path) => readFileSync(path, 'utf8'))
      .join('')
      .split('\n');
    for (const name of names)
      expect(kept.filter((line) => line.startsWith(name))).toEqual(
        Array.from({ length: 200 }, (_, i) => `${name} ${i}`),
      );
    expect(kept).toHaveLength(900 + 600 + 1);
  });

  it('a lock that somebody left behind holds nothing up for long', () => {
    const { env, file } = place();
    new History(env);
    writeFileSync(file, `${numbered(0, 1500).join('\n')}\n`);
    mkdirSync(`${file}.lock`);
    new History(env);
    expect(existsSync(`${file}.1`)).toBe(false);
    const long = new Date(Date.now() - 3_600_000);
    utimesSync(`${file}.lock`, long, long);
    new History(env);
    expect(readFileSync(`${file}.1`, 'utf8')).toContain('line 1499\n');
  });

  it('is not followed to another file, and can be without any', () => {
    const { env, file } = place();
    mkdirSync(join(env.XDG_STATE_HOME, 'socklab'));
    const other = join(env.XDG_STATE_HOME, 'other');
    writeFileSync(other, 'theirs\n', { mode: 0o644 });
    symlinkSync(other, file);
    const history = new History(env);
    history.add('mine');
    expect(history.lines).toEqual(['mine']);
    expect(readFileSync(other, 'utf8')).toBe('theirs\n');
    expect(statSync(other).mode & 0o777).toBe(0o644);
    expect(new History({}).lines).toEqual([]);
    expect(new History({ XDG_STATE_HOME: 'relative', HOME: '/proc/none' }).lines).toEqual([]);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run, SOCKLAB, start } from '../support/program.ts';

const CALL = /^ {2}(?:\[\d+\] )?((\w+)\((.*?)\)) = (-1 [A-Z]+|\d+)/gm;

/** The lines of calls: `bind(19, {AF_INET, 127.0.0.1:0}, 16) = 0`. */
function callsShown(text: string): { call: string; args: string[]; result: string }[] {
  return [...text.matchAll(CALL)].map(([, , call = '', args = '', result = '']) => ({
    call,
    args: essential(args),
    result,
  }));
}

/** The same from strace, without its unfinished ones: the demo has one thread that matters. */
function callsMade(trace: string): { call: string; args: string[]; result: string }[] {
  return [...trace.matchAll(/^\d+ +(\w+)\((.*)\) += (-1 [A-Z]+|\d+)/gm)].map(
    ([, call = '', args = '', result = '']) => ({ call, args: essential(args), result }),
  );
}

/** What both notations have in common: numbers, texts, ports, addresses, the first constants. */
function essential(args: string): string[] {
  return (
    args
      // strace's notation of addresses, in ours.
      .replaceAll(/sin_port=htons\((\d+)\), sin_addr=inet_addr\("([\d.]+)"\)/g, '$2:$1')
      .replaceAll('sa_family=', '')
      .replaceAll('IPPROTO_IP', '0')
      .match(/"(?:[^"\\]|\\.)*"|[\w.:]+/g) ?? []
  );
}

describe('demo', () => {
  it('runs to its end, and every scene is there', async () => {
    const { code, stdout, stderr } = await run(['demo']);
    const text = stdout.toString();
    const scenes = [...text.matchAll(/^(\d+) {2}\S/gm)].map(([, number]) => Number(number));
    expect(scenes.length).toBeGreaterThanOrEqual(10);
    expect(scenes).toEqual(scenes.map((_, i) => i + 1));
    expect(text).toMatch(/client +FIN-WAIT-1 → FIN-WAIT-2/);
    expect(text).toMatch(/client +FIN-WAIT-2 → TIME-WAIT/);
    expect(text).toContain('-1 EADDRINUSE');
    expect([code, stderr]).toEqual([0, '']);
  });

  it('fits into 80 columns', async () => {
    const { stdout } = await run(['demo']);
    const lines = stdout.toString().split('\n');
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
  });

  it('shows calls that were made, in their order: strace saw the same', async (context) => {
    const probe = await start('strace', ['-o', '/dev/null', 'true']).exit();
    if (probe.code !== 0) context.skip(`strace can't trace here: ${probe.stderr.trim()}`);
    const directory = mkdtempSync(join(tmpdir(), 'socklab-demo-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const log = join(directory, 'strace');
    const watched = ['-f', '-e', 'trace=network,read,write,close', '-o', log, ...SOCKLAB, 'demo'];
    const demo = await start('strace', watched).exit();
    expect(demo.code).toBe(0);

    const shown = callsShown(demo.stdout.toString());
    const made = callsMade(readFileSync(log, 'utf8'));
    expect(shown.length).toBeGreaterThan(15);
    let at = 0;
    for (const { call, args, result } of shown) {
      const found = made.findIndex(
        (one, i) =>
          i >= at &&
          one.call === call &&
          one.result === result &&
          args.every((argument) => one.args.includes(argument)),
      );
      expect(found, `${call}(${args.join(', ')}) = ${result} is not in the trace`).not.toBe(-1);
      at = found + 1;
    }
  });
});

/**
 * How long it takes from Enter to the printed step, on a pseudo-terminal: `npm run bench -- terminal`.
 * The longest is the first one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { amount } from './harness/options.ts';

const STATEMENTS = amount(1000, 200);
const PROMPT = 'socklab › ';

const state = mkdtempSync(join(tmpdir(), 'socklab-bench-'));
const pty = spawn(process.execPath, ['bin/socklab.js', '--quiet', '--color', 'never'], {
  cols: 80,
  rows: 24,
  env: { ...process.env, XDG_STATE_HOME: state, TERM: 'xterm' },
});

let told = '';
let heard: () => void = () => {};
pty.onData((text) => {
  told += text;
  heard();
});

/** Waits for the text, and forgets all up to it. */
async function until(text: string): Promise<void> {
  while (!told.includes(text))
    await new Promise<void>((resolve) => {
      heard = resolve;
    });
  told = told.slice(told.indexOf(text) + text.length);
}

/** @returns milliseconds from Enter to the line that tells the result */
async function timed(statement: string): Promise<number> {
  pty.write(statement);
  await until(statement);
  const from = performance.now();
  pty.write('\r');
  await until(') = ');
  const took = performance.now() - from;
  await until(PROMPT);
  return took;
}

const times: number[] = [];
await until(PROMPT);
for (let i = 0; i < STATEMENTS / 2; i++) {
  times.push(await timed(`s = socket(AF_INET, SOCK_STREAM, 0)`));
  times.push(await timed('close(s)'));
}
pty.kill();
rmSync(state, { recursive: true, force: true });

times.sort((a, b) => a - b);
const at = (share: number) => `${times[Math.ceil(times.length * share) - 1]?.toFixed(2)} ms`;
console.log(`${times.length} statements, from Enter to the step that is printed`);
console.log(`p50 ${at(0.5)}   p99 ${at(0.99)}   longest ${at(1)}`);

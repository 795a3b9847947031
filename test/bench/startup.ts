/** How long whole processes take, from spawn to exit; and the prompt, from spawn to the first sign of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { amount, asked, node } from './harness/options.ts';
import { type Command, peer, socklab, startPrinting } from './harness/program.ts';
import { report } from './harness/report.ts';
import { type Contender, interleaved, paired, type Samples } from './harness/rounds.ts';

const ROUNDS = amount(41, 7);
const BARE: Command = [node, '-e', '0'];

const state = mkdtempSync(join(tmpdir(), 'socklab-bench-'));
const env: NodeJS.ProcessEnv = { ...process.env, XDG_STATE_HOME: state, TERM: 'xterm' };
delete env.NODE_OPTIONS;

/** Milliseconds from spawn to exit, with nothing on stdin and nobody reading. */
function whole(name: string, [program, ...args]: Command): Contender {
  const run = () => {
    const began = performance.now();
    const { status } = spawnSync(program, args, { stdio: 'ignore', env });
    const took = performance.now() - began;
    return status === 0
      ? Promise.resolve(took)
      : Promise.reject(new Error(`${name} ended with ${status}`));
  };
  return { name, run };
}

/** On a pseudo-terminal: milliseconds from spawn until `sign` is there, or to the end without one. */
function onTerminal(name: string, [program, ...args]: Command, sign: string | null): Contender {
  const run = () =>
    new Promise<number>((resolve) => {
      const began = performance.now();
      const pty = spawn(program, args, { cols: 80, rows: 24, env });
      let told = '';
      let took: number | null = null;
      pty.onData((text) => {
        told += text;
        if (took !== null || sign === null || !told.includes(sign)) return;
        took = performance.now() - began;
        // Ctrl-D: the end, as a user would say it.
        pty.write('\x04');
      });
      pty.onExit(() => resolve(took ?? (sign === null ? performance.now() - began : Number.NaN)));
    });
  return { name, run };
}

function tell(row: string, what: string, name: string, all: readonly Samples[]): void {
  const bare = all.find((one) => one.name === BARE_NAME);
  const own = all.find((one) => one.name === name);
  if (bare === undefined || own === undefined) return;
  const figure = paired(name, BARE_NAME, all, (ours, plain) => ours - plain);
  report({ row, what, unit: 'ms', contenders: [bare, own], figure });
}

const BARE_NAME = 'node -e 0';

async function processes(): Promise<void> {
  const rows = ['startup/version', 'startup/help', 'startup/send'].filter(asked);
  if (rows.length === 0) return;
  const server = await startPrinting(peer('echo'));
  const commands: Readonly<Record<string, Command>> = {
    'startup/version': socklab('--version'),
    'startup/help': socklab('--help'),
    'startup/send': socklab('send', `:${server.port}`, 'hello'),
  };
  const chosen = Object.entries(commands).filter(([row]) => asked(row));
  const contenders = chosen.map(([row, command]) => whole(nameOf(row), command));
  const taken = await interleaved([whole(BARE_NAME, BARE), ...contenders], ROUNDS);
  await server.stop();
  for (const row of rows) tell(row, 'from spawn to exit', nameOf(row), taken);
}

function nameOf(row: string): string {
  return row === 'startup/send' ? 'socklab send' : `socklab --${row.split('/')[1]}`;
}

async function prompt(): Promise<void> {
  if (!asked('startup/prompt')) return;
  const contenders = [
    onTerminal(BARE_NAME, BARE, null),
    onTerminal('socklab', socklab('--color', 'never'), 'socklab › '),
  ];
  const taken = await interleaved(contenders, ROUNDS);
  tell('startup/prompt', 'from spawn to the prompt, on a pseudo-terminal', 'socklab', taken);
}

try {
  await processes();
  await prompt();
} finally {
  rmSync(state, { recursive: true, force: true });
}

/** Runs what the page names beside socklab, and holds it against what the page says will happen. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Program } from '../support/program.ts';
import { commandsOf, type Instead, type Task } from './page.ts';
import { inside, killGroup, type Stage } from './stage.ts';

/** What stays, and waits for others. */
const LISTENS = /\bn(?:c|cat) (?:-\S+ )*-l|LISTEN|UDP-RECV|http\.server/;
/** The task's own server, or what it puts into the background. */
const SERVES = /socklab (?:serve|relay)|&$/;
/** Commands that make files, and nothing else. */
const PREPARES = /^(?:mkdir|seq|head)\b(?!.*socklab)/;
/** How long a program must stay to be said to hang. */
const HANGS_MS = 1000;

/** Beside the task's own server; where it is a server itself, without that. */
export async function runInstead(task: Task, instead: Instead, stage: Stage): Promise<void> {
  const { command, words } = instead;
  const prepare = task.terminals.flatMap(commandsOf).filter((text) => PREPARES.test(text));
  await inside(stage, [':', ...prepare].join('\n')).exit();
  const listens = LISTENS.test(command);
  const server = commandsOf(task.terminals[0] ?? []).find((text) => SERVES.test(text));
  const others = listens || server === undefined ? [] : [await started(stage, server)];
  const open = sockets(stage);
  const program = inside(stage, command);
  const code = Number(/\bexits with (\d+)/.exec(words)?.[1] ?? 0);
  if (listens && code === 0) await until('a socket', () => hasMore(stage, open), program);
  else if (/^ hangs\b/.test(words)) await expect(program.exit(HANGS_MS)).rejects.toThrow('no sign');
  else expect(await program.exit()).toMatchObject({ code });
  for (const [, text = ''] of words.matchAll(/prints `([^`]+)`/g))
    await until(text, () => `${program.stdout}${program.stderr}`.includes(text), program);
  for (const one of [program, ...others]) await end(one);
}

/** Starts the server, and waits until it can be reached. */
async function started(stage: Stage, server: string): Promise<Program> {
  const open = sockets(stage);
  const program = inside(stage, server.replace(/ &$/, ''));
  await until('a socket', () => hasMore(stage, open), program);
  return program;
}

/** Each socket of the stage that can be reached, as /proc/net has it: listening, or UDP and bound. */
function sockets({ pid }: Stage): ReadonlySet<string> {
  return new Set(
    ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((name) =>
      readFileSync(`/proc/${pid}/net/${name}`, 'utf8')
        .split('\n')
        .map((row) => row.trim().split(/\s+/))
        .filter(([, , , state]) => state === (name.startsWith('tcp') ? LISTEN : UNCONNECTED))
        .map(([, local, , , , , , , , inode]) => `${name} ${local} ${inode}`),
    ),
  );
}

function hasMore(stage: Stage, before: ReadonlySet<string>): boolean {
  return [...sockets(stage)].some((one) => !before.has(one));
}

/** proc(5): TCP_LISTEN and TCP_CLOSE. */
const LISTEN = '0A';
const UNCONNECTED = '07';

/** Looks until it is so. */
async function until(what: string, fulfilled: () => boolean, program: Program): Promise<void> {
  const giveUp = performance.now() + 10_000;
  while (!fulfilled()) {
    if (performance.now() > giveUp) throw new Error(`no sign of ${what}\n${program.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function end(program: Program): Promise<void> {
  killGroup(program.pid);
  await program.exit();
}

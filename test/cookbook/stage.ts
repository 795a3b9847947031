/**
 * Where a task is played: a folder, and a network of its own, as unshare(1) makes it. Fixed ports
 * are free in that, and nobody else is there.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { scratch } from '../support/payload.ts';
import { type Program, SOCKLAB, start } from '../support/program.ts';

const UNSHARE = ['unshare', '--user', '--map-root-user', '--net'] as const;

/** Why there can be none here, or null. */
export const NO_STAGE: string | null = whyNot();

export interface Stage {
  readonly folder: string;
  /** The command that runs a command there. */
  readonly enter: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** A process there, to look at /proc/PID/net. */
  readonly pid: number;
}

function whyNot(): string | null {
  const [command, ...args] = UNSHARE;
  const { error, status, stderr } = spawnSync(command, [...args, 'ip', 'link', 'set', 'lo', 'up']);
  if (error !== undefined) return 'unshare(1) is not installed';
  return status === 0 ? null : `no network of one’s own: ${stderr.toString().trim()}`;
}

/** Makes one that lasts as long as the test. */
export async function makeStage(): Promise<Stage> {
  const [command, ...args] = UNSHARE;
  // cat(1) holds the network: it ends with its stdin, also where the test's process dies.
  const hold = 'ip link set lo up && echo ready "$$" && exec cat';
  const pid = Number(await start(command, [...args, 'sh', '-c', hold]).ready());
  const folder = join(scratch(), 'stage');
  mkdirSync(folder);
  return {
    folder,
    pid,
    enter: ['nsenter', '--target', String(pid), '--user', '--net', '--preserve-credentials'],
    env: { PATH: `${commandFolder()}:${process.env.PATH}`, TZ: 'UTC' },
  };
}

/** Runs a line of sh in the folder; what it started ends with the test. */
export function inside({ enter, folder, env }: Stage, line: string): Program {
  const [command, ...args] = enter;
  const script = `cd '${folder}' && ${line}`;
  const program = start(command, [...args, 'sh', '-c', script], { env, detached: true });
  const { pid } = program;
  onTestFinished(() => killGroup(pid));
  return program;
}

/** Ends all of a process group that we made. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** A folder in which `socklab` lies. */
function commandFolder(): string {
  const folder = scratch();
  const path = join(folder, 'socklab');
  writeFileSync(path, `#!/bin/sh\nexec '${SOCKLAB.join("' '")}' "$@"\n`);
  chmodSync(path, 0o755);
  return folder;
}

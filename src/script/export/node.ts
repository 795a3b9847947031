/** A session as a Node program: net and dgram, each call awaited after the other. */
import { printCall } from '../print.ts';
import type { Recorded } from '../recording.ts';
import { isStream } from './domains.ts';
import { dataCalls } from './node/calls-data.ts';
import { socketCalls } from './node/calls-sockets.ts';
import { type EmitNode, noWay } from './node/common.ts';
import { NodeProgram, string } from './node/program.ts';
import { argOf, isSpent, numberOf, textOf } from './resolved.ts';
import { type Act, storyOf } from './story.ts';

export function exportNode(all: readonly Recorded[]): string {
  const p = new NodeProgram(storyOf(all));
  for (const act of p.story.acts) emit(p, act);
  if (p.later) p.line('await Promise.all(later);');
  for (const sock of p.made) {
    const name = p.socket(sock);
    if (sock.listens) p.line(`${p.use('closeListener')}(${name});`);
    else p.line(isStream(sock) ? `${name}.destroy();` : `${name}.close();`);
  }
  if (p.has('came')) p.line('process.exitCode = differs ? 1 : 0;');
  const parts = [
    `#!/usr/bin/env node
// A session of socklab, as a module for Node (its name ends in .mjs). Node has no socket(),
// bind() and accept() of its own: it makes a socket when it connects or listens, and reads ahead.
// The calls stand in the order in which they returned.`,
    ...(p.importLines.length === 0 ? [] : [p.importLines.join('\n')]),
    ...p.helperTexts,
    [...(p.later ? ['const later = [];'] : []), ...p.body].join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Calls about a socket. */
const CALLS: Readonly<Record<string, EmitNode>> = { ...socketCalls, ...dataCalls };

/** Calls about no socket. */
const OTHERS: Readonly<Record<string, (p: NodeProgram, act: Act) => void>> = {
  sleep: (p, act) => {
    const arg = argOf(act, 'time');
    const ms = arg?.kind === 'duration' ? arg.ms : (numberOf(act, 'time') ?? 0) * 1000;
    p.line(`await new Promise((resolve) => setTimeout(resolve, ${ms}));`);
  },
  getaddrinfo: (p, act) => {
    const host = string(textOf(act, 'host') ?? '');
    p.module("import dns from 'node:dns/promises';");
    p.line(`console.log('getaddrinfo() =', await dns.lookup(${host}, { all: true }));`);
  },
};

/** Calls that make the socket, or wait until it is made. */
const MAKE: ReadonlySet<string> = new Set([
  ...['bind', 'listen', 'connect', 'setsockopt', 'sendto', 'send', 'write'],
]);

function emit(p: NodeProgram, act: Act): void {
  if (act.fate !== 'made') {
    const why =
      act.fate === 'cancelled' ? 'was blocked until something ended it' : 'is blocked still';
    p.comment(`${printCall(act.call)} ${why}.`);
    return;
  }
  // The first call that does something with it makes it.
  if (act.call.name === 'socket' && act.opened.length > 0) return;
  const { subject } = act;
  const made = CALLS[act.call.name];
  const other = OTHERS[act.call.name];
  if (act.ahead > 0 && subject !== null && p.made.has(subject)) {
    p.comment('Bytes that had been read ahead in the session: the kernel had them no longer.');
    p.line(`await ${p.use('read')}(${p.socket(subject)}, ${act.ahead});`);
  }
  if (other !== undefined && act.step?.outcome.kind === 'value') other(p, act);
  else if (made === undefined || subject === null) noWay(p, act);
  else if (!p.made.has(subject) && !MAKE.has(act.call.name)) noWay(p, act);
  else if (isSpent(act))
    p.comment(`${printCall(act.call)} gave bytes that were read ahead: see above.`);
  else made(p, act, subject);
}

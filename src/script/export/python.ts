/** A session as Python: both ends in one program, with the module socket. */
import { printCall } from '../print.ts';
import type { Recorded } from '../recording.ts';
import { dataCalls } from './python/calls-data.ts';
import { type EmitPython, socketCalls } from './python/calls-sockets.ts';
import { PythonProgram } from './python/program.ts';
import { isSpent } from './resolved.ts';
import { type Act, storyOf } from './story.ts';

const CALLS: Readonly<Record<string, EmitPython>> = { ...socketCalls, ...dataCalls };

export function exportPython(all: readonly Recorded[]): string {
  const p = new PythonProgram(storyOf(all));
  for (const act of p.story.acts) emit(p, act);
  if (p.has('send_meanwhile')) p.line('for sender in senders:', '    sender.join()');
  if (p.has('came')) {
    p.module('import sys');
    p.line('sys.exit(1 if differs else 0)');
  }
  const parts = [
    '#!/usr/bin/env python3\n"""A session of socklab, as Python. The calls stand in the order in which they returned."""',
    p.importLines.join('\n'),
    ...p.helperTexts.map((text) => `\n${text}`),
    `${p.helperTexts.length > 0 ? '\n' : ''}${p.body.join('\n')}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function emit(p: PythonProgram, act: Act): void {
  const made = CALLS[act.call.name];
  if (act.fate !== 'made') {
    const why =
      act.fate === 'cancelled' ? 'was blocked until something ended it' : 'is blocked still';
    p.comment(`${printCall(act.call)} ${why}.`);
  } else if (isSpent(act)) {
    p.comment(`${printCall(act.call)} gave bytes that were read ahead: see above.`);
  } else if (made !== undefined) {
    const subject = act.subject === null ? '' : p.socket(act.subject);
    if (act.ahead > 0) {
      p.comment('Bytes that had been read ahead in the session: the kernel had them no longer.');
      p.line(`${p.use('read_n')}(${subject}, ${act.ahead})`);
    }
    made(p, act, subject);
  } else if (act.call.as === undefined) {
    p.comment(`${printCall(act.call)} has no counterpart in Python.`);
  }
}

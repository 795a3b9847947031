/**
 * A session as C, in the style of the lecture: one call after the other, each with its check. Two
 * programs where the session had both ends of a connection, else one.
 */
import { printCall } from '../print.ts';
import type { Recorded } from '../recording.ts';
import { askingCalls } from './c/calls-asking.ts';
import { dataCalls } from './c/calls-data.ts';
import { optionCalls } from './c/calls-options.ts';
import { type Emit, socketCalls, waitForQueue } from './c/calls-sockets.ts';
import { stdioCalls } from './c/calls-stdio.ts';
import { CProgram } from './c/program.ts';
import { isStream } from './domains.ts';
import { listenersOf } from './listeners.ts';
import { isSpent } from './resolved.ts';
import { type Act, type Side, type Story, sendsInPart, storyOf } from './story.ts';

/** A program’s text, and which end it is; null where it is both, or there is one only. */
export interface Program {
  readonly side: Side | null;
  readonly text: string;
}

const CALLS: Readonly<Record<string, Emit>> = {
  ...socketCalls,
  ...dataCalls,
  ...optionCalls,
  ...stdioCalls,
  ...askingCalls,
};

/** @returns the server first */
export function exportC(all: readonly Recorded[]): Program[] {
  const story = storyOf(all);
  if (!story.isSplit) return [{ side: null, text: program(story, null) }];
  return (['server', 'client'] as const).map((side) => ({ side, text: program(story, side) }));
}

function program(story: Story, side: Side | null): string {
  const p = new CProgram(story, side);
  const acts = story.acts.filter((act) => side === null || act.side === side);
  if (acts.some(isSignalled)) {
    p.include('signal.h');
    p.begin(
      '/* A write() to a connection that is gone sends SIGPIPE, which would end the program. */',
      'signal(SIGPIPE, SIG_IGN);',
    );
  }
  const ports = side === 'client' ? listenersOf(story).length : 0;
  if (ports > 0) {
    p.begin(
      `if (argc != ${ports + 1}) {`,
      `    fprintf(stderr, "usage: %s${' PORT'.repeat(ports)}\\n", argv[0]);`,
      '    exit(2);',
      '}',
    );
  }
  for (const act of acts) emit(p, act);
  end(p, acts);
  const main = ports > 0 ? 'int main(int argc, char *argv[])' : 'int main(void)';
  return p.text(about(story, side, ports), main);
}

function isSignalled({ step }: Act): boolean {
  return step?.details.some(({ kind }) => kind === 'signal') === true;
}

function about(story: Story, side: Side | null, ports: number): string[] {
  const which = side === null ? 'A session of socklab' : `The ${side} of a session of socklab`;
  const name = side ?? 'session';
  const port = story.sockets.some(({ to }) => to !== null && listenersOf(story).includes(to));
  const told = port ? ', and tells the port that the client wants to know' : '';
  return [
    `${which}, as C.`,
    '',
    `    cc -Wall -Wextra -Werror -o ${name} ${name}.c`,
    `    ./${name}${' PORT'.repeat(ports)}`,
    '',
    'It is for Linux, and wants what _GNU_SOURCE makes known.',
    ...(side === 'server' ? [`It comes first: it says when it listens${told}.`] : []),
    ...(ports > 0 ? ['The server tells the port.'] : []),
  ];
}

function emit(p: CProgram, act: Act): void {
  const made = CALLS[act.call.name];
  if (act.fate !== 'made' || made === undefined) {
    const why =
      act.fate === 'cancelled' ? 'was blocked until something ended it' : 'is blocked still';
    p.comment(`${printCall(act.call)} ${made === undefined ? 'has no counterpart in C' : why}.`);
    return;
  }
  const subject = act.subject === null ? '' : p.socket(act.subject);
  if (isSpent(act)) {
    p.comment(`${printCall(act.call)} gave bytes that were read ahead: see above.`);
    return;
  }
  if (act.ahead > 0) {
    p.comment('Bytes that had been read ahead in the session: the kernel had them no longer.');
    p.line(`${p.use('read_n')}(${subject}, ${p.buffer(act.ahead)}, ${act.ahead});`);
  }
  if (!sendsInPart(act) || p.side !== null || act.call.name.startsWith('f')) {
    made(p, act, subject);
    return;
  }
  // In one program nobody would read meanwhile.
  p.include('sys/wait.h');
  p.comment('In the session it was blocked while the rest went on: here a child process does it.');
  p.line('if (fork() == 0) {');
  made(p, act, subject);
  p.line('_exit(0);', '}');
}

/**
 * The session left its sockets open to its end. Here the other program may still be at work: the
 * client says that it is done, and the server waits for that.
 */
function end(p: CProgram, acts: readonly Act[]): void {
  if (acts.some((act) => sendsInPart(act)) && p.side === null) {
    p.include('sys/wait.h');
    p.line('while (wait(NULL) > 0)', '    ;');
  }
  const parted = [...p.open].filter((sock) => isStream(sock) && !sock.listens && p.isParted(sock));
  if (p.side === 'client') {
    for (const sock of parted) p.line(`shutdown(${p.socket(sock)}, SHUT_WR);`);
  }
  for (const sock of p.open) if (p.side === 'server' && sock.listens) waitForQueue(p, sock, null);
  for (const sock of parted) p.line(`${p.use('drain')}(${p.socket(sock)});`);
  const result = p.compares ? 'differs' : '0';
  if (acts.some(({ call }) => call.name === 'fprintf')) {
    p.comment('What is left in the buffer of a FILE was not sent in the session either.');
    p.line('fflush(stdout);', `_exit(${result});`);
  } else p.line(`return ${result};`);
}

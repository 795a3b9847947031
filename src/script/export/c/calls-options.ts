/** Options, poll() and their kin in C. */
import type { Arg } from '../../../socket/call.ts';
import { eventNames } from '../../../socket/calls/poll.ts';
import { constantValue } from '../../../socket/names.ts';
import { argOf, errorOf, numberOf, numberText, placeOf, resultOf } from '../resolved.ts';
import type { Act } from '../story.ts';
import { type Emit, includesOf } from './calls-sockets.ts';
import { checked, onlyHere } from './checked.ts';
import { literal } from './literal.ts';
import type { CProgram } from './program.ts';

export const optionCalls: Readonly<Record<string, Emit>> = {
  setsockopt: (p, act, subject) => {
    const start = `setsockopt(${subject}, ${optionText(p, act)}`;
    const value = optionValue(p, act);
    checked(p, act, `${start}, ${value.pointer}, ${value.length}) < 0`);
  },
  getsockopt: (p, act, subject) => {
    const start = `getsockopt(${subject}, ${optionText(p, act)}`;
    const room = answerRoom(p, act);
    const length = p.declare('socklen_t', p.names.of('option length', 'option_length'));
    p.line(`${length} = sizeof(${room.variable});`);
    checked(p, act, `${start}, ${room.pointer}, &${length}) < 0`);
    if (errorOf(act) !== null) return;
    const label = `getsockopt(${act.subject?.name}, ${numberText(act, 'option')})`;
    if (room.format !== null) p.line(`printf("${label} = ${room.format}\\n", ${room.shown});`);
    else p.line(`${p.use('show')}("${label}", ${room.variable}, ${length});`);
  },
  fcntl: (p, act, subject) => {
    p.include('fcntl.h');
    const command = numberText(act, 'command');
    const argument = placeOf(act, 'argument') === -1 ? '0' : numberText(act, 'argument');
    const call = `fcntl(${subject}, ${command}, ${argument})`;
    if (command.includes('SET')) {
      checked(p, act, `${call} < 0`);
      noteFlags(p, act, command);
      return;
    }
    const value = p.declare('int', 'value');
    checked(p, act, `(${value} = ${call}) < 0`);
    if (errorOf(act) === null) {
      p.line(`printf("fcntl(${act.subject?.name}, ${command}) = %d\\n", ${value});`);
    }
  },
  ioctl: (p, act, subject) => {
    const request = numberText(act, 'request');
    p.include('sys/ioctl.h');
    includesOf(p, act, 'request');
    const waits = /FIONREAD|SIOCINQ/.test(request) && p.isParted(act.subject);
    const came = act.step?.outcome.kind === 'value' ? act.step.outcome.value : null;
    if (waits && came?.kind === 'integer' && came.value > 0) {
      p.line(`${p.use('wait_bytes')}(${subject}, ${came.value});`);
    }
    const value = p.declare('int', 'value');
    checked(p, act, `ioctl(${subject}, ${request}, &${value}) < 0`);
    if (errorOf(act) === null) {
      p.line(`printf("ioctl(${act.subject?.name}, ${request}) = %d\\n", ${value});`);
    }
  },
  poll,
};

function optionText(p: CProgram, act: Act): string {
  includesOf(p, act, 'level');
  includesOf(p, act, 'option');
  return `${numberText(act, 'level')}, ${numberText(act, 'option')}`;
}

function noteFlags(p: CProgram, act: Act, command: string): void {
  const { subject } = act;
  if (subject === null || command !== 'F_SETFL') return;
  const set = ((numberOf(act, 'argument') ?? 0) & constantValue('O_NONBLOCK')) !== 0;
  if (set) p.nonBlocking.add(subject);
  else p.nonBlocking.delete(subject);
}

/** The kinds of structures that options have, by what they are called. */
function structOf(act: Act): 'linger' | 'timeval' | null {
  const option = numberText(act, 'option');
  if (option === 'SO_LINGER') return 'linger';
  return option === 'SO_RCVTIMEO' || option === 'SO_SNDTIMEO' ? 'timeval' : null;
}

const FIELDS = { linger: ['l_onoff', 'l_linger'], timeval: ['tv_sec', 'tv_usec'] } as const;

function optionValue(p: CProgram, act: Act): { pointer: string; length: string } {
  const struct = structOf(act);
  const value = act.meanings[placeOf(act, 'value')]?.value;
  if (value?.kind === 'bytes' || value?.kind === 'record') {
    return { pointer: literal(value.bytes), length: String(value.bytes.length) };
  }
  const arg = argOf(act, 'value');
  if (struct !== null && arg?.kind === 'struct') {
    const variable = structVariable(p, struct);
    const fields = value?.kind === 'struct' ? value.fields : arg.fields.map(plainNumber);
    for (const [i, field] of FIELDS[struct].entries()) {
      p.line(`${variable}.${field} = ${Number(fields[i] ?? 0)};`);
    }
    return { pointer: `&${variable}`, length: `sizeof(${variable})` };
  }
  const variable = p.declare('int', 'value');
  p.line(`${variable} = ${numberText(act, 'value')};`);
  return { pointer: `&${variable}`, length: `sizeof(${variable})` };
}

function plainNumber(arg: Arg): number {
  return arg.kind === 'integer' ? arg.value : 0;
}

function structVariable(p: CProgram, struct: 'linger' | 'timeval'): string {
  if (struct === 'timeval') p.include('sys/time.h');
  return p.declare(`struct ${struct}`, p.names.of(`struct ${struct}`, struct));
}

interface Room {
  readonly variable: string;
  readonly pointer: string;
  /** Null for bytes. */
  readonly format: string | null;
  readonly shown: string;
}

function answerRoom(p: CProgram, act: Act): Room {
  const struct = structOf(act);
  if (struct !== null) {
    const variable = structVariable(p, struct);
    const [first, second] = FIELDS[struct];
    const [type, one] = struct === 'linger' ? ['', '%d'] : ['(long)', '%ld'];
    const shown = `${type}${variable}.${first}, ${type}${variable}.${second}`;
    return { variable, pointer: `&${variable}`, format: `{${one}, ${one}}`, shown };
  }
  const outcome = act.step?.outcome;
  const value = outcome?.kind === 'value' ? outcome.value : null;
  if (value?.kind === 'bytes') {
    const variable = p.declare('char', p.names.of('option bytes', 'option'), '[256]');
    return { variable, pointer: variable, format: null, shown: variable };
  }
  const variable = p.declare('int', 'value');
  return { variable, pointer: `&${variable}`, format: '%d', shown: variable };
}

/** `poll(conn, POLLIN, 1s)`: struct pollfd, one for each. */
function poll(p: CProgram, act: Act, subject: string): void {
  p.include('poll.h');
  const socks = [act.subject, ...act.others].filter((sock) => sock !== null);
  const [first] = act.call.args;
  const items = first?.kind === 'list' ? first.items : first?.kind === 'struct' ? [first] : [];
  if (socks.length === 0 || (items.length > 0 && items.length !== socks.length)) {
    onlyHere(p, 'poll() of this');
    return;
  }
  const fds = p.declare(
    'struct pollfd',
    p.names.of(`fds ${socks.length}`, 'fds'),
    `[${socks.length}]`,
  );
  for (const [i, sock] of socks.entries()) {
    const name = i === 0 ? subject : p.socket(sock);
    const item = items[i];
    const events = items.length === 0 ? numberText(act, 'events') : eventsIn(item);
    p.line(`${fds}[${i}].fd = ${name};`, `${fds}[${i}].events = ${events};`);
  }
  const timeout = timeoutOf(act);
  const n = p.declare('int', 'value');
  checked(p, act, `(${n} = poll(${fds}, ${socks.length}, ${timeout})) < 0`);
  if (errorOf(act) !== null) return;
  p.line(`printf("poll() = %d\\n", ${n});`);
  const outcome = act.step?.outcome;
  const found =
    outcome?.kind === 'value' && outcome.value.kind === 'struct' ? outcome.value.fields : [];
  for (const [i, sock] of socks.entries()) {
    const seen = Number(found[i] ?? 0);
    p.comment(
      `In the session: ${resultOf(act) === 0 || seen === 0 ? 'nothing' : eventNames(seen)}.`,
    );
    p.line(`printf("poll(): ${sock.name} 0x%x\\n", (unsigned int)${fds}[${i}].revents);`);
  }
}

function eventsIn(item: Arg | undefined): string {
  const events = item?.kind === 'struct' ? item.fields[1] : undefined;
  if (events?.kind === 'constants') return events.parts.join(' | ');
  return events?.kind === 'integer' ? String(events.value) : '0';
}

function timeoutOf(act: Act): number {
  const arg = argOf(act, 'timeout');
  if (arg?.kind === 'duration') return arg.ms;
  return numberOf(act, 'timeout') ?? -1;
}

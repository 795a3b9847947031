/** Reading and writing in C. */
import { isStream } from '../domains.ts';
import { cameFromInside } from '../partners.ts';
import {
  argOf,
  bytesOf,
  cameOf,
  errorOf,
  hasFlag,
  numberOf,
  numberText,
  outOf,
  recordOf,
  resultOf,
} from '../resolved.ts';
import type { Act } from '../story.ts';
import { addressArgument, storage } from './addresses.ts';
import type { Emit } from './calls-sockets.ts';
import { checked } from './checked.ts';
import type { CProgram, Data } from './program.ts';
import { filledRecord, showRecord, structType } from './structs.ts';

/** More than this is written in a loop, as a careful program does. */
const MOST_AT_ONCE = 4096;

export const dataCalls: Readonly<Record<string, Emit>> = {
  read: (p, act, subject) => {
    const whole = act.subject !== null && isStream(act.subject) && cameFromInside(p.story, act);
    received(p, act, (into, room, exact) =>
      whole && exact > 0
        ? `${p.use('read_n')}(${subject}, ${into}, ${exact})`
        : `read(${subject}, ${into}, ${room})`,
    );
  },
  recv: (p, act, subject) => receive(p, act, subject, 'recv', ''),
  recvfrom: (p, act, subject) => {
    const from = outOf(act, 'from');
    if (from === null) {
      receive(p, act, subject, 'recvfrom', ', NULL, NULL');
      return;
    }
    const variable = storage(p, from);
    p.addresses.set(from, variable);
    p.line(`${variable}_length = sizeof(${variable});`);
    const to = `, (struct sockaddr *)&${variable}, &${variable}_length`;
    receive(p, act, subject, 'recvfrom', to);
  },
  recvuntil: (p, act, subject) => until(p, act, subject, bytesOf(act, 'until')),
  recvline: (p, act, subject) => until(p, act, subject, Uint8Array.of(0x0a)),
  recvn: (p, act, subject) => {
    received(p, act, (into, room, exact) => {
      const count = act.discarded > 0 ? exact : room;
      return `${p.use('read_n')}(${subject}, ${into}, ${count})`;
    });
  },
  recvall: (p, act, subject) => {
    const room = (cameOf(act)?.length ?? 0) + 1;
    received(p, act, (into) => `${p.use('read_all')}(${subject}, ${into}, ${room})`, room);
  },
  write: (p, act, subject) => {
    const { pointer, length } = payload(p, act);
    const parts = act.blocked || bytesOf(act).length > MOST_AT_ONCE;
    sent(p, act, `write(${subject}, ${pointer}, ${length})`, length, () =>
      parts && resultOf(act) === bytesOf(act).length
        ? `${p.use('write_all')}(${subject}, ${pointer}, ${length}) < 0`
        : null,
    );
  },
  send: (p, act, subject) => {
    const { pointer, length } = payload(p, act);
    const flags = numberText(act, 'flags');
    sent(p, act, `send(${subject}, ${pointer}, ${length}, ${flags})`, length);
  },
  sendto: (p, act, subject) => {
    const { pointer, length } = payload(p, act);
    const to = addressArgument(p, act) ?? { pointer: 'NULL', length: '0' };
    const flags = numberText(act, 'flags');
    const start = `sendto(${subject}, ${pointer}, ${length}, ${flags}`;
    sent(p, act, `${start}, ${to.pointer}, ${to.length})`, length);
  },
};

function receive(p: CProgram, act: Act, subject: string, name: string, rest: string): void {
  const stream = act.subject !== null && isStream(act.subject) && cameFromInside(p.story, act);
  if (stream && hasFlag(act, 'MSG_OOB') && errorOf(act) === null) {
    p.line(`${p.use('wait_for')}(${subject}, POLLPRI);`);
  }
  const flags = numberText(act, 'flags');
  const waits = stream && !hasFlag(act, 'MSG_DONTWAIT') && !hasFlag(act, 'MSG_OOB');
  // One send() is not one recv(): all that came in the session.
  const all = waits && !hasFlag(act, 'MSG_WAITALL');
  const more = flags === '0' ? 'MSG_WAITALL' : `${flags} | MSG_WAITALL`;
  received(p, act, (into, room, exact) =>
    stream && exact > 0
      ? `${name}(${subject}, ${into}, ${exact}, ${all ? more : flags}${rest})`
      : `${name}(${subject}, ${into}, ${room}, ${flags}${rest})`,
  );
}

/** @param call the call with this buffer, for its whole room, or for as many bytes as came */
type Reads = (into: string, room: number | string, exact: number) => string;

function received(p: CProgram, act: Act, call: Reads, least = 0): void {
  const { name } = act.call;
  const came = cameOf(act);
  const room = Math.max(numberOf(act, 'count') ?? came?.length ?? 0, least);
  if (came === null) {
    failedRead(p, act, call, room);
    return;
  }
  waitForIt(p, act, came.length);
  if (receivedRecord(p, act, call)) return;
  const label = `${name}(${act.subject?.name})`;
  const named = act.call.as ?? outOf(act, 'buffer');
  const into = named === null ? null : namedBuffer(p, named, Math.max(room, came.length));
  const buffer = into?.pointer ?? p.buffer(Math.max(room, came.length));
  const n = into?.length ?? p.declare('ssize_t', 'n');
  checked(p, act, `(${n} = ${call(buffer, room, came.length)}) < 0`);
  if (into !== null && named !== null) p.read.set(named, { ...into, bytes: came });
  compared(p, act, label, buffer, n, came);
}

function compared(
  p: CProgram,
  act: Act,
  label: string,
  buffer: string,
  n: string,
  came: Uint8Array,
): void {
  if (resultOf(act) - act.discarded !== came.length) {
    p.comment('More came than there was room for, and the rest is lost: MSG_TRUNC.');
    p.line(`${p.use('show')}("${label}", ${buffer}, ${came.length});`);
  } else if (cameFromInside(p.story, act)) {
    const { pointer, length } = p.data(came);
    p.line(`${p.use('came')}("${label}", ${buffer}, ${n}, ${pointer}, ${length});`);
  } else {
    p.comment('It came from elsewhere, so it may be something else each time.');
    p.line(`${p.use('show')}("${label}", ${buffer}, ${n});`);
  }
}

/** `data = read(conn, 64)`: memory of that name. */
function namedBuffer(p: CProgram, name: string, room: number): Data {
  const size = Math.max(room, 1);
  const variable = p.names.of(`bytes ${name} ${size}`, name);
  p.declare(size > 65_536 ? 'static char' : 'char', variable, `[${size}]`);
  return { pointer: variable, length: p.declare('ssize_t', `${variable}_length`) };
}

/** `read(conn, person)`: into a structure, and shown field by field. */
function receivedRecord(p: CProgram, act: Act, call: Reads): boolean {
  const outcome = act.step?.outcome;
  const value = outcome?.kind === 'value' ? outcome.value : null;
  if (value?.kind !== 'record' || act.discarded > 0) return false;
  if (value.bytes.length !== value.layout.size) return false;
  const type = structType(p, value.layout);
  if (type === null) return false;
  const wanted = act.call.as ?? value.layout.name ?? 'record';
  const variable = p.declare(type, p.names.of(`${type} into ${wanted}`, wanted));
  const n = p.declare('ssize_t', 'n');
  const into = `(char *)&${variable}`;
  checked(p, act, `(${n} = ${call(into, `sizeof(${variable})`, value.layout.size)}) < 0`);
  compared(p, act, `${act.call.name}(${act.subject?.name})`, into, n, value.bytes);
  showRecord(p, value.layout, variable);
  return true;
}

/** Where the descriptor does not wait itself: until what the session read is there. */
function waitForIt(p: CProgram, act: Act, count: number): void {
  const { subject } = act;
  if (subject === null || !p.isParted(subject)) return;
  if (!p.nonBlocking.has(subject) && !hasFlag(act, 'MSG_DONTWAIT')) return;
  const name = p.socket(subject);
  if (count === 0 || !isStream(subject)) p.line(`${p.use('wait_for')}(${name}, POLLIN);`);
  else p.line(`${p.use('wait_bytes')}(${name}, ${count});`);
}

function failedRead(p: CProgram, act: Act, call: Reads, room: number): void {
  const size = Math.max(room, MOST_AT_ONCE);
  const buffer = p.buffer(size);
  if (errorOf(act) !== 'EOF') {
    checked(p, act, `${call(buffer, room, 0)} < 0`);
    return;
  }
  const n = p.declare('ssize_t', 'n');
  p.comment('In the session the end of file came before that.');
  p.line(`if ((${n} = ${call(buffer, room, 0)}) < 0)`, `    perror("${act.call.name}");`);
  p.line(
    'else',
    `    ${p.use('show')}("${act.call.name}(${act.subject?.name})", ${buffer}, ${n});`,
  );
}

function until(p: CProgram, act: Act, subject: string, end: Uint8Array): void {
  const { pointer, length } = p.data(end);
  const room = Math.max(cameOf(act)?.length ?? 0, MOST_AT_ONCE);
  const call: Reads = (into) =>
    `${p.use('read_until')}(${subject}, ${into}, ${room}, ${pointer}, ${length})`;
  received(p, act, call, room);
}

/** What is sent: a structure, what was read before, or the bytes themselves. */
function payload(p: CProgram, act: Act): Data {
  const record = recordOf(act);
  const arg = argOf(act, 'bytes');
  if (record !== null) {
    const wanted = arg?.kind === 'name' ? arg.name : 'message';
    const variable = filledRecord(p, record, wanted);
    if (variable !== null) return { pointer: `&${variable}`, length: `sizeof(${variable})` };
  }
  const bytes = bytesOf(act);
  const read = arg?.kind === 'name' ? p.read.get(arg.name) : undefined;
  if (read !== undefined && Buffer.compare(read.bytes, bytes) === 0) return read;
  return p.data(bytes);
}

/** @param loop a condition that says that a careful loop failed, where one is wanted */
function sent(
  p: CProgram,
  act: Act,
  call: string,
  length: string,
  loop: () => string | null = () => null,
): void {
  const { name } = act.call;
  const code = errorOf(act);
  if (code !== null) {
    const { subject } = act;
    const theirs = code === 'EPIPE' || code === 'ECONNRESET';
    if (theirs && subject !== null && p.isParted(subject) && !p.ended.has(subject)) {
      // poll() tells of a reset whatever it is asked for: POLLERR and POLLHUP.
      p.line(`${p.use('wait_for')}(${p.socket(subject)}, 0);`);
    }
    checked(p, act, `${call} < 0`);
    return;
  }
  const careful = loop();
  if (careful !== null) checked(p, act, careful);
  else if (resultOf(act) === bytesOf(act).length) {
    checked(p, act, `${call} != ${length.startsWith('sizeof') ? `(ssize_t)${length}` : length}`);
  } else {
    const n = p.declare('ssize_t', 'n');
    p.comment(`In the session it took ${resultOf(act)} of them.`);
    checked(p, act, `(${n} = ${call}) < 0`);
    p.line(`printf("${name}(${act.subject?.name}) = %zd\\n", ${n});`);
  }
}

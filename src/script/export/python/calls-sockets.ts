/** socket, bind, listen, accept, connect, shutdown, close, options and questions in Python. */
import type { Arg } from '../../../socket/call.ts';
import { printCall } from '../../print.ts';
import { PASSING } from '../answer.ts';
import { isTcp } from '../domains.ts';
import { argOf, errorOf, numberOf, outOf, placeOf, resultOf, textOf } from '../resolved.ts';
import type { Act } from '../story.ts';
import { bytesText, constantText, numberText, stringText } from './literal.ts';
import type { PythonProgram } from './program.ts';

export type EmitPython = (p: PythonProgram, act: Act, subject: string) => void;

export const socketCalls: Readonly<Record<string, EmitPython>> = {
  socket: (p, act) => {
    const kind = ['domain', 'type', 'protocol'].map((name) => number(p, act, name)).join(', ');
    const [sock] = act.opened;
    p.call(act, `${sock === undefined ? '' : `${p.socket(sock)} = `}socket.socket(${kind})`);
  },
  socketpair: (p, act) => {
    const kind = ['domain', 'type', 'protocol'].map((name) => number(p, act, name)).join(', ');
    const names = act.opened.map((sock) => p.socket(sock)).join(', ');
    p.call(act, `${names === '' ? '' : `${names} = `}socket.socketpair(${kind})`);
  },
  bind: (p, act, subject) => {
    const address = p.address(act);
    const isPath = address?.startsWith('b') === true && !address.startsWith("b'\\x00");
    if (isPath && errorOf(act) === null) {
      p.module('import os');
      p.comment('A name in the file system stays there: one of an earlier run is in the way.');
      p.line(`if os.path.exists(${address}):`, `    os.unlink(${address})`);
    }
    given(p, act, address, (to) => p.call(act, `${subject}.bind(${to})`));
  },
  listen: (p, act, subject) => {
    p.call(act, `${subject}.listen(${number(p, act, 'backlog')})`);
    const inside = p.story.sockets.some(({ to }) => to === act.subject);
    if (!inside && errorOf(act) === null) {
      p.line(`print('listening on', ${subject}.getsockname(), flush=True)`);
    }
  },
  accept: (p, act, subject) => {
    const [sock] = act.opened;
    if (sock === undefined) {
      p.call(act, `${subject}.accept()`);
      return;
    }
    const peer = outOf(act, 'peer');
    const from = peer === null ? '_' : p.names.of(`address ${peer}`, peer);
    if (peer !== null) p.addresses.set(peer, from);
    p.call(act, `${p.socket(sock)}, ${from} = ${subject}.accept()`);
  },
  connect: (p, act, subject) =>
    given(p, act, p.address(act), (to) => p.call(act, `${subject}.connect(${to})`)),
  shutdown: (p, act, subject) => p.call(act, `${subject}.shutdown(${number(p, act, 'how')})`),
  close: (p, act, subject) => {
    if (errorOf(act) === 'EBADF') p.comment(`${printCall(act.call)}: Python closes but once.`);
    else p.call(act, `${subject}.close()`);
  },
  getsockname: asked,
  getpeername: asked,
  setsockopt: (p, act, subject) => {
    const value = optionValue(p, act);
    p.call(act, `${subject}.setsockopt(${option(p, act)}, ${value})`);
  },
  getsockopt: (p, act, subject) => {
    const outcome = act.step?.outcome;
    const value = outcome?.kind === 'value' ? outcome.value : null;
    const room = value?.kind === 'bytes' ? ', 256' : structLetters(act) === null ? '' : ', 16';
    const call = `${subject}.getsockopt(${option(p, act)}${room})`;
    const letters = structLetters(act);
    if (letters !== null) p.module('import struct');
    const size = letters === 'll' ? '16' : '8';
    const shown = letters === null ? call : `struct.unpack('${letters}', ${call}[:${size}])`;
    p.call(
      act,
      errorOf(act) === null ? `print('getsockopt(${act.subject?.name}) =', ${shown})` : call,
    );
  },
  fcntl: (p, act, subject) => {
    p.module('import fcntl');
    const argument = placeOf(act, 'argument') === -1 ? '' : `, ${number(p, act, 'argument')}`;
    const call = `fcntl.fcntl(${subject}, ${number(p, act, 'command')}${argument})`;
    const sets = call.includes('F_SET') || errorOf(act) !== null;
    p.call(act, sets ? call : `print('fcntl(${act.subject?.name}) =', ${call})`);
  },
  ioctl: (p, act, subject) => {
    const call = `${p.use('asked')}(${subject}, ${number(p, act, 'request')})`;
    p.call(act, errorOf(act) === null ? `print('ioctl(${act.subject?.name}) =', ${call})` : call);
  },
  poll,
  state: showState,
  wait: showState,
  queue: (p, act, subject) => {
    if (act.subject === null || !isTcp(act.subject)) return;
    p.line(
      `print('queue(${act.subject.name}) =', ${p.use('queue')}(${subject}, ${resultOf(act)}))`,
    );
  },
  sleep: (p, act) => {
    const arg = argOf(act, 'time');
    const seconds = arg?.kind === 'duration' ? arg.ms / 1000 : (numberOf(act, 'time') ?? 0);
    p.module('import time');
    p.line(`time.sleep(${seconds})`);
  },
  htons: ordered,
  htonl: ordered,
  ntohs: ordered,
  ntohl: ordered,
  inet_pton: (p, act) => {
    const call = `socket.inet_pton(${number(p, act, 'family')}, ${text(act, 'text')})`;
    if (resultOf(act) === 1) p.line(`print('inet_pton() =', ${call}.hex(' '))`);
    else p.comment(`${printCall(act.call)}: not an address; Python raises OSError.`);
  },
  inet_ntop: (p, act) => {
    const value = act.meanings[1]?.value;
    if (value?.kind !== 'bytes') return;
    const call = `socket.inet_ntop(${number(p, act, 'family')}, ${bytesText(value.bytes)})`;
    if (errorOf(act) === null) p.line(`print('inet_ntop() =', ${call})`);
  },
  getaddrinfo: (p, act) => {
    const [host, service] = ['host', 'service'].map((param) => textOrNone(act, param));
    const numbers = ['family', 'type'].map((param) => number(p, act, param));
    const type = numberOf(act, 'type') ? numbers[1] : 'socket.SOCK_STREAM';
    const flags = number(p, act, 'flags');
    const call = `socket.getaddrinfo(${host}, ${service}, ${numbers[0]}, ${type}, 0, ${flags})`;
    const each = p.names.of('each', 'found');
    p.call(act, `for ${each} in ${call}:`, `    print('getaddrinfo() =', ${each}[4])`);
  },
  getnameinfo: (p, act) =>
    given(p, act, p.address(act), (to) => {
      p.call(
        act,
        `print('getnameinfo() =', socket.getnameinfo(${to}, ${number(p, act, 'flags')}))`,
      );
    }),
};

function number(p: PythonProgram, act: Act, param: string): string {
  return numberText(act, param, (line) => p.module(line));
}

function text(act: Act, param: string): string {
  return stringText(textOf(act, param) ?? '');
}

function textOrNone(act: Act, param: string): string {
  const given = textOf(act, param);
  if (given !== null) return stringText(given);
  const port = argOf(act, param)?.kind === 'null' ? null : numberOf(act, param);
  return port === null ? 'None' : String(port);
}

/** An address of no family that Python knows can’t be passed. */
function given(
  p: PythonProgram,
  act: Act,
  address: string | null,
  then: (address: string) => void,
): void {
  if (address === null) p.comment(`${printCall(act.call)}: Python can't pass this address.`);
  else then(address);
}

function asked(p: PythonProgram, act: Act, subject: string): void {
  const call = `${subject}.${act.call.name}()`;
  if (errorOf(act) !== null) {
    p.call(act, call);
    return;
  }
  const wanted = outOf(act, 'answer') ?? act.call.as ?? null;
  if (wanted === null) {
    p.line(`print('${act.call.name}(${act.subject?.name}) =', ${call})`);
    return;
  }
  const variable = p.names.of(`address ${wanted}`, wanted);
  for (const name of [outOf(act, 'answer'), act.call.as ?? null]) {
    if (name !== null) p.addresses.set(name, variable);
  }
  p.line(`${variable} = ${call}`, `print('${act.call.name}(${act.subject?.name}) =', ${variable})`);
}

function option(p: PythonProgram, act: Act): string {
  return `${number(p, act, 'level')}, ${number(p, act, 'option')}`;
}

/** Of struct linger and struct timeval. */
function structLetters(act: Act): string | null {
  const arg = argOf(act, 'option');
  const name = arg?.kind === 'constants' ? arg.parts[0] : null;
  if (name === 'SO_LINGER') return 'ii';
  return name === 'SO_RCVTIMEO' || name === 'SO_SNDTIMEO' ? 'll' : null;
}

function optionValue(p: PythonProgram, act: Act): string {
  const value = act.meanings[placeOf(act, 'value')]?.value;
  if (value?.kind === 'bytes' || value?.kind === 'record') return bytesText(value.bytes);
  const letters = structLetters(act);
  const arg = argOf(act, 'value');
  if (letters === null || arg?.kind !== 'struct') return number(p, act, 'value');
  p.module('import struct');
  const fields = value?.kind === 'struct' ? value.fields.map(Number) : [];
  return `struct.pack('${letters}', ${fields[0] ?? 0}, ${fields[1] ?? 0})`;
}

function poll(p: PythonProgram, act: Act, subject: string): void {
  const socks = [act.subject, ...act.others].filter((sock) => sock !== null);
  const [first] = act.call.args;
  const items = first?.kind === 'list' ? first.items : first?.kind === 'struct' ? [first] : [];
  const arg = argOf(act, 'timeout');
  const ms = arg?.kind === 'duration' ? arg.ms : (numberOf(act, 'timeout') ?? -1);
  p.module('import select');
  p.line('poller = select.poll()');
  for (const [i, sock] of socks.entries()) {
    const name = i === 0 ? subject : p.socket(sock);
    const events = items.length === 0 ? number(p, act, 'events') : eventsIn(p, items[i]);
    p.line(`poller.register(${name}, ${events})`);
  }
  p.call(act, `print('poll() =', [hex(events) for _, events in poller.poll(${ms})])`);
}

function eventsIn(p: PythonProgram, item: Arg | undefined): string {
  const events = item?.kind === 'struct' ? item.fields[1] : undefined;
  if (events?.kind === 'integer') return String(events.value);
  if (events?.kind !== 'constants') return '0';
  return events.parts.map((part) => constantText(part, (line) => p.module(line))).join(' | ');
}

function showState(p: PythonProgram, act: Act, subject: string): void {
  const outcome = act.step?.outcome;
  const value = outcome?.kind === 'value' ? outcome.value : null;
  if (act.subject === null || value?.kind !== 'state' || value.state === null) return;
  const over = value.state === 'TIME-WAIT' || !act.isOpen;
  if (over) {
    p.comment(`${act.subject.name} was ${value.state}; a descriptor can't tell: see "ss -tan".`);
    return;
  }
  const wanted = PASSING.has(value.state) ? '' : `, '${value.state}'`;
  p.line(`print('state(${act.subject.name}) =', ${p.use('state')}(${subject}${wanted}))`);
}

function ordered(p: PythonProgram, act: Act): void {
  // `addr.sin_port = htons(8888)`: the address is written out where it is passed.
  if (act.call.as !== undefined) return;
  const call = `socket.${act.call.name}(${number(p, act, 'number')})`;
  p.line(`print('${act.call.name}() =', ${call})`);
}

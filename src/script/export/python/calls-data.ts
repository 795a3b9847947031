/** Reading and writing in Python, and FILEs over sockets. */
import { printf } from '../../../wire/printf.ts';
import { printCall } from '../../print.ts';
import { isStream } from '../domains.ts';
import { cameFromInside } from '../partners.ts';
import {
  argOf,
  bytesOf,
  cameOf,
  errorOf,
  hasFlag,
  numberOf,
  outOf,
  recordOf,
  resultOf,
  textOf,
} from '../resolved.ts';
import { type Act, sendsInPart } from '../story.ts';
import type { EmitPython } from './calls-sockets.ts';
import { bytesText, numberText, packFormat, packText, stringText } from './literal.ts';
import type { PythonProgram } from './program.ts';

export const dataCalls: Readonly<Record<string, EmitPython>> = {
  read: receive,
  recv: receive,
  recvfrom: (p, act, subject) => {
    const from = outOf(act, 'from');
    if (errorOf(act) !== null || from === null) {
      receive(p, act, subject);
      return;
    }
    const variable = p.names.of(`address ${from}`, from);
    p.addresses.set(from, variable);
    const data = p.names.of(`data ${act.call.as ?? ''}`, act.call.as ?? 'data');
    p.line(`${data}, ${variable} = ${subject}.recvfrom(${roomOf(act)}${flags(p, act)})`);
    came(p, act, data);
  },
  recvuntil: (p, act, subject) => until(p, act, `${subject}, ${bytesText(bytesOf(act, 'until'))}`),
  recvline: (p, act, subject) => until(p, act, `${subject}, b'\\n'`),
  recvn: (p, act, subject) => {
    const count = act.discarded > 0 ? (cameOf(act)?.length ?? 0) : roomOf(act);
    received(p, act, `${p.use('read_n')}(${subject}, ${count})`);
  },
  recvall: (p, act, subject) => received(p, act, `${p.use('read_n')}(${subject}, 1 << 30)`),
  write: (p, act, subject) => send(p, act, subject, ''),
  send: (p, act, subject) => send(p, act, subject, flags(p, act)),
  sendto: (p, act, subject) => {
    const to = p.address(act);
    if (to === null) send(p, act, subject, flags(p, act));
    else p.call(act, `${subject}.sendto(${payload(p, act)}${flags(p, act)}, ${to})`);
  },
  fdopen: (p, act, subject) => {
    const mode = textOf(act, 'mode') ?? '';
    const name = p.names.of(`FILE ${fileName(act)}`, fileName(act));
    if (errorOf(act) !== null) p.comment(`${printCall(act.call)} failed with ${errorOf(act)}.`);
    else
      p.line(`${name} = ${subject}.makefile('${mode.includes('+') ? 'rw' : mode.slice(0, 1)}b')`);
  },
  fgets: (p, act) => {
    const room = (numberOf(act, 'count') ?? 4096) - 1;
    received(p, act, `${file(p, act)}.readline(${room})`, 'fgets');
  },
  fscanf: (p, act) => {
    const { step } = act;
    const call = `${p.use('scan')}(${file(p, act)}, ${stringText(textOf(act, 'format') ?? '')})`;
    const fields =
      step?.outcome.kind === 'value' && step.outcome.value.kind === 'struct'
        ? step.outcome.value.fields
        : [];
    const seen = fields.map((one) => (one instanceof Uint8Array ? bytesText(one) : String(one)));
    const values = p.names.of('scanned', 'scanned');
    p.use('came');
    p.line(`${values} = ${call}`, `print('fscanf() =', ${values})`);
    p.line(`differs = differs or ${values} != [${seen.join(', ')}]`);
  },
  fprintf: (p, act) => {
    const values = act.meanings.slice(2).map(({ value }) => plain(value));
    p.comment(`fprintf() of ${JSON.stringify(textOf(act, 'format') ?? '')}:`);
    const bytes = printf(textOf(act, 'format') ?? '', values);
    p.call(act, `${file(p, act)}.write(${bytesText(bytes)})`);
  },
  fflush: (p, act) => p.call(act, `${file(p, act)}.flush()`),
  fclose: (p, act, subject) => {
    p.call(act, `${file(p, act)}.close()`);
    p.comment('fclose() closes the descriptor, too.');
    p.line(`${subject}.close()`);
  },
};

function plain(value: Act['meanings'][number]['value'] | undefined): number | Uint8Array {
  if (value?.kind === 'integer') return value.value;
  return value?.kind === 'bytes' || value?.kind === 'record' ? value.bytes : 0;
}

function flags(p: PythonProgram, act: Act): string {
  const text = numberText(act, 'flags', (line) => p.module(line));
  return text === '0' ? '' : `, ${text}`;
}

function roomOf(act: Act): number {
  return numberOf(act, 'count') ?? cameOf(act)?.length ?? 0;
}

function file(p: PythonProgram, act: Act): string {
  const arg = argOf(act, 'file');
  const name = arg?.kind === 'name' ? arg.name : 'file';
  return p.names.of(`FILE ${name}`, name);
}

function fileName({ call, step }: Act): string {
  const value = step?.outcome.kind === 'value' ? step.outcome.value : null;
  return value?.kind === 'file' ? value.name : (call.as ?? 'file');
}

function receive(p: PythonProgram, act: Act, subject: string): void {
  const count = cameOf(act)?.length ?? 0;
  const plainFlags = !['MSG_PEEK', 'MSG_OOB', 'MSG_DONTWAIT'].some((flag) => hasFlag(act, flag));
  const whole = act.subject !== null && isStream(act.subject) && cameFromInside(p.story, act);
  if (whole && plainFlags && count > 0) {
    received(p, act, `${p.use('read_n')}(${subject}, ${count})`);
  } else received(p, act, `${subject}.recv(${roomOf(act)}${flags(p, act)})`);
}

function received(p: PythonProgram, act: Act, call: string, name: string = act.call.name): void {
  if (errorOf(act) === 'EOF') {
    p.comment('In the session the end of file came before that.');
    p.line(`print('${act.call.name}(${act.subject?.name}) =', ${call})`);
    return;
  }
  if (errorOf(act) !== null) {
    p.call(act, call);
    return;
  }
  const as = act.call.as ?? outOf(act, 'buffer');
  const data = p.names.of(`data ${as ?? ''}`, as ?? 'data');
  p.line(`${data} = ${call}`);
  const bytes = cameOf(act);
  if (as !== null && bytes !== null) p.read.set(as, { name: data, bytes });
  came(p, act, data, name);
}

function came(p: PythonProgram, act: Act, data: string, name: string = act.call.name): void {
  const bytes = cameOf(act) ?? new Uint8Array();
  const label = `'${name}(${act.subject?.name})'`;
  const seen = cameFromInside(p.story, act) ? `, ${bytesText(bytes)}` : '';
  p.line(`${p.use('came')}(${label}, ${data}${seen})`);
  const value = act.step?.outcome.kind === 'value' ? act.step.outcome.value : null;
  const whole = value?.kind === 'record' && bytes.length === value.layout.size;
  if (value?.kind === 'record' && whole) {
    p.module('import struct');
    p.line(`print(struct.unpack(${packFormat(value)}, ${data}))`);
  }
}

function until(p: PythonProgram, act: Act, args: string): void {
  received(p, act, `${p.use('read_until')}(${args})`);
}

function payload(p: PythonProgram, act: Act): string {
  const record = recordOf(act);
  const packed = record === null ? null : packText(record);
  if (packed !== null) {
    p.module('import struct');
    return packed;
  }
  const bytes = bytesOf(act);
  const arg = argOf(act, 'bytes');
  const read = arg?.kind === 'name' ? p.read.get(arg.name) : undefined;
  if (read !== undefined && Buffer.compare(read.bytes, bytes) === 0) return read.name;
  return bytesText(bytes);
}

function send(p: PythonProgram, act: Act, subject: string, rest: string): void {
  const data = payload(p, act);
  if (sendsInPart(act) && errorOf(act) === null) {
    p.comment('In the session it was blocked while the rest went on: here a thread does it.');
    p.line(`${p.use('send_meanwhile')}(${subject}, ${data}${rest})`);
    return;
  }
  const all = errorOf(act) === null && resultOf(act) === bytesOf(act).length;
  p.call(act, `${subject}.${all ? 'sendall' : 'send'}(${data}${rest})`);
}

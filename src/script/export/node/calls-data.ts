/** Reading and writing in Node, and FILEs over sockets. */
import { printf } from '../../../wire/printf.ts';
import { printCall } from '../../print.ts';
import { domainOf, isStream } from '../domains.ts';
import { cameFromInside } from '../partners.ts';
import { argOf, bytesOf, cameOf, errorOf, hasFlag, numberOf, outOf, textOf } from '../resolved.ts';
import { type Act, type Sock, sendsInPart } from '../story.ts';
import { close } from './calls-sockets.ts';
import { type EmitNode, needDatagram, noWay } from './common.ts';
import { data, type NodeProgram, string } from './program.ts';

export const dataCalls: Readonly<Record<string, EmitNode>> = {
  read: receive,
  recv: receive,
  recvfrom: receive,
  recvn: (p, act, sock) => {
    const count = act.discarded > 0 ? (cameOf(act)?.length ?? 0) : room(act);
    came(p, act, `await ${p.use('read')}(${p.socket(sock)}, ${count})`);
  },
  recvall: (p, act, sock) => came(p, act, `await ${p.use('read')}(${p.socket(sock)}, Infinity)`),
  recvline: (p, act, sock) => until(p, act, `${p.socket(sock)}, Buffer.from('\\n')`),
  recvuntil: (p, act, sock) => until(p, act, `${p.socket(sock)}, ${data(bytesOf(act, 'until'))}`),
  write: send,
  send,
  sendto: send,
  fdopen: (p, act, sock) => {
    const { step } = act;
    const value = step?.outcome.kind === 'value' ? step.outcome.value : null;
    if (value?.kind !== 'file') return;
    const name = p.names.of(`FILE ${value.name}`, value.name);
    p.comment('A FILE: what is printed waits in a buffer until it is flushed.');
    p.line(`const ${name} = { socket: ${p.socket(sock)}, printed: [] };`);
  },
  fgets: (p, act) => {
    const most = (numberOf(act, 'count') ?? 4096) - 1;
    until(p, act, `${file(p, act)}.socket, Buffer.from('\\n'), ${most}`);
  },
  fscanf: (p, act) => {
    const { step } = act;
    const outcome = step?.outcome;
    const fields =
      outcome?.kind === 'value' && outcome.value.kind === 'struct' ? outcome.value.fields : [];
    const seen = fields.map((one) =>
      one instanceof Uint8Array ? Buffer.from(one).toString('latin1') : Number(one),
    );
    const call = `${p.use('scan')}(${file(p, act)}.socket, ${string(textOf(act, 'format') ?? '')})`;
    p.use('came');
    const values = p.names.of('scanned', 'scanned');
    p.assign(values, `await ${call}`);
    p.line(`console.log('fscanf() =', ${values});`);
    p.line(`if (JSON.stringify(${values}) !== ${string(JSON.stringify(seen))}) differs = true;`);
  },
  fprintf: (p, act) => {
    const values = act.meanings.slice(2).map(({ value }) => {
      if (value?.kind === 'integer') return value.value;
      return value?.kind === 'bytes' || value?.kind === 'record' ? value.bytes : 0;
    });
    const bytes = printf(textOf(act, 'format') ?? '', values);
    p.line(`${file(p, act)}.printed.push(${data(bytes)});`);
  },
  fflush: (p, act) => flush(p, act),
  fclose: (p, act, sock) => {
    flush(p, act);
    close(p, act, sock);
  },
};

function room(act: Act): number {
  return numberOf(act, 'count') ?? cameOf(act)?.length ?? 0;
}

function receive(p: NodeProgram, act: Act, sock: Sock): void {
  const odd = ['MSG_OOB', 'MSG_PEEK'].some((flag) => hasFlag(act, flag));
  if (odd || errorOf(act) === 'EAGAIN' || !p.made.has(sock)) {
    noWay(p, act);
    return;
  }
  const name = p.socket(sock);
  if (!isStream(sock)) {
    receiveDatagram(p, act, sock);
    return;
  }
  const bytes = cameOf(act);
  if (bytes === null) p.call(act, `${p.use('read')}(${name}, ${room(act)})`);
  else {
    const count = cameFromInside(p.story, act) && bytes.length > 0 ? bytes.length : room(act);
    came(p, act, `await ${p.use('read')}(${name}, ${count})`);
  }
}

function receiveDatagram(p: NodeProgram, act: Act, sock: Sock): void {
  const call = `${p.use('message')}(${p.socket(sock)}, ${room(act)})`;
  if (errorOf(act) !== null) {
    p.call(act, call);
    return;
  }
  const from = outOf(act, 'from');
  if (from === null) {
    came(p, act, `(await ${call}).data`);
    return;
  }
  const got = p.names.fresh('datagram');
  const variable = p.names.of(`address ${from}`, from);
  p.addresses.set(from, variable);
  p.line(`const ${got} = await ${call};`);
  p.assign(variable, `${got}.from`);
  came(p, act, `${got}.data`);
}

function came(p: NodeProgram, act: Act, value: string): void {
  if (errorOf(act) !== null) {
    p.comment(`${printCall(act.call)}: in the session it failed with ${errorOf(act)}.`);
    p.line(`console.log('${act.call.name} =', ${value});`);
    return;
  }
  const as = act.call.as ?? outOf(act, 'buffer');
  const name = p.names.of(`data ${as ?? ''}`, as ?? 'data');
  const bytes = cameOf(act) ?? new Uint8Array();
  p.assign(name, value);
  if (as !== null) p.read.set(as, { name, bytes });
  const seen = cameFromInside(p.story, act) ? `, ${data(bytes)}` : '';
  p.line(`${p.use('came')}('${act.call.name}(${act.subject?.name})', ${name}${seen});`);
}

function until(p: NodeProgram, act: Act, args: string): void {
  came(p, act, `await ${p.use('readUntil')}(${args})`);
}

function payload(p: NodeProgram, act: Act): string {
  const bytes = bytesOf(act);
  const arg = argOf(act, 'bytes');
  const read = arg?.kind === 'name' ? p.read.get(arg.name) : undefined;
  if (read !== undefined && Buffer.compare(read.bytes, bytes) === 0) return read.name;
  return data(bytes);
}

function send(p: NodeProgram, act: Act, sock: Sock): void {
  const isUnixDatagram = !isStream(sock) && domainOf(sock) === 'unix';
  if (hasFlag(act, 'MSG_OOB') || isUnixDatagram) {
    noWay(p, act);
    return;
  }
  const bytes = payload(p, act);
  if (!isStream(sock)) {
    needDatagram(p, sock);
    const to = p.datagramPlace(act);
    p.call(act, `${p.use('sendTo')}(${p.socket(sock)}, ${bytes}${to === null ? '' : `, ${to}`})`);
    return;
  }
  if (!p.made.has(sock)) {
    noWay(p, act);
    return;
  }
  const call = `${p.use('write')}(${p.socket(sock)}, ${bytes})`;
  if (!sendsInPart(act) || errorOf(act) !== null) p.call(act, call);
  else {
    p.later = true;
    p.comment('In the session it was blocked while the rest went on.');
    p.line(`later.push(${call});`);
  }
}

function file(p: NodeProgram, act: Act): string {
  const arg = argOf(act, 'file');
  const name = arg?.kind === 'name' ? arg.name : 'file';
  return p.names.of(`FILE ${name}`, name);
}

function flush(p: NodeProgram, act: Act): void {
  const name = file(p, act);
  const call = `${p.use('write')}(${name}.socket, Buffer.concat(${name}.printed.splice(0)))`;
  if (sendsInPart(act) && act.call.name === 'fflush') {
    p.later = true;
    p.line(`later.push(${call});`);
  } else p.call(act, call);
}

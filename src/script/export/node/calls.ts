/** Calls in Node’s own words: net and dgram have no socket(), and make it with the first call. */
import { printf } from '../../../wire/printf.ts';
import { printCall } from '../../print.ts';
import { domainOf, isStream } from '../domains.ts';
import { cameFromInside } from '../partners.ts';
import {
  addressOf,
  argOf,
  bytesOf,
  cameOf,
  errorOf,
  hasFlag,
  numberOf,
  numberText,
  outOf,
  textOf,
} from '../resolved.ts';
import { type Act, type Sock, sendsInPart } from '../story.ts';
import { data, type NodeProgram, placeText, string } from './program.ts';

export type EmitNode = (p: NodeProgram, act: Act, sock: Sock) => void;

/** Calls about a socket. */
export const nodeCalls: Readonly<Record<string, EmitNode>> = {
  bind,
  listen: (p, act, sock) => {
    const backlog = `backlog: ${numberOf(act, 'backlog') ?? 0}`;
    const call = `${p.use('listen')}(${placeOf(p, sock).replace(/ }$/, `, ${backlog} }`)})`;
    if (errorOf(act) !== null) {
      p.call(act, call);
      return;
    }
    p.line(`const ${p.socket(sock)} = await ${call};`);
    p.made.add(sock);
    if (!p.story.sockets.some(({ to }) => to === sock)) {
      p.line(`console.log('listening on', ${p.socket(sock)}.address());`);
    }
  },
  accept: (p, act, sock) => {
    const [opened] = act.opened;
    if (opened === undefined) {
      noWay(p, act);
      return;
    }
    p.line(`const ${p.socket(opened)} = await ${p.use('accept')}(${p.socket(sock)});`);
    p.made.add(opened);
    const peer = outOf(act, 'peer');
    if (peer !== null) p.comment(`${peer} is ${p.socket(opened)}.remoteAddress, .remotePort.`);
  },
  connect: (p, act, sock) => {
    if (!isStream(sock)) {
      datagramConnect(p, act, sock);
      return;
    }
    const to = p.place(act);
    if (to === null || errorOf(act) === 'EINPROGRESS' || p.made.has(sock)) {
      noWay(p, act);
      return;
    }
    const bound = p.bound.get(sock);
    const local =
      bound !== undefined && 'host' in bound
        ? `, localAddress: ${string(bound.host)}, localPort: ${bound.port}`
        : '';
    const call = `${p.use('connect')}(${local === '' ? to : to.replace(/ }$/, `${local} }`)})`;
    if (errorOf(act) !== null) {
      p.call(act, call);
      return;
    }
    p.line(`const ${p.socket(sock)} = await ${call};`);
    p.made.add(sock);
  },
  shutdown: (p, act, sock) => {
    const how = numberText(act, 'how');
    if (how === 'SHUT_RD' || how === '0')
      p.comment(`${printCall(act.call)}: Node has no such call.`);
    else p.line(`${p.socket(sock)}.end();`);
  },
  close,
  read: receive,
  recv: receive,
  recvfrom: receive,
  recvn: (p, act, sock) => came(p, act, `await ${p.use('read')}(${p.socket(sock)}, ${room(act)})`),
  recvall: (p, act, sock) => came(p, act, `await ${p.use('read')}(${p.socket(sock)}, Infinity)`),
  recvline: (p, act, sock) => until(p, act, `${p.socket(sock)}, Buffer.from('\\n')`),
  recvuntil: (p, act, sock) => until(p, act, `${p.socket(sock)}, ${data(bytesOf(act, 'until'))}`),
  write: send,
  send,
  sendto: send,
  getsockname: asked,
  getpeername: asked,
  setsockopt: (p, act, sock) => {
    const [name, value] = [numberText(act, 'option'), numberOf(act, 'value') ?? 0];
    const call = OPTIONS[name];
    if (call !== undefined) p.line(`${p.socket(sock)}.${call(value)};`);
    else p.comment(`${printCall(act.call)}: ${OPTION_NOTES[name] ?? 'Node has no such option.'}`);
  },
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

const OPTIONS: Readonly<Record<string, (value: number) => string>> = {
  TCP_NODELAY: (value) => `setNoDelay(${value !== 0})`,
  SO_KEEPALIVE: (value) => `setKeepAlive(${value !== 0})`,
  SO_BROADCAST: (value) => `setBroadcast(${value !== 0})`,
  IP_TTL: (value) => `setTTL(${value})`,
};

const OPTION_NOTES: Readonly<Record<string, string>> = {
  SO_REUSEADDR: 'Node sets it by itself when it listens.',
};

export function noWay(p: NodeProgram, act: Act): void {
  const code = errorOf(act);
  const failed = code === null ? '' : ` (in the session: ${code})`;
  p.comment(`${printCall(act.call)}: Node has no such call${failed}.`);
}

function placeOf(p: NodeProgram, sock: Sock): string {
  const bound = p.bound.get(sock);
  return (bound === undefined ? null : placeText(bound)) ?? '{ port: 0 }';
}

function bind(p: NodeProgram, act: Act, sock: Sock): void {
  const address = addressOf(act);
  if (address === null) {
    noWay(p, act);
    return;
  }
  if (isStream(sock)) {
    bindStream(p, act, sock);
    return;
  }
  if (!('host' in address)) {
    noWay(p, act);
    return;
  }
  const place = p.datagramPlace(act) ?? '0';
  const call = `${p.use('bind')}('${type(sock)}', ${place})`;
  if (errorOf(act) !== null) p.call(act, call);
  else makeDatagram(p, sock, call);
}

/** Node binds where it listens, and tells there what is wrong. */
function bindStream(p: NodeProgram, act: Act, sock: Sock): void {
  const address = addressOf(act);
  if (errorOf(act) === 'EADDRINUSE' || errorOf(act) === 'EADDRNOTAVAIL') {
    p.call(act, `${p.use('listen')}(${p.place(act)})`);
    return;
  }
  if (errorOf(act) !== null || address === null) {
    noWay(p, act);
    return;
  }
  if (address.family === 'unix') {
    p.import("import fs from 'node:fs';");
    p.comment('A name in the file system stays there: one of an earlier run is in the way.');
    p.line(`fs.rmSync(${string(Buffer.from(address.path).toString())}, { force: true });`);
  }
  p.bound.set(sock, address);
}

function type(sock: Sock): string {
  return domainOf(sock) === 'inet6' ? 'udp6' : 'udp4';
}

function makeDatagram(p: NodeProgram, sock: Sock, call: string): void {
  p.line(`const ${p.socket(sock)} = await ${call};`);
  p.made.add(sock);
}

/** A socket without an address gets one when it first sends. */
function needDatagram(p: NodeProgram, sock: Sock): void {
  if (!p.made.has(sock)) makeDatagram(p, sock, `${p.use('bind')}('${type(sock)}')`);
}

function datagramConnect(p: NodeProgram, act: Act, sock: Sock): void {
  const to = p.datagramPlace(act);
  if (to === null || errorOf(act) !== null) {
    noWay(p, act);
    return;
  }
  needDatagram(p, sock);
  const name = p.socket(sock);
  p.line(`await new Promise((resolve) => ${name}.connect(${to}, resolve));`);
}

function close(p: NodeProgram, act: Act, sock: Sock): void {
  if (!p.made.has(sock)) return;
  p.made.delete(sock);
  const name = p.socket(sock);
  if (sock.listens) p.line(`${name}.close();`);
  else if (errorOf(act) === null) p.line(`await ${p.use('close')}(${name});`);
}

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
  if (hasFlag(act, 'MSG_OOB')) {
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

function asked(p: NodeProgram, act: Act, sock: Sock): void {
  if (errorOf(act) !== null || !p.made.has(sock) || domainOf(sock) === 'unix') {
    noWay(p, act);
    return;
  }
  const name = p.socket(sock);
  const peer = act.call.name === 'getpeername';
  const isPlain = isStream(sock) && !sock.listens;
  const local = isPlain ? `${name}.localAddress, ${name}.localPort` : `${name}.address()`;
  const remote = isPlain ? `${name}.remoteAddress, ${name}.remotePort` : `${name}.remoteAddress()`;
  p.line(`console.log('${act.call.name}(${sock.name}) =', ${peer ? remote : local});`);
}

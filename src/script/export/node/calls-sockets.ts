/** Sockets in Node’s own words: net and dgram have no socket(), and make it with the first call. */

import { printCall } from '../../print.ts';
import { domainOf, isStream } from '../domains.ts';
import { addressOf, errorOf, numberOf, numberText, outOf } from '../resolved.ts';
import type { Act, Sock } from '../story.ts';
import { type EmitNode, makeDatagram, needDatagram, noWay, udpType } from './common.ts';
import { type NodeProgram, placeText, string } from './program.ts';

export const socketCalls: Readonly<Record<string, EmitNode>> = {
  bind,
  listen: (p, act, sock) => {
    const backlog = `backlog: ${numberOf(act, 'backlog') ?? 0}`;
    const call = `${p.use('listen')}(${placeOf(p, sock).replace(/ }$/, `, ${backlog} }`)})`;
    if (errorOf(act) !== null) {
      if (errorOf(act) === 'EADDRINUSE') p.call(act, call);
      else noWay(p, act);
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
    p.line(`const ${p.socket(sock)} = await ${call};`, ...(p.early.get(sock) ?? []));
    p.made.add(sock);
  },
  shutdown: (p, act, sock) => {
    const how = numberText(act, 'how');
    if (how === 'SHUT_RD' || how === '0')
      p.comment(`${printCall(act.call)}: Node has no such call.`);
    else p.line(`${p.socket(sock)}.end();`);
  },
  close,
  getsockname: asked,
  getpeername: asked,
  setsockopt: (p, act, sock) => {
    const [name, value] = [numberText(act, 'option'), numberOf(act, 'value') ?? 0];
    const call = OPTIONS[name];
    const line = call === undefined ? '' : `${p.socket(sock)}.${call(value)};`;
    if (call !== undefined && p.made.has(sock)) p.line(line);
    else if (call !== undefined) p.early.set(sock, [...(p.early.get(sock) ?? []), line]);
    else p.comment(`${printCall(act.call)}: ${OPTION_NOTES[name] ?? 'Node has no such option.'}`);
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
  const call = `${p.use('bind')}('${udpType(sock)}', ${place})`;
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
    p.module("import fs from 'node:fs';");
    p.comment('A name in the file system stays there: one of an earlier run is in the way.');
    p.line(`fs.rmSync(${string(Buffer.from(address.path).toString())}, { force: true });`);
  }
  p.bound.set(sock, address);
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

export function close(p: NodeProgram, act: Act, sock: Sock): void {
  if (!p.made.has(sock)) return;
  p.made.delete(sock);
  const name = p.socket(sock);
  if (sock.listens) p.line(`${p.use('closeListener')}(${name});`);
  else if (errorOf(act) === null) p.line(`await ${p.use('close')}(${name});`);
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

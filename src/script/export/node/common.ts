/** What Node’s calls have in common. */
import { printCall } from '../../print.ts';
import { domainOf } from '../domains.ts';
import { errorOf } from '../resolved.ts';
import type { Act, Sock } from '../story.ts';
import type { NodeProgram } from './program.ts';

/** Writes the lines for a call about a socket. */
export type EmitNode = (p: NodeProgram, act: Act, sock: Sock) => void;

export function noWay(p: NodeProgram, act: Act): void {
  const code = errorOf(act);
  const failed = code === null ? '' : ` (in the session: ${code})`;
  p.comment(`${printCall(act.call)}: Node has no such call${failed}.`);
}

export function udpType(sock: Sock): string {
  return domainOf(sock) === 'inet6' ? 'udp6' : 'udp4';
}

export function makeDatagram(p: NodeProgram, sock: Sock, call: string): void {
  p.line(`const ${p.socket(sock)} = await ${call};`, ...(p.early.get(sock) ?? []));
  p.made.add(sock);
}

/** A socket without an address gets one when it first sends. */
export function needDatagram(p: NodeProgram, sock: Sock): void {
  if (!p.made.has(sock)) makeDatagram(p, sock, `${p.use('bind')}('${udpType(sock)}')`);
}

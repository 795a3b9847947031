/** Why poll() or wait() waits: what has not happened yet, and what would make it happen. */
import type { Arg } from '../../socket/call.ts';
import { constantValue } from '../../socket/names.ts';
import type { Blocked } from '../../socket/session/job.ts';
import type { Snapshot, TcpState } from '../../socket/state.ts';
import { type Evidence, socketNamed, type Waiting } from './evidence.ts';
import { partnerOf } from './history.ts';
import { bytes, listed } from './words.ts';

export function waitingForPoll({ call }: Blocked, { sockets }: Evidence): string {
  const [first, second] = call.args;
  const asked =
    first?.kind === 'list'
      ? first.items.map(pair)
      : [first?.kind === 'struct' ? pair(first) : [first, second]];
  const why = asked.flatMap(([one, events]) => {
    const socket = socketNamed(one?.kind === 'name' ? one.name : null, sockets);
    return socket === null ? [] : notReady(socket, bits(events));
  });
  return why.length === 0 ? 'none of them is ready.' : `${listed(why)}.`;
}

function pair(item: Arg): (Arg | undefined)[] {
  return item.kind === 'struct' ? [...item.fields] : [];
}

function bits(events: Arg | undefined): number {
  if (events?.kind === 'integer') return events.value;
  if (events?.kind !== 'constants') return 0;
  return events.parts.reduce<number>((sum, part) => sum | constantValue(part), 0);
}

function notReady(socket: Snapshot, events: number): string[] {
  const { socket: name, state, sendQueue } = socket;
  const asks = (flag: string) => (events & constantValue(flag)) !== 0;
  const why: string[] = [];
  if (asks('POLLIN'))
    why.push(state === 'LISTEN' ? `no connection waits at ${name}` : `nothing has come to ${name}`);
  if (asks('POLLOUT'))
    why.push(
      `the send buffer of ${name} is full${sendQueue ? ` (${bytes(sendQueue)} not acknowledged)` : ''}`,
    );
  if (asks('POLLPRI')) why.push(`no urgent byte has come to ${name}`);
  return why.length > 0 ? why : [`${name} is open and has no error`];
}

export function waitingForState({ blocked, socket, evidence }: Waiting): string | null {
  const wanted = blocked.call.args[1];
  if (wanted?.kind !== 'state') return null;
  return whyStays(socket, partnerOf(socket, evidence.sockets, evidence.steps), wanted.state);
}

/** What a connection needs to leave the state that it is in (RFC 9293 §3.3.2). */
export function whyStays(
  socket: Snapshot,
  partner: string | null,
  wanted: TcpState,
): string | null {
  const { socket: name, state } = socket;
  if (state === null || state === wanted) return null;
  const peer = partner ?? 'the peer';
  return `${name} is ${state}: ${LEAVING[state](name, peer)}.`;
}

const LEAVING: Readonly<Record<TcpState, (name: string, peer: string) => string>> = {
  CLOSED: (name) => `listen(${name}, …) or connect(${name}, …) leads out of it`,
  LISTEN: (name) =>
    `it stays so until close(${name}); connections are sockets of their own, from accept()`,
  'SYN-SENT': () => 'SYN-ACK has not come yet',
  'SYN-RECEIVED': () => 'the ACK that ends the handshake has not come yet',
  ESTABLISHED: (name, peer) =>
    `shutdown(${name}, SHUT_WR) or close(${name}) sends FIN; if ${peer} sends it first, CLOSE-WAIT follows`,
  'FIN-WAIT-1': (_, peer) => `${peer} has not acknowledged its FIN yet`,
  'FIN-WAIT-2': (_, peer) => `its FIN was acknowledged, and ${peer} has not sent its own`,
  'CLOSE-WAIT': (name) => `the peer has sent FIN; close(${name}) sends the other one`,
  CLOSING: (_, peer) =>
    `both have sent FIN, and ${peer} has not acknowledged the one of this end yet`,
  'LAST-ACK': (_, peer) => `${peer} has not acknowledged its FIN yet`,
  'TIME-WAIT': () => 'the kernel keeps it for a minute, and then it is CLOSED',
};

/** Addresses and ports: who has one already, and one whose two bytes are swapped. */
import { fileAt, holderOfPort, type ProcessId, type Protocol } from '../../socket/evidence.ts';
import type { Snapshot } from '../../socket/state.ts';
import type { Step } from '../../socket/step.ts';
import { withoutHtons } from '../../socket/swapped-port.ts';
import type { Circumstances } from './circumstances.ts';
import { isSet } from './history.ts';
import { isLocal, nameOf, portOf, stateOf } from './words.ts';

/** An address in use: by one of our own sockets, another process, or a connection in TIME-WAIT. */
export function inUse(about: Circumstances, address: string | null): string | null {
  const { socket, all } = about;
  const port = portOf(address);
  if (port === null)
    return address?.startsWith('unix:@')
      ? `another socket has the name ${address} already. It is free again when that one is closed.`
      : pathInUse(address ?? '');
  // TCP and UDP have ports of their own.
  const rivals = all.filter(
    (one) =>
      one.fd !== null &&
      one.socket !== socket?.socket &&
      portOf(one.local) === port &&
      sameProtocol(one, socket),
  );
  const ours = rivals.find((one) => one.state === 'LISTEN') ?? rivals[0];
  if (ours !== undefined)
    return `${ours.socket} has ${ours.local} already (${stateOf(ours)}). ${rule(ours, about, port)}`;
  return heldElsewhere(port, about);
}

function pathInUse(address: string): string {
  switch (fileAt(address.replace(/^unix:/, ''))) {
    case 'bound':
      return `an open socket has the path of ${address}: a server runs there already.`;
    case 'other':
      return `${address} is there already, and it is not a socket: socklab never removes it.`;
    case 'dead':
    case null:
      return `${address} is there already. A socket’s path stays when the socket is closed, until it is removed.`;
  }
}

function rule(ours: Snapshot, about: Circumstances, port: number): string {
  if (ours.lingers) return bothNeedIt(port, about);
  if (ours.accepted) return `It is a connection of an earlier listener. ${bothNeedIt(port, about)}`;
  return ours.state === 'LISTEN' ? 'One address, one listener.' : 'An address can be bound once.';
}

function sameProtocol(one: Snapshot, other: Snapshot | null): boolean {
  return other === null || one.kind.split(' ')[0] === other.kind.split(' ')[0];
}

function heldElsewhere(port: number, about: Circumstances): string {
  const holder = holderOfPort(port, protocolOf(about));
  if (holder?.process != null) {
    return `${processOf(holder.process)} holds port ${port}${holder.state === 'LISTEN' ? ' and listens there' : ''}.`;
  }
  if (holder?.state === 'TIME-WAIT') {
    return `a connection of port ${port} is in TIME-WAIT for up to a minute more. ${bothNeedIt(port, about)}`;
  }
  if (holder !== null)
    return `port ${port} is held by a process that we may not look into (another user’s).`;
  return `somebody holds port ${port}; nothing in /proc tells who.`;
}

/** Of the socket; where only the error is known, of those that there are. */
function protocolOf({ socket, all }: Circumstances): Protocol {
  const sockets = socket === null ? all : [socket];
  return sockets.some(({ kind }) => kind.startsWith('UDP')) ? 'udp' : 'tcp';
}

/** Nobody listens at a port of this machine, but over UDP somebody has it: which of the two was meant? */
export function otherProtocol(address: string | null): string {
  const port = portOf(address);
  if (port === null || !isLocal(address ?? '')) return '';
  const holder = holderOfPort(port, 'udp');
  if (holder === null) return '';
  const who = holder.process === null ? 'somebody' : processOf(holder.process);
  return ` Over UDP, ${who} has that port: udp:${address}.`;
}

/** As it is told apart from others: `process 4711 (nginx)`. */
function processOf({ pid, name }: ProcessId): string {
  return `process ${pid} (${name})`;
}

/**
 * socket(7): SO_REUSEADDR. What is left of a connection has its listener's, from when that one
 * accepted it, so the second run's alone is not enough.
 */
function bothNeedIt(port: number, { socket, steps }: Circumstances): string {
  const both =
    'With SO_REUSEADDR set on both, the old and the new listener, before bind(), it would succeed';
  if (socket === null) return `${both}.`;
  const now = isSet(socket.socket, 'SO_REUSEADDR', steps);
  const old = steps.findLast(
    ({ call, outcome, sockets: [one] }) =>
      call.name === 'listen' &&
      outcome.kind === 'value' &&
      portOf(one?.local ?? null) === port &&
      one?.socket !== socket.socket,
  )?.sockets[0]?.socket;
  const had = old !== undefined && isSet(old, 'SO_REUSEADDR', steps);
  if (now && had) return `${both}.`;
  const new_ = `${nameOf(socket)} ${now ? 'has it' : 'has not set it'}`;
  // Both would have been enough: where the new one has it, it is the old one that had not.
  const other =
    old !== undefined
      ? `${old} ${had ? 'had it' : 'had not'}`
      : now
        ? 'so the old one had not'
        : 'what the old one had is not known here';
  return `${both}; ${new_}, ${other}.`;
}

/** 5001 without htons() arrives as 35091: a port that makes more sense the other way round. */
export function swappedPort(address: string | null): string {
  const hint = swappedHint(portOf(address));
  return hint === null ? '' : ` ${hint}`;
}

/** The hint where a call was given a swapped port, or told one; null where all is well. */
export function hintOf(step: Step, steps: readonly Step[]): string | null {
  const { call, outcome, layout } = step;
  if (outcome.kind === 'error' || layout === null) return null;
  if (call.name === 'getsockname') {
    const name = step.sockets[0]?.socket;
    const given = steps.findLast(
      (one) => one.call.name === 'bind' && one.sockets[0]?.socket === name,
    );
    // A port that the kernel chose is what it is.
    if (given === undefined || portIn(given) !== portIn(step)) return null;
    return swappedHint(portIn(step));
  }
  const takesAddress = ['bind', 'connect', 'sendto'].includes(call.name);
  // A socket's name stands for its address: that was looked at when it was bound.
  const named = call.args.some(
    (arg, at) =>
      at > 0 && arg.kind === 'name' && step.sockets.length > 0 && isSocket(arg.name, steps),
  );
  return takesAddress && !named ? swappedHint(portIn(step)) : null;
}

function swappedHint(port: number | null): string | null {
  const meant = port === null ? null : withoutHtons(port);
  return meant === null
    ? null
    : `Was htons() forgotten? ${port} is ${meant} with its two bytes swapped.`;
}

/** The port in the address that a step passed or was told; null where it has none. */
function portIn({ layout }: Step): number | null {
  const [high, low] = layout?.find(({ label }) => label === 'port')?.bytes ?? [];
  return high === undefined || low === undefined ? null : high * 256 + low;
}

function isSocket(name: string, steps: readonly Step[]): boolean {
  return steps.some(({ sockets }) => sockets.some(({ socket }) => socket === name));
}

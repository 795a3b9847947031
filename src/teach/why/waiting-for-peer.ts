/** Why accept() or connect() waits: for somebody else to come, or to answer. */
import { listenerOn } from '../../socket/evidence.ts';
import type { Snapshot } from '../../socket/state.ts';
import { withoutHtons } from '../../socket/swapped-port.ts';
import type { Evidence, Waiting } from './evidence.ts';
import { optionOf } from './history.ts';
import { isLocal, plainAddress, portOf } from './words.ts';

export function waitingToAccept({ socket, evidence }: Waiting): string {
  const { socket: name, local, queue } = socket;
  const inLine =
    queue === null ? '' : `: ${queue.used} of ${queue.limit} wait in the queue of ${name}`;
  const deferred = deferredClient(socket, evidence);
  if (deferred !== null) return deferred;
  const missed = missedBy(socket, evidence);
  const where = local === null ? '' : ` Clients reach it with connect(…, ${reachable(local)}).`;
  return `nobody has connected${inLine}.${missed ?? where}`;
}

/** tcp(7): with TCP_DEFER_ACCEPT a connection without data is not handed out. */
function deferredClient(listener: Snapshot, evidence: Evidence): string | null {
  const { sockets, steps } = evidence;
  if (optionOf(listener.socket, 'TCP_DEFER_ACCEPT', steps) === null) return null;
  const client = sockets.find(
    ({ state, peer }) => state === 'ESTABLISHED' && peer !== null && peer === listener.local,
  );
  const accepted = sockets.some(({ peer }) => peer !== null && peer === client?.local);
  if (client === undefined || accepted) return null;
  return `${client.socket} has connected, and ${listener.socket} has TCP_DEFER_ACCEPT set: accept() gives a connection only when its first bytes have come.`;
}

/** A client of ours that tried, and not at the listener's address. */
function missedBy(listener: Snapshot, { steps, jobs }: Evidence): string | null {
  const port = portOf(listener.local);
  const tried = steps.flatMap(({ call, outcome }) =>
    call.name === 'connect' && outcome.kind === 'error' && outcome.error.remote !== null
      ? [{ remote: outcome.error.remote, code: outcome.error.code }]
      : [],
  );
  const last = tried.at(-1);
  if (last === undefined || port === null || jobs.some(({ call }) => call.name === 'connect'))
    return null;
  const { remote, code } = last;
  if (portOf(remote) === port && plainAddress(remote) !== listener.local)
    return ` The last connect() went to ${remote} (${code}); ${listener.socket} has the address ${listener.local} alone.`;
  const meant = withoutHtons(portOf(remote) ?? 0);
  if (meant === port)
    return ` The last connect() went to ${remote} (${code}): ${portOf(remote)} is ${port} without htons().`;
  return null;
}

/** 0.0.0.0 means every address of this machine; nobody connects to it by that name. */
function reachable(local: string): string {
  return local.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
}

export function waitingToConnect({ blocked, socket, evidence }: Waiting): string | null {
  const target = targetIn(blocked.text);
  if (target === null) return null;
  if (target.startsWith('unix:'))
    return `the queue of the listener at ${target} is full: its backlog is taken by connections that nobody has accepted.`;
  const repeats = evidence.repeatsOf(socket);
  const again = repeats === null || repeats === 0 ? '' : ` (${times(repeats)} so far)`;
  const kept = `The SYN is sent again${again}, after 1 s, 3 s, 7 s and so on`;
  const listener = evidence.sockets.find(
    ({ state, local }) => state === 'LISTEN' && reaches(local, target),
  );
  if (listener?.queue != null) {
    const { used, limit } = listener.queue;
    if (used <= limit)
      return `${listener.socket} has room in its queue by now. ${kept}: the next one is answered.`;
    return `the queue of ${listener.socket} is full: ${used} wait, and its backlog is ${limit} (Linux lets one more wait). Its kernel drops the SYN without a word. ${kept}, until accept(${listener.socket}) makes room.`;
  }
  const other = isLocal(target) ? listenerOn(portOf(target) ?? 0) : null;
  if (other !== null && other.waiting > 0) {
    const who =
      other.process === null ? 'somebody' : `process ${other.process.pid} (${other.process.name})`;
    return `${who} listens at ${target}, and ${other.waiting === 1 ? '1 connection waits' : `${other.waiting} connections wait`} there to be accepted: where the queue is full, the kernel drops the SYN without a word. ${kept}, until it accepts one.`;
  }
  return `no answer to the SYN has come from ${target}: neither SYN-ACK nor a refusal. A firewall that drops packets, or a host that is off, looks like this. ${kept}; after some two minutes connect() gives up with ETIMEDOUT.`;
}

/** The address in the call as C has it, as an endpoint is written; null where there is none. */
function targetIn(text: string): string | null {
  const unix = /\{AF_UNIX, (@?)(".*")\}/.exec(text);
  if (unix !== null) return `unix:${unix[1]}${JSON.parse(unix[2] ?? '""')}`;
  return /\{AF_INET6?, ([^}]+)\}/.exec(text)?.[1] ?? null;
}

function reaches(local: string | null, target: string): boolean {
  if (local === null || portOf(local) !== portOf(target)) return false;
  return local === target || local.startsWith('0.0.0.0:') || local.startsWith('[::]:');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

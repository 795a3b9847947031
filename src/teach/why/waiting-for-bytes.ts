/** Why a read waits: nothing was sent, or what was sent is in a buffer on the way. */
import { otherEnd } from '../../socket/evidence.ts';
import type { Snapshot } from '../../socket/state.ts';
import { type Evidence, socketNamed, subjectName, type Waiting } from './evidence.ts';
import { hasFlag, partnerOf } from './history.ts';
import { printed } from './printed.ts';
import { bytes, bytesAre, isStream } from './words.ts';

/** What takes bytes out of a socket, by the name of its call. */
const READING: ReadonlySet<string> = new Set([
  'read',
  'recv',
  'recvfrom',
  'recvn',
  'recvuntil',
  'recvline',
  'recvall',
  'fgets',
  'fscanf',
]);

export function waitingForBytes(waiting: Waiting): string {
  const ahead = keptHere(waiting);
  const sender = isStream(waiting.socket) ? ofStream(waiting) : ofDatagrams(waiting);
  return ahead === null ? sender : `${ahead} ${sender}`;
}

/** Bytes that came already, and are in a buffer: the call's own, or one that it does not look into. */
function keptHere({ blocked, socket, evidence }: Waiting): string | null {
  const { call } = blocked;
  const kept = evidence.buffers.find(
    (one) => one.socket === socket.socket && one.direction === 'unread',
  );
  if (kept === undefined) return null;
  const [first] = call.args;
  const itsOwn =
    call.name.startsWith('recv') && call.name !== 'recv' && call.name !== 'recvfrom'
      ? kept.owner === socket.socket
      : first?.kind === 'name' && first.name === kept.owner && call.name.startsWith('f');
  const { count, owner } = kept;
  if (itsOwn)
    return `${bytes(count)} came, which is not all that ${call.name}() wants; ${owner} keeps them.`;
  const how = owner === socket.socket ? `recvn(${owner}, ${count})` : `fgets(${owner})`;
  return `${bytesAre(count)} in the buffer of ${owner}, read ahead: ${how} takes them, and ${call.name}() asks the kernel only.`;
}

function ofStream({ blocked, socket, evidence }: Waiting): string {
  const { sockets, steps, buffers } = evidence;
  const { socket: name, peer, local } = socket;
  const partner = socketNamed(partnerOf(socket, sockets, steps), sockets);
  if (hasFlag(blocked.call, 'MSG_WAITALL') && (socket.receiveQueue ?? 0) > 0)
    return 'MSG_WAITALL waits for as many bytes as were asked for.';
  if (partner === null) return fromOutside(name, local, peer);
  const unsent = buffers.find((one) => one.socket === partner.socket && one.direction === 'unsent');
  if (unsent !== undefined)
    return `${bytesAre(unsent.count)} in the buffer of ${unsent.owner}, a FILE over ${partner.socket}, and not sent yet: fflush(${unsent.owner}) hands them to the kernel.`;
  if (partner.fd !== null && (partner.sendQueue ?? 0) > 0 && socket.kind.startsWith('TCP'))
    return `${partner.socket} has sent ${bytes(partner.sendQueue ?? 0)} that were not acknowledged: they are on their way, or were lost and will be sent again.`;
  return `${partner.socket}, its peer, has sent nothing that was not read already${standstill(partner, evidence)}.`;
}

/** Both ends read: neither will ever send. */
function standstill(partner: Snapshot, evidence: Evidence): string {
  const job = evidence.jobs.find(
    ({ call }) => READING.has(call.name) && subjectName(call, evidence) === partner.socket,
  );
  if (job === undefined) return ` (it is ${partner.state ?? 'connected'})`;
  return `, and waits itself, in [${job.job}] ${printed(job.call)}: each waits for the other`;
}

/** Who the peer is, where it is a socket of this machine that is none of ours. */
function fromOutside(name: string, local: string | null, peer: string | null): string {
  if (peer === null || local === null) return `nothing more has come to ${name}.`;
  const end = otherEnd(local, peer);
  if (end?.state === 'ESTABLISHED' && !end.held)
    return `nobody has accepted the connection of ${name} yet: it waits in the queue of the listener at ${peer}.`;
  const who =
    end?.process == null ? '' : `, which is process ${end.process.pid} (${end.process.name})`;
  return `nothing more has come to ${name} from ${peer}${who}.`;
}

function ofDatagrams({ socket }: Waiting): string {
  const { socket: name, local, peer, kind } = socket;
  if (local === null && peer === null && !kind.startsWith('raw'))
    return `${name} has no address, so nobody can send to it: bind() gives it one.`;
  const from =
    peer === null ? '' : ` from ${peer}, and others are not let through: ${name} is connected`;
  return `no datagram has come${local === null ? '' : ` to ${local}`}${from}.`;
}

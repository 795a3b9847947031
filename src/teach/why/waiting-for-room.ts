/** Why a write, or a close that lingers, waits: the peer does not take what was sent. */
import { otherEnd } from '../../socket/evidence.ts';
import { socketNamed, subjectName, type Waiting } from './evidence.ts';
import { partnerOf } from './history.ts';
import { printed } from './printed.ts';
import { bytes, isStream } from './words.ts';

const WRITING: ReadonlySet<string> = new Set(['write', 'send', 'sendto', 'fprintf', 'fflush']);

export function waitingForRoom(waiting: Waiting): string {
  const { socket, evidence } = waiting;
  if (!isStream(socket))
    return `the queue of the socket that it sends to is full, and a datagram is not cut: somebody must read there first.`;
  return `${backlogOf(waiting)}${standstill() ?? ` A read there makes room.`}`;

  /** Both ends write: neither reads. */
  function standstill(): string | null {
    const partner = partnerOf(socket, evidence.sockets, evidence.steps);
    const job = evidence.jobs.find(
      ({ call }) => WRITING.has(call.name) && subjectName(call, evidence) === partner,
    );
    if (partner === null || job === undefined) return null;
    return ` ${partner} waits itself, in [${job.job}] ${printed(job.call)}: both write, and none reads.`;
  }
}

export function waitingToClose(waiting: Waiting): string {
  return `SO_LINGER has close() wait until the peer has acknowledged everything. ${sentence(backlogOf(waiting))}`;
}

/** Where the bytes wait: at the peer, unread, and here, not acknowledged. */
function backlogOf({ socket, evidence }: Waiting): string {
  const { sockets, steps } = evidence;
  const { socket: name, sendQueue, local, peer, kind } = socket;
  const tcp = kind.startsWith('TCP');
  const here =
    !tcp || sendQueue === null ? '' : `, and ${bytes(sendQueue)} of ${name} are not acknowledged`;
  const partner = socketNamed(partnerOf(socket, sockets, steps), sockets);
  if (partner !== null)
    return `the buffers are full: ${bytes(partner.receiveQueue ?? 0)} wait in the receive queue of ${partner.socket}${here}.`;
  const end = local === null || peer === null ? null : otherEnd(local, peer);
  if (end === null)
    return `the buffers are full: the peer${peer === null ? '' : `, ${peer},`} does not read${here}.`;
  const who =
    end.process !== null
      ? `process ${end.process.pid} (${end.process.name})`
      : end.held
        ? peer
        : `${peer}, where nobody has accepted the connection yet`;
  return `the buffers are full: ${bytes(end.unread)} wait in the receive queue of ${who}${here}.`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

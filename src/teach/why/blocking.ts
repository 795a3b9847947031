/** Why a call is blocked now: what it waits for, and who could bring it. */
import { namesGiven } from '../../socket/calls/names.ts';
import type { Blocked } from '../../socket/session/job.ts';
import { type Evidence, socketNamed, subjectName, type Waiting } from './evidence.ts';
import { printed } from './printed.ts';
import { waitingForBytes } from './waiting-for-bytes.ts';
import { waitingForPoll, waitingForState } from './waiting-for-event.ts';
import { waitingToAccept, waitingToConnect } from './waiting-for-peer.ts';
import { waitingForRoom, waitingToClose } from './waiting-for-room.ts';

/** One sentence or two; what the session itself knows, where there is no more evidence. */
export function whyBlocked(blocked: Blocked, evidence: Evidence): string {
  if (blocked.waitsFor !== null) return waitingForName(blocked, blocked.waitsFor, evidence);
  const { call, because } = blocked;
  if (call.name === 'poll') return waitingForPoll(blocked, evidence);
  const socket = socketNamed(subjectName(call, evidence), evidence.sockets);
  const told = socket === null ? null : byCall({ blocked, socket, evidence });
  return told ?? `${because}.`;
}

function byCall(waiting: Waiting): string | null {
  switch (waiting.blocked.call.name) {
    case 'accept':
      return waitingToAccept(waiting);
    case 'connect':
      return waitingToConnect(waiting);
    case 'read':
    case 'recv':
    case 'recvfrom':
    case 'recvn':
    case 'recvuntil':
    case 'recvline':
    case 'recvall':
    case 'fgets':
    case 'fscanf':
      return waitingForBytes(waiting);
    case 'write':
    case 'send':
    case 'sendto':
    case 'fprintf':
    case 'fflush':
      return waitingForRoom(waiting);
    case 'close':
      return waitingToClose(waiting);
    // fclose() flushes first, and may then linger.
    case 'fclose':
      return waiting.blocked.because.startsWith('SO_LINGER')
        ? waitingToClose(waiting)
        : waitingForRoom(waiting);
    case 'wait':
      return waitingForState(waiting);
    default:
      return null;
  }
}

/** The name comes with another call, which is blocked itself. */
function waitingForName(blocked: Blocked, name: string, evidence: Evidence): string {
  const giver = evidence.jobs.find(
    (job) => job.job !== blocked.job && namesGiven(job.call).includes(name),
  );
  if (giver === undefined) return `${blocked.because}.`;
  const start = `it uses ${name}, which is given by [${giver.job}] ${printed(giver.call)}, and that is blocked itself`;
  return `${start}: ${whyBlocked(giver, evidence)}`;
}

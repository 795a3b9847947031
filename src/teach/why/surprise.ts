/** Why a call that succeeded did not do what one may have thought: end of file, a reset, a part. */
import { eventNames } from '../../socket/calls/poll.ts';
import type { Snapshot } from '../../socket/state.ts';
import type { Step } from '../../socket/step.ts';
import type { Evidence } from './evidence.ts';
import { subjectOf } from './failed.ts';
import { endingOf, partnerOf, resetsOnClose, unreadAt } from './history.ts';
import { hintOf } from './port.ts';
import { printed, printedCall } from './printed.ts';
import { bytes, isStream } from './words.ts';

/** Null where the step failed, or where there is nothing to wonder about. */
export function whySurprising(step: Step, evidence: Evidence): string | null {
  if (step.outcome.kind === 'error') return null;
  const socket = subjectOf(step, evidence.sockets);
  const before = evidence.steps.filter(({ n }) => n < step.n);
  if (socket === null) return null;
  return surprise({ step, socket, before, evidence }) ?? hintOf(step, before);
}

interface Odd {
  readonly step: Step;
  readonly socket: Snapshot;
  /** The steps before this one. */
  readonly before: readonly Step[];
  readonly evidence: Evidence;
}

function surprise(odd: Odd): string | null {
  switch (odd.step.call.name) {
    case 'read':
    case 'recv':
    case 'recvfrom':
    case 'recvn':
    case 'recvuntil':
    case 'recvline':
    case 'fgets':
      return fewer(odd);
    case 'write':
    case 'send':
    case 'sendto':
      return sent(odd);
    case 'close':
    case 'fclose':
      return closed(odd);
    case 'poll':
      return polled(odd);
    case 'connect':
      return connected(odd);
    default:
      return null;
  }
}

/** No bytes at all, or fewer than a structure has. */
function fewer({ step, socket, before, evidence }: Odd): string | null {
  const { outcome, call } = step;
  if (outcome.kind === 'error') return null;
  const { value } = outcome;
  if (value.kind === 'record' && value.bytes.length > 0) {
    const size = value.layout.size;
    if (value.bytes.length >= size || !isStream(socket)) return null;
    return `only ${bytes(value.bytes.length)} of the structure’s ${size} had come. TCP keeps no message boundaries: recvn(${socket.socket}, ${value.layout.name ?? size}) waits for all of it.`;
  }
  if (outcome.result !== 0 || !('bytes' in value)) return null;
  if (call.args[1]?.kind === 'integer' && call.args[1].value === 0 && call.name !== 'fgets')
    return '0 bytes were asked for, so none came.';
  if (!isStream(socket))
    return 'an empty datagram came: for UDP, 0 bytes are a message like any other.';
  return endOfFile(socket, before, evidence);
}

function endOfFile(socket: Snapshot, before: readonly Step[], evidence: Evidence): string {
  const name = socket.socket;
  const partner = partnerOf(socket, evidence.sockets, before);
  const ending = partner === null ? null : endingOf(partner, before);
  const tcp = socket.kind.startsWith('TCP');
  const who = ending === null ? '' : `, ${tcp ? 'with' : 'since'} ${printedCall(ending)}`;
  const own =
    socket.state === 'CLOSE-WAIT' ? ` ${name} is in CLOSE-WAIT until it sends its own.` : '';
  const fin = tcp ? 'its peer has sent FIN' : 'its peer sends no more';
  return `no bytes are the end of file: ${fin}${who}.${own}`;
}

/** Fewer than were given; or into a connection that the other side has closed. */
function sent({ step, socket, before, evidence }: Odd): string | null {
  const { outcome, call, changes } = step;
  if (outcome.kind === 'error') return null;
  const given = call.args[1]?.kind === 'bytes' ? call.args[1].bytes.length : null;
  if (given !== null && outcome.result < given && isStream(socket)) {
    const why =
      step.blockedUs > 0 ? 'it was ended while it waited' : 'it must not wait (O_NONBLOCK)';
    return `${call.name}() handed ${outcome.result} of ${given} bytes to the kernel: the send buffer is full, and ${why}. The rest is the program’s to send again.`;
  }
  const cut = changes.some(
    (one) => one.socket === socket.socket && one.field === 'state' && one.to === 'CLOSED',
  );
  if (!cut) return null;
  const partner = partnerOf(socket, evidence.sockets, before);
  const ending = partner === null ? null : endingOf(partner, before);
  const since =
    ending === null ? 'its peer had closed' : `${printedCall(ending)} had closed the peer`;
  return `the kernel took the bytes, but ${since}, so they were answered with a reset (RST). ${call.name}() never tells whether the peer got anything; the next one fails.`;
}

function closed({ step, socket, before, evidence }: Odd): string | null {
  const name = socket.socket;
  if (!socket.kind.startsWith('TCP')) return null;
  const lost = unreadAt(step);
  if (lost > 0)
    return `${bytes(lost)} waited in the receive queue of ${name}, unread. So close() sent a reset (RST) instead of FIN, and the peer gets ECONNRESET (RFC 2525 §2.17).`;
  const state = step.changes.find((one) => one.socket === name && one.field === 'state');
  if (state?.to === 'CLOSED' && resetsOnClose(name, before))
    return `SO_LINGER {1, 0} has close() send a reset (RST) instead of FIN: the connection is gone at once, without TIME-WAIT.`;
  if (state?.to === 'TIME-WAIT') return timeWait(name);
  // The close that completes a connection may leave the other end in TIME-WAIT.
  const partner = partnerOf(socket, evidence.sockets, [...before, step]);
  const theirs = step.changes.find((one) => one.socket === partner && one.to === 'TIME-WAIT');
  return partner !== null && theirs !== undefined ? timeWait(partner) : null;
}

/** RFC 9293 §3.3.2 and §3.6. */
function timeWait(name: string): string {
  return `${name} sent its FIN before the peer’s had come, so its end stays in TIME-WAIT, on Linux for a minute: its last ACK may have to be sent again, and late segments must not reach a new connection. No descriptor is needed for that.`;
}

function polled({ step, socket, evidence }: Odd): string | null {
  const { outcome } = step;
  if (outcome.kind === 'error' || outcome.value.kind !== 'struct') return null;
  if (outcome.result === 0) return 'the time was over before any of them was ready.';
  const told = outcome.value.fields.filter((field) => typeof field === 'number');
  const names = told.flatMap((events) => eventNames(events).split('|'));
  if (names.includes('POLLERR'))
    return 'POLLERR: an error waits; getsockopt(…, SOL_SOCKET, SO_ERROR) tells which, and so does the next call.';
  if (names.includes('POLLHUP'))
    return socket.kind.startsWith('TCP') && socket.peer === null && !socket.ended
      ? `POLLHUP: ${socket.socket} has no connection (yet); Linux says so in this way.`
      : 'POLLHUP: both directions are closed; what came before can still be read, then read() returns 0.';
  const at = told.length === 1 ? socket : null;
  if (names.includes('POLLIN') && at?.receiveQueue === 0 && evidence.steps.at(-1) === step)
    return `POLLIN with nothing in the queue is the end of file: read(${socket.socket}, …) returns 0 at once.`;
  return null;
}

function connected({ step, socket }: Odd): string | null {
  if (!socket.kind.startsWith('UDP')) return null;
  return `nothing was sent: UDP has no handshake. ${printed(step.call)} only sets where write() sends to, and from where read() takes; whether anybody is there, it does not tell.`;
}

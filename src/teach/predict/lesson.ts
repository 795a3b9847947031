/** What a wrong prediction can teach: one sentence about what came instead. */
import type { Call } from '../../socket/call.ts';
import type { TcpState } from '../../socket/state.ts';
import type { Step } from '../../socket/step.ts';

/** What a success of the call means; null where there is no more to say. */
export function whyReturned({ call }: Step): string | null {
  return RETURNS[call.name] ?? null;
}

const BEGUN = '0 says that it has begun: the kernel does the rest in the background.';
const TAKEN =
  'it returns as soon as the kernel has taken the bytes; the peer need not read for that.';
const ARRIVED = 'it gives what has arrived, from however many writes, up to the count.';

const RETURNS: Readonly<Record<string, string>> = {
  socket: 'a new socket gets the lowest descriptor that is free; nothing else happens yet.',
  bind: 'nobody else has the address, and this machine has it.',
  listen: 'from now on the kernel takes connections for it.',
  accept: 'a connection waited in the queue already, so there was nothing to wait for.',
  connect: 'the kernel at the other end answers by itself; nobody needs to accept() for that.',
  read: ARRIVED,
  recv: ARRIVED,
  write: TAKEN,
  send: TAKEN,
  sendto: TAKEN,
  shutdown: BEGUN,
  close: BEGUN,
};

/** Why this state follows (RFC 9293 §3.3.2). @param reset whether the call sent RST */
export function whyState(
  call: Call,
  before: TcpState | null,
  now: TcpState,
  reset: boolean,
): string {
  if (now === before) return `${call.name}() does not change it here.`;
  if (now !== 'CLOSED') return call.name === 'accept' ? ACCEPTED : FOLLOWS[now];
  if (reset)
    return 'unread data was left, so close() sent a reset (RST), which ends both ends at once.';
  if (before === 'CLOSE-WAIT' || before === 'LAST-ACK')
    return 'its FIN was the second one, and is acknowledged: nothing is left to wait for.';
  if (before === 'LISTEN') return 'a listener that is closed has no connection to end.';
  return 'a reset (RST) ends a connection at once.';
}

const ACCEPTED = 'the handshake was complete before accept(): the kernel had done it.';

const FOLLOWS: Readonly<Record<Exclude<TcpState, 'CLOSED'>, string>> = {
  LISTEN: 'listen() makes the socket passive: its kernel answers handshakes from now on.',
  'SYN-SENT': 'its SYN is out, and no answer has come yet.',
  'SYN-RECEIVED': 'a SYN came, and the ACK of the answer has not.',
  ESTABLISHED: 'connect() returns when the handshake is complete: SYN, SYN-ACK, ACK.',
  'FIN-WAIT-1': 'its FIN is out, and not acknowledged yet.',
  'FIN-WAIT-2': 'its FIN was acknowledged, and the other end has not sent its own.',
  'CLOSE-WAIT': 'the other end’s FIN has come, and it has not sent its own.',
  CLOSING: 'both FINs are out, and crossed on their way.',
  'LAST-ACK': 'its FIN is the second one, and not acknowledged yet.',
  'TIME-WAIT': 'it sent its FIN before the other one came, and stays for what may come late.',
};

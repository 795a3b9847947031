/** What to ask before a call is made: what it will return, and which states follow. */
import type { Call } from '../../socket/call.ts';
import type { Row } from '../../socket/calls/row.ts';
import { rowOf } from '../../socket/calls/row-of.ts';
import type { Snapshot, TcpState } from '../../socket/state.ts';
import { type Evidence, socketNamed, subjectName } from '../why/evidence.ts';
import { partnerOf } from '../why/history.ts';
import { printed } from '../why/printed.ts';

export type Question =
  | {
      readonly kind: 'result';
      readonly call: Call;
      readonly text: string;
      /** What an answer looks like. */
      readonly form: string;
    }
  | {
      readonly kind: 'state';
      readonly call: Call;
      readonly text: string;
      readonly form: string;
      readonly socket: string;
      /** Null where the call is to make the socket. */
      readonly before: TcpState | null;
    };

/** Those that can change the state of a TCP connection. */
const MOVING: ReadonlySet<string> = new Set([
  'listen',
  'connect',
  'accept',
  'shutdown',
  'close',
  'fclose',
]);
const COUNTING: ReadonlySet<string> = new Set(['write', 'send', 'sendto', 'fprintf']);

/** In the order in which they are asked; none for what is itself a question, such as state(). */
export function questionsFor(call: Call, evidence: Evidence): Question[] {
  const row = rowOf(call.name);
  if (row.kind === 'asking') return [];
  const text = `What does ${printed({ name: call.name, args: call.args })} return?`;
  return [{ kind: 'result', call, text, form: formOf(row) }, ...stateQuestions(call, evidence)];
}

function stateQuestions(call: Call, evidence: Evidence): Question[] {
  if (!MOVING.has(call.name)) return [];
  const socket = socketNamed(subjectName(call, evidence), evidence.sockets);
  if (socket?.state == null || !socket.kind.startsWith('TCP')) return [];
  if (call.name === 'accept') return call.as === undefined ? [] : [about(call, call.as, null)];
  const own = about(call, socket.socket, socket.state);
  const partner = call.name === 'listen' ? null : partnerIn(socket, evidence);
  return partner === null ? [own] : [own, about(call, partner.socket, partner.state)];
}

/** The other end, as long as it has a state that can change. */
function partnerIn(socket: Snapshot, { sockets, steps }: Evidence): Snapshot | null {
  if (socket.peer === null) return null;
  const partner = socketNamed(partnerOf(socket, sockets, steps), sockets);
  return partner === null || partner.state === null || partner.state === 'CLOSED' ? null : partner;
}

function about(call: Call, socket: string, before: TcpState | null): Question {
  const text = `Which state follows for ${socket}?`;
  return { kind: 'state', call, text, form: 'a state of TCP, or same', socket, before };
}

function formOf(row: Row): string {
  const forms = [valueForm(row)];
  if (row.blocks !== undefined) forms.push('blocked');
  if (row.computes !== true) forms.push('an errno');
  return forms.join(', ');
}

function valueForm({ name, gives, computes }: Row): string {
  switch (gives) {
    case 'socket':
      return 'fd';
    case 'bytes':
      return 'the bytes, how many, EOF';
    case 'address':
    case 'addresses':
      return 'the address';
    case 'integer':
      if (COUNTING.has(name)) return 'how many bytes';
      return computes === true || name === 'fcntl' || name === 'ioctl' ? 'a number' : '0';
    case 'struct':
      return name === 'poll' ? 'how many are ready, or POLLIN …' : 'how many, or the values';
    case 'pair':
      return '0';
    case 'file':
      return 'ok';
    default:
      return 'the value';
  }
}

/** What came, as the expectation that it is the next time: `= 0`, `= "hel"...`, `= ...`. */
import type { Arg, Item, Value } from '../../socket/call.ts';
import { eventNames } from '../../socket/calls/poll.ts';
import { isAnswer } from '../../socket/names.ts';
import { itemsOf } from '../../socket/records.ts';
import type { TcpState } from '../../socket/state.ts';
import type { Expected } from '../expected.ts';
import { shortest } from '../print.ts';
import type { Entry } from '../recording.ts';
import type { Fixed } from './fixed.ts';

const ANYTHING: Expected = { kind: 'anything' };
/** Of more bytes than these the first tell enough. */
const MOST_TOLD = 1024;
const FIRST_TOLD = 64;
/** A stream’s first window, about; of more than it, it is a matter of time how much is there at once. */
const AT_ONCE = 32 * 1024;

/** States that pass by themselves, as soon as the other end’s kernel has answered. */
export const PASSING: ReadonlySet<TcpState> = new Set<TcpState>([
  ...(['SYN-SENT', 'SYN-RECEIVED', 'FIN-WAIT-1', 'CLOSING', 'LAST-ACK'] as const),
]);

/** What a line’s call answered; null where to succeed is all that can be said. */
export function answerOf(entry: Entry, fixed: Fixed): Expected | null {
  const { line, step } = entry;
  if (line.kind !== 'call' || step === null) return null;
  const { call, expected } = line.statement;
  // What the user expected was met, and says what matters to them.
  if (expected !== null && entry.met && isSteady(expected, fixed)) return expected;
  const { outcome } = step;
  if (outcome.kind === 'error') return failure(call.name, outcome.error.code);
  if (isOfTheMoment(entry)) return ANYTHING;
  if (call.name === 'poll') return polled(outcome.value, outcome.result);
  return told(outcome.value, outcome.result, fixed);
}

function isSteady(expected: Expected, fixed: Fixed): boolean {
  if (expected.kind === 'blocked') return false;
  return expected.kind !== 'address' || fixed.has(expected.address);
}

function failure(call: string, code: string): Expected {
  if (code === 'EOF') return { kind: 'eof' };
  // How many writes a full buffer takes is a matter of time.
  if (code === 'EAGAIN' && SENDS.has(call)) return ANYTHING;
  return isAnswer(code) ? { kind: 'errno', name: code } : ANYTHING;
}

const SENDS: ReadonlySet<string> = new Set(['write', 'send', 'sendto']);
const READS: ReadonlySet<string> = new Set(['read', 'recv']);

/** Whether the answer depends on how fast things went, or on the machine. */
export function isOfTheMoment({ line, meanings, step }: Entry): boolean {
  if (line.kind !== 'call' || step?.outcome.kind !== 'value') return false;
  const { name, args } = line.statement.call;
  const { value, result } = step.outcome;
  if (SENDS.has(name) && args.length < 4) {
    const given = meanings[1]?.value;
    return given?.kind === 'bytes' && result < given.bytes.length;
  }
  if (READS.has(name)) return value.kind === 'bytes' && result > AT_ONCE && !isWhole(value, args);
  // SIOCOUTQ, and struct tcp_info: counters and times.
  if (name === 'ioctl') return args[1]?.kind === 'constants' && args[1].parts[0] === 'SIOCOUTQ';
  return name === 'getsockopt' && value.kind === 'bytes' && value.bytes.length > FIRST_TOLD;
}

/** Whether it took so much that nobody knows how much more it read ahead; read() does not see that. */
export function readsAhead({ step }: Entry): boolean {
  if (step?.outcome.kind !== 'value' || step.outcome.result <= AT_ONCE) return false;
  return step.details.some((detail) => detail.kind === 'kept');
}

function isWhole({ bytes }: { bytes: Uint8Array }, args: readonly Arg[]): boolean {
  return args.some((arg) => arg.kind === 'integer' && arg.value === bytes.length);
}

function told(value: Value, result: number, fixed: Fixed): Expected | null {
  switch (value.kind) {
    case 'socket':
    case 'pair':
    case 'file':
      return null;
    case 'state':
      if (value.state === null || PASSING.has(value.state)) return ANYTHING;
      return { kind: 'state', state: value.state };
    case 'integer':
      return { kind: 'integer', value: value.value };
    case 'bytes':
      return bytesTold(value.bytes);
    case 'address':
      return addressTold(value.address, fixed);
    case 'addresses': {
      const [first] = value.addresses;
      return first === undefined ? ANYTHING : { kind: 'address', address: first };
    }
    case 'struct':
      return fieldsTold(value.fields);
    case 'record': {
      const items = itemsOf(value);
      if (items === null) return bytesTold(value.bytes);
      return result < value.bytes.length ? ANYTHING : fieldsTold(items, value.layout.name);
    }
  }
}

function bytesTold(bytes: Uint8Array): Expected {
  if (bytes.length <= MOST_TOLD) return { kind: 'bytes', bytes, prefix: false };
  return { kind: 'bytes', bytes: bytes.slice(0, FIRST_TOLD), prefix: true };
}

function addressTold(address: string, fixed: Fixed): Expected {
  return fixed.has(address) ? { kind: 'address', address } : ANYTHING;
}

function fieldsTold(items: readonly Item[], type: string | null = null): Expected {
  const fields: Arg[] = [];
  for (const item of items) {
    const arg = itemTold(item);
    if (arg === null) return ANYTHING;
    fields.push(arg);
  }
  return { kind: 'struct', fields, ...(type === null ? {} : { type }) };
}

/** Null for what can’t be written: a whole number beyond 2^53, -0, infinity. */
function itemTold(item: Item): Arg | null {
  if (item instanceof Uint8Array) return { kind: 'bytes', bytes: item };
  if (typeof item === 'object') {
    const { kind, ...rest } = fieldsTold(item);
    return kind === 'struct' && 'fields' in rest ? { kind, fields: rest.fields } : null;
  }
  const value = Number(item);
  if (Object.is(value, -0) || typeof item === 'bigint') return null;
  if (Number.isSafeInteger(value)) return { kind: 'integer', value };
  return Number.isFinite(value) ? { kind: 'decimal', value: shortest(value) } : null;
}

/** What poll() found: one socket’s events by their names, or those of several in a list. */
function polled(value: Value, result: number): Expected {
  if (result === 0 || value.kind !== 'struct') return { kind: 'integer', value: result };
  const fields = value.fields.map((events): Arg => {
    if (events === 0) return { kind: 'integer', value: 0 };
    return { kind: 'constants', parts: eventNames(Number(events)).split('|') };
  });
  const [only] = fields;
  if (fields.length === 1 && only?.kind === 'constants') return only;
  return { kind: 'struct', fields };
}

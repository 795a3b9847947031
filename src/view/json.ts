/** Steps and events as JSON: one object a line, "v":1 first, keys in snake_case, none ever removed. */
import type { Item, Value } from '../socket/call.ts';
import type { Detail } from '../socket/detail.ts';
import type { Change } from '../socket/state.ts';
import type { Step } from '../socket/step.ts';
import { bytesJson, jsonLine } from '../wire/json.ts';

/** A step as one line, without the line's end. @param line of the script, where there is one */
export function stepJson(step: Step, line?: number): string {
  const { outcome } = step;
  const error = outcome.kind === 'error' ? outcome.error : null;
  return eventJson('step', {
    n: step.n,
    ...(line === undefined ? {} : { line }),
    call: step.call.name,
    text: step.text,
    result: outcome.kind === 'value' ? outcome.result : -1,
    errno: error?.code ?? null,
    message: error?.text ?? null,
    duration_us: Math.round(step.durationUs),
    blocked_us: Math.round(step.blockedUs),
    changes: step.changes.map(plain),
    ...(outcome.kind === 'value' ? valueJson(outcome.value, outcome.result) : {}),
    ...detailsJson(step.details),
  });
}

/** A change that no call made, one line each. */
export function changeJson(change: Change): string {
  return eventJson('state', { ...plain(change) });
}

/** Any event: `{"v":1,"type":"listening",…}`. */
export function eventJson(type: string, fields: Readonly<Record<string, unknown>>): string {
  return jsonLine({ type, ...fields });
}

function valueJson(value: Value, result: number): Record<string, unknown> {
  switch (value.kind) {
    case 'bytes':
      return { data: bytesJson(value.bytes) };
    case 'address':
      return { address: value.address };
    case 'addresses':
      return { addresses: value.addresses };
    case 'struct':
      return { value: value.fields.map(itemJson) };
    case 'record':
      return { data: bytesJson(value.bytes), struct: value.layout.name };
    case 'socket':
      return { socket: value.name };
    case 'pair':
      return { sockets: value.sockets.map(({ name }) => name) };
    case 'file':
      return { file: value.name };
    case 'state':
      return { state: value.state };
    case 'integer':
      // Only getsockopt() has a value besides its result.
      return value.value === result ? {} : { value: value.value };
  }
}

/** Numbers stay numbers; those that JavaScript can’t count to are text, as bytes are. */
function itemJson(item: Item): unknown {
  if (item instanceof Uint8Array) return bytesJson(item);
  if (typeof item === 'bigint') return String(item);
  return typeof item === 'object' ? item.map(itemJson) : item;
}

/** What else a step tells, under keys of their own; none where there is nothing. */
function detailsJson(details: readonly Detail[]): Record<string, unknown> {
  const of = <K extends Detail['kind']>(kind: K) =>
    details.filter((detail): detail is Extract<Detail, { kind: K }> => detail.kind === kind);
  const [signal, from] = [of('signal')[0], of('from')[0]];
  const kept = of('kept').map(({ owner, direction, count, bytes }) => ({
    owner,
    direction,
    count,
    data: bytesJson(bytes),
  }));
  const made = of('made').map(({ text }) => text);
  const lost = of('lost').map(({ owner, count }) => ({ owner, count }));
  return {
    ...(made.length === 0 ? {} : { calls: made }),
    ...(kept.length === 0 ? {} : { kept }),
    ...(lost.length === 0 ? {} : { lost }),
    ...(signal === undefined ? {} : { signal: signal.name }),
    ...(from === undefined ? {} : { from: from.address }),
  };
}

function plain({ socket, field, from, to }: Change): Change {
  return { socket, field, from, to };
}

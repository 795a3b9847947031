/** Which names a call uses, and which it will give. */
import type { Arg, Call } from '../call.ts';
import { formOf, paramAt } from './row.ts';
import { rowOf } from './row-of.ts';

/** The names among the arguments, also inside structures and other calls. */
export function namesUsed(call: Call): string[] {
  const form = formOf(rowOf(call.name), call.args);
  return call.args.flatMap((arg, at) => {
    const kind = form === null ? null : paramAt(form, at).kind;
    return kind === 'out' || kind === 'pair' ? [] : namesIn(arg);
  });
}

/** What the call will name when it succeeds: what it returns, and what it fills in. */
export function namesGiven(call: Call): string[] {
  const { as, second } = call;
  const form = formOf(rowOf(call.name), call.args);
  const filled = call.args.flatMap((arg, at) => {
    if (form === null || arg.kind === 'null') return [];
    const { kind } = paramAt(form, at);
    if (kind === 'out' && arg.kind === 'name') return [arg.name];
    if (kind !== 'pair') return [];
    return arg.kind === 'name' ? [`${arg.name}[0]`, `${arg.name}[1]`] : namesIn(arg);
  });
  if (call.name === 'socketpair' && as !== undefined && second === undefined) {
    return [`${as}[0]`, `${as}[1]`, ...filled];
  }
  return [...(as === undefined ? [] : [as]), ...(second === undefined ? [] : [second]), ...filled];
}

/** Whether the two name the same, or one a part of the other: `msg` and `msg.age`, `sv` and `sv[0]`. */
export function overlap(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return long.startsWith(short) && /^([.[]|$)/.test(long.slice(short.length));
}

function namesIn(arg: Arg): string[] {
  switch (arg.kind) {
    case 'name':
      return [arg.name];
    case 'struct':
      return arg.fields.flatMap(namesIn);
    case 'list':
      return arg.items.flatMap(namesIn);
    case 'call':
      return namesUsed(arg.call);
    case 'at':
      return [arg.host, arg.port];
    case 'endpoint':
      // `host:8888`, where host may be a name that was given a value.
      return 'host' in arg.endpoint && arg.endpoint.host.kind === 'hostname'
        ? [arg.endpoint.host.name]
        : [];
    case 'sizeof':
      return [arg.of];
    default:
      return [];
  }
}

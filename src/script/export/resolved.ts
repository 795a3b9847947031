/** The arguments of a call that was made, by the names of their parameters: what they stood for. */
import type { Arg } from '../../socket/call.ts';
import { canonicalEndpoint, parseEndpoint } from '../../socket/endpoint.ts';
import { constantValue } from '../../socket/names.ts';
import type { RecordValue } from '../../socket/records.ts';
import type { Step } from '../../socket/step.ts';
import type { Act } from './story.ts';

/** Which argument a parameter got; −1 where it was left out. */
export function placeOf({ form, call }: Act, param: string): number {
  const at = form.findIndex(({ name }) => name === param);
  return at < call.args.length ? at : -1;
}

export function argOf(act: Act, param: string): Arg | null {
  return act.call.args[placeOf(act, param)] ?? null;
}

/** The number that an argument stood for; null where it was left out, or is none. */
export function numberOf(act: Act, param: string): number | null {
  const value = act.meanings[placeOf(act, param)]?.value;
  return value?.kind === 'integer' ? value.value : null;
}

/** `AF_INET`, `MSG_PEEK | MSG_DONTWAIT`, `10`: as C and Python write it. */
export function numberText(act: Act, param: string): string {
  const arg = argOf(act, param);
  if (arg?.kind === 'constants') return arg.parts.join(' | ');
  return String(numberOf(act, param) ?? 0);
}

/** The bytes that were to be sent, and as many as were said. */
export function bytesOf(act: Act, param = 'bytes'): Uint8Array {
  const value = act.meanings[placeOf(act, param)]?.value;
  const bytes =
    value?.kind === 'bytes' || value?.kind === 'record' ? value.bytes : new Uint8Array();
  return bytes.subarray(0, numberOf(act, 'count') ?? bytes.length);
}

/** The structure that was sent, all of it; null where it was plain bytes. */
export function recordOf(act: Act): RecordValue | null {
  const value = act.meanings[placeOf(act, 'bytes')]?.value;
  if (value?.kind !== 'record' || value.bytes.length !== value.layout.size) return null;
  return bytesOf(act).length === value.bytes.length ? value : null;
}

/** Text such as a format; null where NULL was given. */
export function textOf(act: Act, param: string): string | null {
  const value = act.meanings[placeOf(act, param)]?.value;
  return value?.kind === 'bytes' ? Buffer.from(value.bytes).toString('utf8') : null;
}

/** The name that was to be filled in; null where there was none. */
export function outOf(act: Act, param: string): string | null {
  const arg = argOf(act, param);
  return arg?.kind === 'name' ? arg.name : null;
}

/** Whether the flags have this one, such as MSG_DONTWAIT. */
export function hasFlag(act: Act, flag: string): boolean {
  const flags = numberOf(act, 'flags') ?? 0;
  return (flags & constantValue(flag)) !== 0;
}

/** What the call failed with; null where it did not fail. */
export function errorOf({ step }: Act): string | null {
  return step?.outcome.kind === 'error' ? step.outcome.error.code : null;
}

/** The bytes that a read gave, without those that were dropped before; null where it failed. */
export function cameOf({ step, discarded }: Act): Uint8Array | null {
  if (step?.outcome.kind !== 'value') return null;
  const { value } = step.outcome;
  if (value.kind !== 'bytes' && value.kind !== 'record') return null;
  return value.bytes.subarray(discarded);
}

/** Whether all that the call gave had been read ahead, and dropped. */
export function isSpent(act: Act): boolean {
  return act.discarded > 0 && cameOf(act)?.length === 0;
}

export function resultOf({ step }: Act): number {
  return step?.outcome.kind === 'value' ? step.outcome.result : -1;
}

/** A socket address that was passed to the kernel. */
export type Address =
  | { readonly family: 'inet'; readonly host: string; readonly port: number }
  | {
      readonly family: 'inet6';
      readonly host: string;
      readonly port: number;
      readonly scope: number;
    }
  /** The path without the zero byte at its end. */
  | { readonly family: 'unix'; readonly path: Uint8Array }
  | { readonly family: 'abstract'; readonly name: Uint8Array }
  /** Whatever else: its bytes. */
  | { readonly family: 'other'; readonly bytes: Uint8Array };

/** The address that the call was given; null where it was given none. */
export function addressOf(act: Act): Address | null {
  const passed = act.step === null ? null : passedTo(act.step);
  if (passed !== null) return passed;
  const value = act.meanings[placeOf(act, 'address')]?.value;
  return value?.kind === 'address' ? writtenOut(value.address) : null;
}

/** As an endpoint is written: `127.0.0.1:8888`. */
export function addressText(address: Address): string {
  switch (address.family) {
    case 'inet':
      return `${address.host}:${address.port}`;
    case 'inet6':
      return `[${address.host}]:${address.port}`;
    case 'unix':
      return `unix:${Buffer.from(address.path)}`;
    case 'abstract':
      return `unix:@${Buffer.from(address.name)}`;
    case 'other':
      return '';
  }
}

/** What getnameinfo() is given does not reach the kernel, and is not laid out. */
function writtenOut(text: string): Address | null {
  const endpoint = canonicalEndpoint(parseEndpoint(text));
  if (!('host' in endpoint)) return null;
  const { host, port } = endpoint;
  if (host.kind === 'inet') return { family: 'inet', host: host.literal, port };
  if (host.kind !== 'inet6') return null;
  return { family: 'inet6', host: host.literal, port, scope: host.scope };
}

/** The address that the kernel was given; null where it was given none. */
export function passedTo({ call, layout }: Step): Address | null {
  // getsockname() and its kin lay out what they answered.
  if (layout === null || !['bind', 'connect', 'sendto'].includes(call.name)) return null;
  const bytes = (label: string) => layout.find((field) => field.label === label)?.bytes;
  const whole = new Uint8Array(Buffer.concat(layout.map((field) => field.bytes)));
  const [port, host, scope, path] = ['port', 'address', 'scope', 'path'].map(bytes);
  const number = port === undefined ? 0 : new DataView(port.buffer, port.byteOffset).getUint16(0);
  if (host?.length === 4) return { family: 'inet', host: host.join('.'), port: number };
  if (host?.length === 16) {
    const scoped = scope?.[0] ?? 0;
    return { family: 'inet6', host: inet6Text(host), port: number, scope: scoped };
  }
  if (path !== undefined && path.length > 0 && isUnix(whole)) {
    if (path[0] === 0) return { family: 'abstract', name: path.subarray(1) };
    const end = path.indexOf(0);
    return { family: 'unix', path: end === -1 ? path : path.subarray(0, end) };
  }
  return { family: 'other', bytes: whole };
}

function isUnix([low, high]: Uint8Array): boolean {
  return [low, high].includes(constantValue('AF_UNIX'));
}

/** As inet_ntop(3) writes it. */
function inet6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  const host = { kind: 'inet6', literal: groups.join(':'), scope: 0 } as const;
  const endpoint = canonicalEndpoint({ transport: 'tcp', host, port: 0 });
  return 'host' in endpoint && endpoint.host.kind === 'inet6' ? endpoint.host.literal : '::';
}

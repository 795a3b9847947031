/** The values of socket options as bytes: int, struct linger, struct timeval, text (socket(7)). */
import { viewOf, zeroed } from '../../sys/memory.ts';
import { constants } from '../../sys/platform.ts';
import type { Value } from '../call.ts';
import { BadCall } from '../errors.ts';

type Shape = 'int' | 'linger' | 'timeval' | 'text' | 'bytes';

/** What setsockopt() is given. */
export type OptionValue =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'struct'; readonly fields: readonly number[] };

/** Every option that is not an int. */
const SHAPES: readonly (readonly [level: string, option: string, shape: Shape])[] = [
  ['SOL_SOCKET', 'SO_LINGER', 'linger'],
  ['SOL_SOCKET', 'SO_RCVTIMEO', 'timeval'],
  ['SOL_SOCKET', 'SO_SNDTIMEO', 'timeval'],
  ['SOL_SOCKET', 'SO_BINDTODEVICE', 'text'],
  ['IPPROTO_TCP', 'TCP_CONGESTION', 'text'],
  ['IPPROTO_TCP', 'TCP_INFO', 'bytes'],
];

/** The largest answer that getsockopt() is given room for: struct tcp_info grows with kernels. */
export const OPTION_ROOM = 256;

/**
 * The bytes for setsockopt().
 * @throws BadCall about argument 3 where the value does not suit the option
 */
export function encodeOption(level: number, option: number, value: OptionValue): Uint8Array {
  const shape = shapeOf(level, option);
  if (value.kind === 'bytes') return value.bytes;
  if (value.kind === 'struct') return encodeStruct(shape, value.fields);
  if (value.kind === 'integer' && shape === 'int') return int32(value.value);
  if (shape === 'linger')
    throw new BadCall('struct linger is written {onoff, seconds}, for example {1, 0}', 3);
  if (shape === 'timeval')
    throw new BadCall('struct timeval is written {seconds, microseconds}, for example {1, 0}', 3);
  if (shape === 'text') throw new BadCall('this option takes text, for example "cubic"', 3);
  throw new BadCall('an option takes a number, a structure such as {1, 0}, or bytes', 3);
}

/** What getsockopt() answered, as a value of the call language. */
export function decodeOption(level: number, option: number, bytes: Uint8Array): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = shapeOf(level, option);
  if (shape === 'linger' && bytes.length === 8) {
    return { kind: 'struct', fields: [view.getInt32(0, true), view.getInt32(4, true)] };
  }
  if (shape === 'timeval' && bytes.length === 16) {
    return {
      kind: 'struct',
      fields: [Number(view.getBigInt64(0, true)), Number(view.getBigInt64(8, true))],
    };
  }
  if (shape === 'text') {
    const end = bytes.indexOf(0);
    return { kind: 'bytes', bytes: bytes.slice(0, end === -1 ? bytes.length : end) };
  }
  if (bytes.length === 4) return { kind: 'integer', value: view.getInt32(0, true) };
  return { kind: 'bytes', bytes: bytes.slice() };
}

/** struct timeval of SO_RCVTIMEO and SO_SNDTIMEO in milliseconds; 0 means without limit. */
export function timevalMs(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (
    Number(view.getBigInt64(0, true)) * 1000 + Math.ceil(Number(view.getBigInt64(8, true)) / 1000)
  );
}

function encodeStruct(shape: Shape, fields: readonly number[]): Uint8Array {
  const [first = 0, second = 0] = fields;
  if (shape === 'linger' || shape === 'timeval') {
    if (fields.length !== 2)
      throw new BadCall('this structure has two fields, for example {1, 0}', 3);
  } else {
    throw new BadCall('this option takes no structure', 3);
  }
  if (shape === 'linger') return Uint8Array.from([...int32(first), ...int32(second)]);
  const bytes = zeroed(16);
  const view = viewOf(bytes);
  view.setBigInt64(0, BigInt(first), true);
  view.setBigInt64(8, BigInt(second), true);
  return bytes;
}

function int32(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
    throw new BadCall(`${value} does not fit an int`, 3);
  }
  const bytes = zeroed(4);
  viewOf(bytes).setInt32(0, value, true);
  return bytes;
}

function shapeOf(level: number, option: number): Shape {
  const row = SHAPES.find(([l, o]) => constants.get(l) === level && constants.get(o) === option);
  return row?.[2] ?? 'int';
}

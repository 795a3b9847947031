/** Values as Python writes them. */
import { constantValue, isConstant } from '../../../socket/names.ts';
import type { RecordValue } from '../../../socket/records.ts';
import { itemsOf } from '../../../socket/records.ts';
import { repeatedPiece } from '../../../wire/repeats.ts';
import { leavesOf } from '../../../wire/struct/leaves.ts';
import { isText, readScalar } from '../../../wire/struct/value.ts';
import { argOf, numberOf } from '../resolved.ts';
import type { Act } from '../story.ts';

const ESCAPES: Readonly<Record<number, string>> = {
  9: '\\t',
  10: '\\n',
  13: '\\r',
  39: "\\'",
  92: '\\\\',
};

/** `b'hello\n'`; where it is the same again and again, `(b'x' * 1000)[:999]`. */
export function bytesText(bytes: Uint8Array): string {
  const piece = bytes.length > 64 ? repeatedPiece(bytes) : null;
  if (piece === null) {
    return `b'${Array.from(bytes, (byte) => ESCAPES[byte] ?? plain(byte)).join('')}'`;
  }
  const times = Math.ceil(bytes.length / piece.length);
  const whole = `${bytesText(piece)} * ${times}`;
  return times * piece.length === bytes.length ? whole : `(${whole})[:${bytes.length}]`;
}

function plain(byte: number): string {
  const printable = byte >= 0x20 && byte < 0x7f;
  return printable ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** A string in ASCII, whatever it holds. JSON’s escapes are Python’s, too. */
export function stringText(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7e]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `socket.AF_INET`, `socket.MSG_PEEK | socket.MSG_DONTWAIT`, `10`. */
export function numberText(act: Act, param: string, needs: (line: string) => void): string {
  const arg = argOf(act, param);
  if (arg?.kind !== 'constants') return String(numberOf(act, param) ?? 0);
  return arg.parts.map((part) => constantText(part, needs)).join(' | ');
}

/** Those that Python’s modules do not have are numbers. */
export function constantText(part: string | number, needs: (line: string) => void): string {
  if (typeof part === 'number' || !isConstant(part)) return String(part);
  const module = MODULES.find(([pattern]) => pattern.test(part))?.[1];
  if (module === undefined) return `0x${constantValue(part).toString(16)}`;
  needs(`import ${module}`);
  return `${module}.${part}`;
}

const MODULES: readonly (readonly [RegExp, string])[] = [
  [/^POLL/, 'select'],
  [/^(F_|FD_)/, 'fcntl'],
  [/^O_/, 'os'],
  [/^FIONREAD$/, 'termios'],
  [/^(AF_(?!LOCAL)|SOCK_|SOMAXCONN|IPPROTO_|INADDR_|MSG_|SHUT_|SOL_(?!IPV6)|SO_)/, 'socket'],
  [/^(TCP|IP|IPV6|AI|NI)_/, 'socket'],
];

/** `struct.pack('!30s2xI', b'Ann', 33)`; null where the structure is not whole. */
export function packText(record: RecordValue): string | null {
  if (itemsOf(record) === null) return null;
  const { layout, bytes } = record;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: string[] = [];
  for (const leaf of leavesOf(layout)) {
    if (leaf.kind === 'padding') continue;
    const { element, offset, size, count } = leaf;
    if (isText(leaf)) {
      const own = bytes.subarray(offset, offset + size);
      values.push(bytesText(own.subarray(0, own.findLastIndex((byte) => byte !== 0) + 1)));
    } else if (element.kind === 'scalar') {
      for (let i = 0; i < (count ?? 1); i++) {
        const value = readScalar(
          view,
          offset + i * element.size,
          element.scalar,
          layout.littleEndian,
        );
        values.push(numberValue(value));
      }
    }
  }
  return `struct.pack(${[packFormat(record), ...values].join(', ')})`;
}

function numberValue(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isFinite(value))
    return Object.is(value, -0) ? '-0.0' : String(value);
  return `float('${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}')`;
}

/** The structure’s fields and padding as the module struct has them. */
export function packFormat({ layout }: RecordValue): string {
  const order = { network: '!', little: '<', host: '=' }[layout.order];
  const parts = [...leavesOf(layout)].map((leaf) => {
    if (leaf.kind === 'padding') return `${leaf.size}x`;
    const { element, count } = leaf;
    if (element.kind !== 'scalar') return '';
    if (isText(leaf)) return `${count}s`;
    return `${count ?? ''}${letterOf(element.scalar.kind, element.size)}`;
  });
  return `'${order}${parts.join('')}'`;
}

function letterOf(kind: string, size: number): string {
  if (kind === 'bool') return '?';
  if (kind === 'float') return size === 4 ? 'f' : 'd';
  const letter = { 1: 'b', 2: 'h', 4: 'i', 8: 'q' }[size] ?? 'b';
  return kind === 'unsigned' ? letter.toUpperCase() : letter;
}

/**
 * The scalar types of C, as 64-bit Linux has them (LP64; System V ABI for x86-64 §3.1.2, and the
 * same sizes in AAPCS64): each is aligned to its own size.
 */

export interface Scalar {
  /**
   * Plain `char` is a kind of its own: in an array it is text. Alone it is signed, as on x86-64;
   * on arm64 it is unsigned.
   */
  readonly kind: 'char' | 'signed' | 'unsigned' | 'bool' | 'float';
  /** Bytes, and the alignment too. */
  readonly size: 1 | 2 | 4 | 8;
}

const CHAR: Scalar = { kind: 'char', size: 1 };
const BOOL: Scalar = { kind: 'bool', size: 1 };
const signed = (size: Scalar['size']): Scalar => ({ kind: 'signed', size });
const unsigned = (size: Scalar['size']): Scalar => ({ kind: 'unsigned', size });
const float = (size: Scalar['size']): Scalar => ({ kind: 'float', size });

/** Types that are one word, from <stdint.h> and <sys/socket.h>. */
export const namedScalars: ReadonlyMap<string, Scalar> = new Map([
  ['int8_t', signed(1)],
  ['int16_t', signed(2)],
  ['int32_t', signed(4)],
  ['int64_t', signed(8)],
  ['uint8_t', unsigned(1)],
  ['uint16_t', unsigned(2)],
  ['uint32_t', unsigned(4)],
  ['uint64_t', unsigned(8)],
  ['size_t', unsigned(8)],
  ['ssize_t', signed(8)],
  ['socklen_t', unsigned(4)],
  ['in_port_t', unsigned(2)],
  ['in_addr_t', unsigned(4)],
  ['sa_family_t', unsigned(2)],
]);

/** The words that C's own types are made of: `unsigned long int`, in any order. */
export const scalarWords: ReadonlySet<string> = new Set([
  'char',
  'short',
  'int',
  'long',
  'signed',
  'unsigned',
  'float',
  'double',
  'bool',
  '_Bool',
]);

// C11 §6.7.2: the specifiers may come in any order, so they are looked up sorted.
const BY_SORTED_WORDS: ReadonlyMap<string, Scalar> = new Map(
  [
    ...integers(['short', 'short int'], 2),
    ...integers(['', 'int'], 4),
    ...integers(['long', 'long int', 'long long', 'long long int'], 8),
    ['char', CHAR] as const,
    ['signed char', signed(1)] as const,
    ['unsigned char', unsigned(1)] as const,
    ['float', float(4)] as const,
    ['double', float(8)] as const,
    ['bool', BOOL] as const,
    ['_Bool', BOOL] as const,
  ].map(([words, scalar]) => [sorted(words.split(' ')), scalar]),
);

/** `['unsigned', 'int']` → its scalar; null where C has no such type, or none that is portable. */
export function scalarOf(words: readonly string[]): Scalar | null {
  return BY_SORTED_WORDS.get(sorted(words)) ?? null;
}

/** The least and the greatest value that an integer type holds. Not for `float`. */
export function rangeOf({ kind, size }: Scalar): readonly [least: bigint, most: bigint] {
  if (kind === 'bool') return [0n, 1n];
  const bits = BigInt(8 * size);
  if (kind === 'unsigned') return [0n, (1n << bits) - 1n];
  return [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
}

function integers(bases: readonly string[], size: Scalar['size']): (readonly [string, Scalar])[] {
  return bases.flatMap((base) => [
    ...(base === '' ? [] : [[base, signed(size)] as const]),
    [`signed ${base}`.trim(), signed(size)] as const,
    [`unsigned ${base}`.trim(), unsigned(size)] as const,
  ]);
}

function sorted(words: readonly string[]): string {
  return [...words].sort().join(' ');
}

/**
 * Internet addresses as text and as bytes, exactly as inet_pton(3) and inet_ntop(3) read and
 * write them: no octal, no hexadecimal, no `127.1`.
 */

/** `127.0.0.1` → 4 bytes in network order, or null where inet_pton would give 0. */
export function parseIPv4(text: string): Uint8Array | null {
  const fields = text.split('.');
  if (fields.length !== 4) return null;
  const bytes = new Uint8Array(4);
  for (const [i, field] of fields.entries()) {
    // A leading zero is refused: some readers take it for octal, so 010 would be 8 or 10.
    if (!/^(0|[1-9][0-9]{0,2})$/.test(field) || Number(field) > 255) return null;
    bytes[i] = Number(field);
  }
  return bytes;
}

export function formatIPv4(bytes: Uint8Array): string {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return `${a}.${b}.${c}.${d}`;
}

/** `::1` → 16 bytes, or null. The last 32 bits may be written as IPv4 (RFC 4291 §2.2). */
export function parseIPv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groups(halves[0] ?? '', halves.length === 1);
  const tail = groups(halves[1] ?? '', true);
  if (head === null || tail === null) return null;
  const given = head.length + tail.length;
  // "::" stands for one group of zeros or more, so it needs room.
  if (halves.length === 1 ? given !== 8 : given > 7) return null;
  const all = [...head, ...new Array<number>(8 - given).fill(0), ...tail];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function groups(text: string, mayEndInIPv4: boolean): number[] | null {
  if (text === '') return [];
  const out: number[] = [];
  const fields = text.split(':');
  for (const [i, field] of fields.entries()) {
    if (mayEndInIPv4 && i === fields.length - 1 && field.includes('.')) {
      const v4 = parseIPv4(field);
      if (v4 === null) return null;
      const [a = 0, b = 0, c = 0, d = 0] = v4;
      out.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(field)) {
      out.push(Number.parseInt(field, 16));
    } else {
      return null;
    }
  }
  return out;
}

/** 16 bytes → the canonical text of RFC 5952 §4, as inet_ntop(3) writes it. */
export function formatIPv6(bytes: Uint8Array): string {
  const all = Array.from(
    { length: 8 },
    (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
  );
  const run = longestZeroRun(all);
  const v4 = embeddedIPv4(all, bytes);
  const count = v4 === null ? 8 : 6;
  const words = all.slice(0, count).map((group) => group.toString(16));
  if (v4 !== null) words.push(v4);
  if (run.length < 2) return words.join(':');
  const end = Math.min(run.start + run.length, count);
  return `${words.slice(0, run.start).join(':')}::${words.slice(end).join(':')}`;
}

/** glibc writes ::ffff:a.b.c.d and the old ::a.b.c.d with a dotted end. */
function embeddedIPv4(all: readonly number[], bytes: Uint8Array): string | null {
  const zeros = all.findIndex((group) => group !== 0);
  const mapped = zeros === 5 && all[5] === 0xffff;
  const compatible = zeros === 6;
  return mapped || compatible ? formatIPv4(bytes.subarray(12, 16)) : null;
}

/** RFC 5952 §4.2.3: the longest run of zero groups is shortened, the first one where two tie. */
function longestZeroRun(all: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= all.length; i++) {
    if (all[i] === 0) continue;
    if (i - start > best.length) best = { start, length: i - start };
    start = i + 1;
  }
  return best;
}

/**
 * Sockets are files: fdopen(3) and its kin. They are the C library's, in the program itself: a
 * buffer in user space, and read(2) and write(2) when it is empty, full, or flushed.
 */
import { errnoNumber } from '../../sys/platform.ts';
import { quotedShort } from '../../wire/bytes.ts';
import { FormatProblem } from '../../wire/format.ts';
import { printf } from '../../wire/printf.ts';
import type { Value } from '../call.ts';
import type { Detail } from '../detail.ts';
import { BadCall } from '../errors.ts';
import { type FileRecord, newFile } from '../scope.ts';
import type { Arguments } from './arguments.ts';
import { Flush } from './flush.ts';
import { closing } from './lifecycle.ts';
import { BYTES_SHOWN, type Made, type Param, type Prepared, type Row, SOCKET } from './row.ts';

const FILE: Param = { name: 'file', kind: 'file' };
const FULL = {
  on: 'writable',
  because: 'the send buffer is full: the peer does not read',
} as const;
export const stdioCalls: readonly Row[] = [
  {
    name: 'fdopen',
    kind: 'library',
    params: [SOCKET, { name: 'mode', kind: 'text' }],
    signature: 'FILE *fdopen(int fd, const char *mode);',
    does: 'Puts a FILE with a buffer over the socket, for fgets(), fscanf() ("r") and fprintf() ("w").',
    example: 'fin = fdopen(conn, "r")',
    source: 'fdopen(3)',
    gives: 'file',
    prepare: fdopen,
  },
  {
    name: 'fprintf',
    kind: 'library',
    params: [
      FILE,
      { name: 'format', kind: 'text' },
      { name: 'values', kind: 'printable', optional: true, rest: true },
    ],
    signature: 'int fprintf(FILE *stream, const char *format, ...);',
    does: 'Writes into the FILE’s buffer; the kernel gets it when the buffer is full, at fflush() and at fclose().',
    example: 'fprintf(fout, "Hello to %s age %d\\n", "Ann", 33)',
    source: 'fprintf(3)',
    blocks: FULL,
    gives: 'integer',
    uses: ['write'],
    prepare: fprintf,
  },
  {
    name: 'fflush',
    kind: 'library',
    params: [FILE],
    signature: 'int fflush(FILE *stream);',
    does: 'Hands what is in the FILE’s buffer to the kernel.',
    example: 'fflush(fout)',
    source: 'fflush(3)',
    blocks: FULL,
    gives: 'integer',
    uses: ['write'],
    prepare: fflush,
  },
  {
    name: 'fclose',
    kind: 'library',
    params: [FILE],
    signature: 'int fclose(FILE *stream);',
    does: 'Flushes the FILE and closes its descriptor: the socket, also for another FILE over it.',
    example: 'fclose(fout)',
    source: 'fclose(3)',
    blocks: FULL,
    gives: 'integer',
    closes: true,
    uses: ['write', 'close', 'getsockopt', 'ioctl'],
    prepare: fclose,
  },
];

function fdopen(args: Arguments): Prepared {
  const socket = args.socket(0);
  const mode = args.text(1) ?? '';
  const text = `fdopen(${socket.fd}, ${JSON.stringify(mode)})`;
  const way = wayOf(mode);
  if (way === null) return { text, attempt: () => ({ result: -errnoNumber('EINVAL') }) };
  const name = args.call.as ?? freshName(args);
  return {
    text,
    attempt: (): Made => {
      if (!socket.open) return { result: -errnoNumber('EBADF') };
      args.scope.giveFile(newFile(name, socket, way));
      return { result: 0, value: { kind: 'file', name }, shown: `FILE ${name}` };
    },
  };
}

/** What a mode allows. As glibc reads it: the first letter counts, and a `+` anywhere behind it. */
function wayOf(mode: string): { readonly reads: boolean; readonly writes: boolean } | null {
  const [first = '', ...rest] = mode;
  // "a" is as good as "w": a socket has no end to append to.
  if (!['r', 'w', 'a'].includes(first)) return null;
  const both = rest.includes('+');
  return { reads: both || first === 'r', writes: both || first !== 'r' };
}

function freshName({ scope }: Arguments): string {
  let n = 1;
  while (scope.isKnown(`file${n}`)) n++;
  return `file${n}`;
}

function fprintf(args: Arguments): Prepared {
  const file = args.file(0);
  if (!file.writes) throw new BadCall(`${file.name} was opened to read ("r")`, 0);
  const bytes = printed(args);
  const text = `fprintf(${file.name}, ${quotedShort(bytes, BYTES_SHOWN)})`;
  return flushing(file, text, bytes, bytes.length);
}

function fflush(args: Arguments): Prepared {
  const file = args.file(0);
  return flushing(file, `fflush(${file.name})`, null, 0);
}

function flushing(
  file: FileRecord,
  text: string,
  bytes: Uint8Array | null,
  whole: number,
): Prepared {
  let flush: Flush | null = null;
  return {
    text,
    attempt: (sys) => {
      // Into the buffer once, however often the call is tried again.
      flush ??= new Flush(file, bytes);
      return flush.made(flush.run(sys), whole);
    },
    partly: (why) => flush?.made(flush.fail(why), whole) ?? null,
  };
}

/** fclose(3) closes also where the flush fails; the flush's error is then what it tells. */
function fclose(args: Arguments): Prepared {
  const file = args.file(0);
  const { fd } = file.socket;
  const flush = new Flush(file, null);
  return {
    text: `fclose(${file.name})`,
    flush: (sys) => flush.made(flush.run(sys), 0),
    partly: (why) => flush.made(flush.fail(why), 0),
    attempt: (sys, flushed): Made => {
      file.open = false;
      file.unread.clear();
      const { result, closed = false } = closing(sys, fd);
      flush.note(`close(${fd}) = ${result < 0 ? -1 : result}`);
      return { ...flush.made(flushed < 0 ? flushed : result, 0), closed };
    },
  };
}

function printed(args: Arguments): Uint8Array {
  const format = args.text(1) ?? '';
  const values: (number | Uint8Array)[] = [];
  for (let at = 2; at < args.count; at++) values.push(args.printable(at));
  try {
    return printf(format, values);
  } catch (error) {
    if (error instanceof FormatProblem) throw new BadCall(error.message, 1);
    throw error;
  }
}

/** A value as a step shows it beside its name. */
export function givenDetail(name: string, value: Value): Detail {
  const text =
    value.kind === 'bytes'
      ? quotedShort(value.bytes, BYTES_SHOWN)
      : value.kind === 'integer'
        ? String(value.value)
        : value.kind;
  return { kind: 'given', name, text };
}

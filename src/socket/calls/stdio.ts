/**
 * Sockets are files: fdopen(3) and its kin. They are the C library's, in the program itself: a
 * buffer in user space, and read(2) and write(2) when it is empty, full, or flushed.
 */
import { errnoNumber } from '../../sys/platform.ts';
import type { Result, Sys } from '../../sys/sys.ts';
import { quotedShort } from '../../wire/bytes.ts';
import { FormatProblem } from '../../wire/format.ts';
import { printf } from '../../wire/printf.ts';
import type { Value } from '../call.ts';
import type { Detail } from '../detail.ts';
import { BadCall } from '../errors.ts';
import { type FileRecord, newFile } from '../scope.ts';
import type { Arguments } from './arguments.ts';
import { queueDetail } from './kept.ts';
import { closing } from './lifecycle.ts';
import { BYTES_SHOWN, type Made, type Param, type Prepared, type Row, SOCKET } from './row.ts';

const FILE: Param = { name: 'file', kind: 'file' };
const FULL = {
  on: 'writable',
  because: 'the send buffer is full: the peer does not read',
} as const;
/** st_blksize of a socket: the buffer that glibc gives a FILE over it (setvbuf(3)). */
export const BUFFER_SIZE = 4096;
const MODES = {
  r: [true, false],
  w: [false, true],
  'r+': [true, true],
  'w+': [true, true],
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
    prepare: (args) => {
      const file = args.file(0);
      return flushing(file, `fflush(${file.name})`, (_sys, _made, failed) => ({
        result: failed ?? 0,
      }));
    },
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
    prepare: (args) => {
      const file = args.file(0);
      const { fd } = file.socket;
      // fclose(3) closes also where the flush fails; the flush's error is then what it tells.
      return flushing(file, `fclose(${file.name})`, (sys, made, failed) => {
        file.open = false;
        const { result, closed = false } = closing(sys, fd);
        made.push({ kind: 'made', text: `close(${fd}) = ${shownResult(result)}` });
        return { result: failed ?? result, closed };
      });
    },
  },
];

function fdopen(args: Arguments): Prepared {
  const socket = args.socket(0);
  const mode = args.text(1) ?? '';
  // "b" means nothing here, and "a" is as good as "w": a socket has no end to append to.
  const plain = mode.replace('b', '').replace('a', 'w') as keyof typeof MODES;
  const way = MODES[plain];
  const text = `fdopen(${socket.fd}, ${JSON.stringify(mode)})`;
  if (way === undefined) {
    return { text, attempt: () => ({ result: -errnoNumber('EINVAL') }) };
  }
  const name = args.call.as ?? freshName(args);
  return {
    text,
    attempt: (): Made => {
      if (!socket.open) return { result: -errnoNumber('EBADF') };
      args.scope.giveFile(newFile(name, socket, { reads: way[0], writes: way[1] }));
      return { result: 0, value: { kind: 'file', name }, shown: `FILE ${name}` };
    },
  };
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
  let given = false;
  return flushing(
    file,
    text,
    (_sys, _made, failed) => ({ result: failed ?? bytes.length }),
    () => {
      // Into the buffer once, however often the call is tried again.
      if (!given) file.unsent.push(bytes);
      given = true;
      // What fits stays; glibc hands over whole buffers only.
      return file.unsent.length < BUFFER_SIZE
        ? 0
        : file.unsent.length - (file.unsent.length % BUFFER_SIZE);
    },
  );
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

/** Hands `amount` bytes of the buffer to the kernel (all of them, where it is left out), then goes on. */
function flushing(
  file: FileRecord,
  text: string,
  then: (sys: Sys, made: Detail[], failed: Result | null) => Made,
  amount: () => number = () => file.unsent.length,
): Prepared {
  const { fd } = file.socket;
  const made: Detail[] = [];
  const details = (): Detail[] => [...made, ...queueDetail(file.name, 'unsent', file.unsent)];
  let left: number | null = null;
  return {
    text,
    attempt: (sys): Made => {
      left ??= amount();
      while (left > 0) {
        const bytes = file.unsent.peek(left);
        const result = sys.write(fd, bytes);
        const line = `write(${fd}, ${quotedShort(bytes, BYTES_SHOWN)}, ${bytes.length})`;
        if (result < 0) {
          if (result === -errnoNumber('EAGAIN')) return { result, details: details() };
          made.push({ kind: 'made', text: `${line} = -1` });
          const ended = then(sys, made, result);
          return { ...ended, details: details() };
        }
        made.push({ kind: 'made', text: `${line} = ${result}` });
        file.unsent.take(result);
        left -= result;
      }
      const last = then(sys, made, null);
      return { ...last, details: [...details(), ...(last.details ?? [])] };
    },
  };
}

function shownResult(result: Result): string {
  return result < 0 ? '-1' : String(result);
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

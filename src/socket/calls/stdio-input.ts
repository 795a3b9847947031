/** Reading from a FILE: fgets(3) and fscanf(3), with the buffer between them and the kernel. */
import { errnoNumber } from '../../sys/platform.ts';
import type { Result, Sys } from '../../sys/sys.ts';
import type { ByteQueue } from '../../wire/byte-queue.ts';
import { quotedShort } from '../../wire/bytes.ts';
import { FormatProblem } from '../../wire/format.ts';
import { type Scan, scanf, scanfCount } from '../../wire/scanf.ts';
import type { Item, Value } from '../call.ts';
import type { Detail } from '../detail.ts';
import { BadCall } from '../errors.ts';
import type { FileRecord } from '../scope.ts';
import type { Arguments } from './arguments.ts';
import { BUFFER_SIZE } from './flush.ts';
import { queueDetail } from './kept.ts';
import {
  BUFFER,
  BYTES_SHOWN,
  COUNT,
  type Made,
  type Param,
  type Prepared,
  type Row,
} from './row.ts';
import { givenDetail } from './stdio.ts';
import { readMore } from './until.ts';

const FILE: Param = { name: 'file', kind: 'file' };
const EMPTY = { on: 'readable', because: 'nothing more has arrived yet' } as const;

/** So many of the reads inside are shown. */
const READS_SHOWN = 8;
/** What fscanf() has read is looked through again whenever more comes: a peer must not make that too much. */
const MOST_SCANNED = 1024 * 1024;
const TOO_MUCH: Made = {
  result: -1,
  failure: {
    code: 'ENOBUFS',
    text: 'more than 1 MiB came, and fscanf() had not found the end of it',
  },
};

export const stdioInputCalls: readonly Row[] = [
  {
    name: 'fgets',
    kind: 'library',
    params: [FILE, { ...COUNT, optional: true }],
    alsoAs: [[BUFFER, COUNT, FILE]],
    signature: 'char *fgets(char *s, int size, FILE *stream);',
    does: 'Takes one line out of the FILE’s buffer, to its "\\n", or size − 1 bytes of it. It reads ahead: the rest waits in the buffer, and read() does not see it.',
    example: 'fgets(fin)',
    source: 'fgets(3)',
    blocks: EMPTY,
    gives: 'bytes',
    uses: ['read'],
    prepare: fgets,
  },
  {
    name: 'fscanf',
    kind: 'library',
    params: [
      FILE,
      { name: 'format', kind: 'text' },
      { name: 'values', kind: 'out', optional: true, rest: true },
    ],
    signature: 'int fscanf(FILE *stream, const char *format, ...);',
    does: 'Reads values by a format, and returns how many it converted.',
    example: 'fscanf(fin, "%30s%d", name, &age)',
    source: 'fscanf(3)',
    blocks: EMPTY,
    gives: 'struct',
    uses: ['read'],
    prepare: fscanf,
  },
];

function fgets(args: Arguments): Prepared {
  const file = readingFile(args, args.where('file'));
  const at = args.where('count');
  const size = at === -1 ? BUFFER_SIZE : args.size(at);
  if (size < 1) throw new BadCall('fgets() needs room for the zero byte at least: 1', at);
  const buffer = args.where('buffer') === -1 ? null : args.out(args.where('buffer'));
  return fromFile(file, `fgets(…, ${size}, ${file.name})`, (over) => {
    const line = lineLength(file.unread);
    const length = Math.min(line, size - 1);
    if (length > file.unread.length && !over) return null;
    const bytes = file.unread.take(length);
    // fgets(3): NULL "when end of file occurs while no characters have been read".
    const ended = bytes.length === 0 && size > 1;
    const value: Value = { kind: 'bytes', bytes };
    return {
      result: bytes.length,
      value,
      shown: ended ? 'NULL (end of file)' : quotedShort(bytes, BYTES_SHOWN),
      // fgets(3): at end of file "the array remains unchanged".
      gives: buffer === null || ended ? [] : [[buffer, value]],
    };
  });
}

function lineLength(unread: ByteQueue): number {
  const newline = unread.indexOf(Uint8Array.of(0x0a));
  return newline === -1 ? Number.POSITIVE_INFINITY : newline + 1;
}

function fscanf(args: Arguments): Prepared {
  const file = readingFile(args, 0);
  const format = args.text(1) ?? '';
  const names: string[] = [];
  for (let at = 2; at < args.count; at++) names.push(args.out(at) ?? '');
  const wanted = formatted(() => scanfCount(format));
  if (names.length > wanted) {
    throw new BadCall(`the format gives ${wanted} values, for ${names.length} names`, 1);
  }
  const text = `fscanf(${file.name}, ${quotedShort(Buffer.from(format), BYTES_SHOWN)}${names.map((name) => `, ${name}`).join('')})`;
  return fromFile(file, text, (over) => {
    const { unread } = file;
    const scan = formatted(() => scanf(format, unread.peek(unread.length), over));
    if (scan.kind === 'done') return scanned(file, scan, names);
    return unread.length > MOST_SCANNED ? TOO_MUCH : null;
  });
}

function scanned(
  file: FileRecord,
  { used, values, ended }: Extract<Scan, { kind: 'done' }>,
  names: readonly string[],
): Made {
  file.unread.take(used);
  const fields: readonly Item[] = values;
  const given = values.map(
    (value): Value =>
      typeof value === 'number' ? { kind: 'integer', value } : { kind: 'bytes', bytes: value },
  );
  const gives = given.slice(0, names.length).map((value, i) => [names[i] ?? '', value] as const);
  const unnamed = given.slice(names.length).map((value) => givenDetail('value', value));
  const details = [...gives.map(([name, value]) => givenDetail(name, value)), ...unnamed];
  if (ended) {
    const failure = { code: 'EOF', text: 'end of file before anything could be read' };
    return { result: -1, failure, details };
  }
  return { result: values.length, value: { kind: 'struct', fields }, gives, details };
}

function readingFile(args: Arguments, at: number): FileRecord {
  const file = args.file(at);
  if (!file.reads) throw new BadCall(`${file.name} was opened to write ("w")`, at);
  return file;
}

/** @throws BadCall about the format */
function formatted<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FormatProblem) throw new BadCall(error.message, 1);
    throw error;
  }
}

/** Fills the buffer until `take` has what it wants. @param take null where it needs more */
function fromFile(file: FileRecord, text: string, take: (over: boolean) => Made | null): Prepared {
  const { socket } = file;
  const made: Detail[] = [];
  let reads = 0;
  const details = (): Detail[] => {
    const more = reads - READS_SHOWN;
    if (more > 0) made[READS_SHOWN] = { kind: 'made', text: `… ${more} more reads` };
    return [...made, ...queueDetail(file.name, 'unread', file.unread)];
  };
  const taken = (over: boolean): Made | null => {
    const done = take(over);
    return done && { ...done, details: [...(done.details ?? []), ...details()] };
  };
  // glibc takes an error for the end: what has come is the answer. Nothing has: the errno is.
  const partly = (why: Result): Made | null => {
    const done = file.unread.length > 0 ? taken(true) : null;
    return done === null || done.result >= 0 ? done : { result: why, details: details() };
  };
  return {
    text,
    partly: (why) => (why === -errnoNumber('EAGAIN') ? partly(why) : null),
    attempt: (sys: Sys): Made => {
      for (let over = false; ; ) {
        const done = taken(over);
        if (done !== null) return done;
        const result = readMore(sys, socket.fd, file.unread, BUFFER_SIZE);
        if (result < 0) {
          const ended =
            result === -errnoNumber('EAGAIN') && socket.nonBlocking ? partly(result) : null;
          return ended ?? { result, details: details() };
        }
        if (++reads <= READS_SHOWN) {
          made.push({ kind: 'made', text: `read(${socket.fd}, …, ${BUFFER_SIZE}) = ${result}` });
        }
        over = result === 0;
      }
    },
  };
}

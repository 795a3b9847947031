/** An answer as a value, and how it is sent. */
import { type Opened, readAt } from '../../../sys/files.ts';
import type { Door } from '../../door.ts';
import { socketError } from '../../errors.ts';
import type { Connection } from '../../stream/connection.ts';
import { sendFile } from '../../stream/send-file.ts';
import { REASONS, type Refusal } from './refusal.ts';

export interface Answer {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  /** Bytes, or an open file: whoever sends it closes it. */
  readonly content: Uint8Array | Opened;
}

/** What is sent beside the answer itself. */
export interface Manner {
  readonly dateMs: number;
  /** HEAD: the same head, and no content. */
  readonly headOnly: boolean;
  /** The Connection field, where it is not the protocol's usual. */
  readonly connection: 'close' | 'keep-alive' | null;
}

/**
 * A file up to this size goes out in one write with its head. As a second small segment it would
 * wait for the peer to acknowledge the first one, which may take 40 ms (RFC 1122 §4.2.3.4: Nagle).
 */
const SMALL = 64 * 1024;

export function refused({ status, why }: Refusal): Answer {
  const reason = REASONS[status] ?? 'Unknown';
  const allow: Readonly<Record<string, string>> = status === 405 ? { Allow: 'GET, HEAD' } : {};
  return text(status, `${status} ${reason}: ${why}.\n`, allow);
}

export function text(
  status: number,
  content: string,
  fields: Readonly<Record<string, string>> = {},
  type = 'text/plain',
): Answer {
  return {
    status,
    fields: { 'Content-Type': `${type}; charset=utf-8`, ...fields },
    content: new TextEncoder().encode(content),
  };
}

/** @returns false where a file ended before what the head had promised: the connection must not go on */
export async function sendAnswer(
  door: Door,
  connection: Connection,
  answer: Answer,
  manner: Manner,
): Promise<boolean> {
  const { content } = answer;
  if (content instanceof Uint8Array) {
    const head = headOf(answer, content.length, manner);
    await connection.sink.write(manner.headOnly ? head : joined(head, content));
    return true;
  }
  try {
    if (manner.headOnly) {
      await connection.sink.write(headOf(answer, content.size, manner));
      return true;
    }
    if (content.size <= SMALL) {
      const bytes = contentsOf(door, content);
      await connection.sink.write(joined(headOf(answer, bytes.length, manner), bytes));
      return true;
    }
    await connection.sink.write(headOf(answer, content.size, manner));
    return (await sendFile(door, connection, content, 0, content.size)) === content.size;
  } finally {
    door.sys.close(content.fd);
  }
}

/** What a small file holds now, up to the size that it had. */
function contentsOf({ sys }: Door, { fd, size, path }: Opened): Uint8Array {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const result = readAt(fd, bytes.subarray(length), length);
    if (result < 0) throw socketError(sys, 'read', result, { local: path });
    if (result === 0) break;
    length += result;
  }
  return bytes.subarray(0, length);
}

function headOf(
  { status, fields }: Answer,
  length: number,
  { dateMs, connection }: Manner,
): Uint8Array {
  const all = {
    Date: new Date(dateMs).toUTCString(),
    Server: 'socklab',
    ...fields,
    // RFC 9110 §8.6, §15.4.5: 304 has no content, and its length would be the file's.
    ...(status === 304 ? {} : { 'Content-Length': String(length) }),
    'X-Content-Type-Options': 'nosniff',
    ...(connection === null ? {} : { Connection: connection }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const first = `HTTP/1.1 ${status} ${REASONS[status] ?? 'Unknown'}\r\n`;
  // A path in Location comes back byte for byte as it was asked for.
  return Buffer.from(`${first}${lines.join('')}\r\n`, 'latin1');
}

function joined(head: Uint8Array, content: Uint8Array): Uint8Array {
  const all = new Uint8Array(head.length + content.length);
  all.set(head);
  all.set(content, head.length);
  return all;
}

/**
 * A recording of what passed between a client and a server: one JSON object a line, "v":1 first.
 * Bytes are `{"text":"…"}` where they are valid UTF-8, else `{"base64":"…"}`.
 */
import { bytesJson, jsonLine } from './json.ts';

/** Who sent it. */
export type Side = 'client' | 'server';

/** One line of a recording. Times are microseconds since its start. */
export type Entry =
  | {
      readonly type: 'recording';
      /** Where the relay listened, and where it passed things on to. */
      readonly from: string;
      readonly to: string;
      /** Whether each piece of data is a datagram, whose borders count. */
      readonly datagrams: boolean;
      /** ISO 8601, UTC. */
      readonly started: string;
    }
  | {
      readonly type: 'open';
      /** 1, 2 … in the order in which clients came. */
      readonly connection: number;
      readonly timeUs: number;
      readonly client: string | null;
      readonly server: string | null;
    }
  | {
      readonly type: 'data';
      readonly connection: number;
      readonly timeUs: number;
      readonly from: Side;
      readonly bytes: Uint8Array;
    }
  /** This side sent FIN. */
  | {
      readonly type: 'end';
      readonly connection: number;
      readonly timeUs: number;
      readonly from: Side;
    }
  | {
      readonly type: 'close';
      readonly connection: number;
      readonly timeUs: number;
      /** The errno's name where it was lost; null where it ended in order. */
      readonly errno: string | null;
    };

/** A line that is no entry of a recording. */
export class RecordProblem extends Error {
  override readonly name = 'RecordProblem';
}

/** An entry as a line, without the line's end. */
export function printEntry(entry: Entry): string {
  switch (entry.type) {
    case 'recording': {
      const { from, to, datagrams, started } = entry;
      return jsonLine({ type: 'recording', from, to, datagrams, started });
    }
    case 'open': {
      const { connection, timeUs, client, server } = entry;
      return jsonLine({ type: 'open', connection, t_us: timeUs, client, server });
    }
    case 'data': {
      const { connection, timeUs, from, bytes } = entry;
      return jsonLine({ type: 'data', connection, t_us: timeUs, from, data: bytesJson(bytes) });
    }
    case 'end': {
      const { connection, timeUs, from } = entry;
      return jsonLine({ type: 'end', connection, t_us: timeUs, from });
    }
    case 'close': {
      const { connection, timeUs, errno } = entry;
      return jsonLine({ type: 'close', connection, t_us: timeUs, errno });
    }
  }
}

/** @returns null for a line of a kind that is not known: a later version may have more. @throws RecordProblem */
export function parseEntry(text: string): Entry | null {
  const value = object(parsed(text), 'a line');
  if (value.v !== 1) throw new RecordProblem('"v" is not 1: it is no recording, or a newer one');
  const moment = () => ({
    connection: count(value, 'connection'),
    timeUs: count(value, 't_us'),
  });
  switch (value.type) {
    case 'recording':
      return {
        type: 'recording',
        from: string(value, 'from'),
        to: string(value, 'to'),
        datagrams: value.datagrams === true,
        started: string(value, 'started'),
      };
    case 'open':
      return {
        type: 'open',
        ...moment(),
        client: orNull(value, 'client'),
        server: orNull(value, 'server'),
      };
    case 'data':
      return { type: 'data', ...moment(), from: side(value), bytes: parseBytes(value.data) };
    case 'end':
      return { type: 'end', ...moment(), from: side(value) };
    case 'close':
      return { type: 'close', ...moment(), errno: orNull(value, 'errno') };
    default:
      return null;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function parseBytes(data: unknown): Uint8Array {
  const fields = object(data, '"data"');
  if (typeof fields.text === 'string') return new TextEncoder().encode(fields.text);
  if (typeof fields.base64 === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(fields.base64))
    return new Uint8Array(Buffer.from(fields.base64, 'base64'));
  throw new RecordProblem('"data" has neither "text" nor "base64"');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RecordProblem('not JSON');
  }
}

function object(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RecordProblem(`${what} is no JSON object`);
  return value as Fields;
}

function string(value: Fields, key: string): string {
  const found = value[key];
  if (typeof found !== 'string') throw new RecordProblem(`"${key}" is no text`);
  return found;
}

function orNull(value: Fields, key: string): string | null {
  return value[key] === null || value[key] === undefined ? null : string(value, key);
}

function count(value: Fields, key: string): number {
  const found = value[key];
  if (typeof found !== 'number' || !Number.isSafeInteger(found) || found < 0)
    throw new RecordProblem(`"${key}" is no whole number`);
  return found;
}

function side(value: Fields): Side {
  if (value.from === 'client' || value.from === 'server') return value.from;
  throw new RecordProblem('"from" is neither "client" nor "server"');
}

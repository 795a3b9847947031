/** A small web server (RFC 9110, RFC 9112): a page about the connection, or the files of a folder. */
import type { Door } from '../../door.ts';
import { SocketError } from '../../errors.ts';
import type { Connection } from '../../stream/connection.ts';
import { farewell } from '../../stream/farewell.ts';
import { nothingMoved } from '../../stream/idle.ts';
import { Reader } from '../../stream/reader.ts';
import { unsent } from '../../stream/unsent.ts';
import { LATE, within } from '../../stream/within.ts';
import { givenFolder } from '../given.ts';
import type { Service } from '../service.ts';
import type { World } from '../world.ts';
import { aboutPage } from './about.ts';
import { type Answer, refused, sendAnswer } from './answer.ts';
import { fileAnswer } from './files.ts';
import { readHead } from './head.ts';
import { isRefusal, type Refusal, refusal } from './refusal.ts';
import { parseHead, type Request } from './request.ts';

/** How long a peer may take, in milliseconds. */
export interface Patience {
  /** To begin a request, and to take the next bytes of an answer. */
  readonly idleMs: number;
  /** From a head's first byte to its end, and from there to the end of the content. */
  readonly requestMs: number;
}

const PATIENCE: Patience = { idleMs: 60_000, requestMs: 15_000 };
/** Content is of no use here. Up to this size it is read over; with more the connection is closed. */
const MOST_READ_OVER = 1024 * 1024;

export function http(world: World, patience = PATIENCE): Service {
  const { door } = world;
  const root = world.dir === null ? null : givenFolder(world);
  const answerTo = (connection: Connection, request: Request): Answer =>
    root === null ? aboutPage(connection, request, world.now()) : fileAnswer(door, root, request);

  /** One request and its answer. @returns whether the peer may ask again */
  const exchange = async (connection: Connection, reader: Reader): Promise<boolean> => {
    const request = await nextRequest(reader, patience);
    if (request === null) return false;
    const stays =
      !isRefusal(request) && (await readOver(reader, request, patience)) && request.keepAlive;
    const answer = isRefusal(request) ? refused(request) : answerTo(connection, request);
    const sending = sendAnswer(door, connection, answer, {
      dateMs: world.now(),
      headOnly: !isRefusal(request) && request.method === 'HEAD',
      connection: !stays ? 'close' : isRefusal(request) || !request.is10 ? null : 'keep-alive',
    });
    const whole = await taken(door, connection, patience.idleMs, sending);
    tellOf(world, connection, request, answer);
    // The file has become shorter: what comes next would be taken for the rest of it.
    if (!whole) await connection.reset();
    else if (!stays) await farewell(door, connection);
    return whole && stays;
  };

  return {
    async connection(connection) {
      const reader = new Reader(connection);
      while (await exchange(connection, reader));
    },
  };
}

/** Waits as long as the peer goes on taking what is sent. @throws SocketError where it does not */
async function taken<T>(
  door: Door,
  connection: Connection,
  ms: number,
  sending: Promise<T>,
): Promise<T> {
  sending.catch(() => {});
  for (let before = ''; ; ) {
    // Of a slow peer the kernel tells only now and then that there is room: what waits there counts, too.
    const now = `${connection.bytesOut} ${unsent(door, connection)}`;
    if (now === before) break;
    before = now;
    const result = await within(ms, sending);
    if (result !== LATE) return result;
  }
  await connection.reset();
  const failure = { call: 'write', code: 'ETIMEDOUT', text: nothingMoved(ms) };
  throw new SocketError(failure, { local: connection.local, remote: connection.remote });
}

/** Null where none comes any more. */
async function nextRequest(
  reader: Reader,
  { idleMs, requestMs }: Patience,
): Promise<Request | Refusal | null> {
  const begun = reader.isEmpty ? await within(idleMs, reader.fill()) : true;
  if (begun !== true) return null;
  const head = await within(requestMs, readHead(reader));
  if (head === LATE) return refusal(408, 'the head of the request took too long');
  if (head === null || isRefusal(head)) return head;
  return parseHead(head);
}

/** Passes over a request's content. @returns whether the next request begins behind it */
async function readOver(
  reader: Reader,
  { contentLength, expects }: Request,
  { requestMs }: Patience,
): Promise<boolean> {
  if (contentLength === 0) return true;
  // With Expect it may never come: RFC 9110 §10.1.1.
  if (contentLength === null || contentLength > MOST_READ_OVER || expects) return false;
  const skip = async () => {
    for (let left = contentLength; left > 0; left -= reader.take(left).length) {
      if (reader.isEmpty && !(await reader.fill())) return false;
    }
    return true;
  };
  return (await within(requestMs, skip())) === true;
}

function tellOf(
  { tell }: World,
  { remote }: Connection,
  request: Request | Refusal,
  { status }: Answer,
): void {
  const { method, target } = isRefusal(request) ? { method: null, target: null } : request;
  const asked = isRefusal(request) ? request.why : `${request.method} ${request.target}`;
  tell({
    type: 'request',
    fields: { remote, method, target, status },
    sentence: `${status} ${asked}`,
    minor: true,
  });
}

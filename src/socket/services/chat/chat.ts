/** A chat for all who are connected, one line at a time: nc, telnet and `socklab connect` will do. */
import { SocketError } from '../../errors.ts';
import type { Connection } from '../../stream/connection.ts';
import { farewell } from '../../stream/farewell.ts';
import { Reader } from '../../stream/reader.ts';
import { LATE, within } from '../../stream/within.ts';
import { plainText } from '../plain-text.ts';
import type { Service } from '../service.ts';
import type { World } from '../world.ts';
import type { Bounds, Member } from './member.ts';
import { Room } from './room.ts';

/** The longest line, in bytes, without its end. What is behind that is left out. */
const LONGEST = 1000;
const BOUNDS: Bounds = { fullBytes: 64 * 1024, patienceMs: 1000 };
const HELP = '* /name NEW changes your name, /who tells who is here, /quit leaves';

const [LF, CR] = [0x0a, 0x0d];

export function chat({ door, tell }: World, bounds = BOUNDS): Service {
  const news = (type: string, member: Member, sentence: string) => {
    const { remote } = member.connection;
    const fields = { name: member.name, remote };
    tell({ type, fields, sentence, minor: true });
  };
  const room = new Room(bounds, (member) =>
    news('dropped', member, `${member.name} was dropped: too slow to read`),
  );
  return {
    async connection(connection) {
      const member = room.join(connection);
      news('joined', member, `${member.name} joined from ${connection.remote ?? 'a local socket'}`);
      member.tell(`* Welcome. You are ${member.name}. Who is here: ${room.names()}`);
      member.tell(HELP);
      room.tell(`* ${member.name} joined`, member);
      try {
        await listen(connection, member, room);
      } catch (error) {
        if (!(error instanceof SocketError && member.dropped)) throw error;
      } finally {
        room.part(member);
        if (!member.dropped) {
          room.tell(`* ${member.name} left`);
          news('left', member, `${member.name} left`);
        }
      }
      // What the others said before it left is still its to read, if it reads.
      const flushed = await within(bounds.patienceMs, member.flushed());
      if (flushed !== LATE && !member.gone) await farewell(door, connection);
    },
  };
}

/** Hands on what one says, until it leaves: by /quit, or by its FIN. */
async function listen(connection: Connection, member: Member, room: Room): Promise<void> {
  const reader = new Reader(connection);
  /** Inside a line whose beginning was too long. */
  let cutOff = false;
  const heard = (piece: Uint8Array): boolean => {
    const whole = piece.at(-1) === LF;
    const isRest = cutOff;
    cutOff = !whole;
    if (isRest) return true;
    if (whole) member.eol = piece.at(-2) === CR ? '\r\n' : '\n';
    const bytes = withoutEnd(piece);
    if (bytes.length > LONGEST) {
      member.tell(`* A line has ${LONGEST} bytes at most: the rest of yours was left out`);
    }
    return obeyed(plainText(wholeCharacters(bytes)), member, room);
  };
  do {
    for (;;) {
      // Room for a CR LF behind the longest line.
      const piece = reader.line(LONGEST + 2);
      if (piece === null) break;
      if (!heard(piece)) return;
      await room.room();
    }
  } while (await reader.fill());
  const last = reader.take(LONGEST + 2);
  if (last.length > 0 && !cutOff) heard(last);
}

/** @returns whether it stays */
function obeyed(line: string, member: Member, room: Room): boolean {
  const [, command, rest = ''] = /^\/(\S*) *(.*)$/.exec(line) ?? [];
  switch (command) {
    case undefined:
      if (line.trim() !== '') room.tell(`${member.name}: ${line}`, member);
      return true;
    case 'quit':
      return false;
    case 'who':
      member.tell(`* Here: ${room.names()}`);
      return true;
    case 'name':
      rename(rest.trim(), member, room);
      return true;
    default:
      member.tell(HELP);
      return true;
  }
}

function rename(wanted: string, member: Member, room: Room): void {
  const before = member.name;
  const problem = room.rename(member, wanted);
  if (problem !== null) member.tell(`* Your name is still ${before}: ${problem}`);
  else if (member.name !== before) room.tell(`* ${before} is now ${member.name}`);
}

function withoutEnd(piece: Uint8Array): Uint8Array {
  if (piece.at(-1) !== LF) return piece;
  return piece.subarray(0, piece.at(-2) === CR ? -2 : -1);
}

/** At most the longest line, without a character of which a part was cut off. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= LONGEST) return bytes;
  let end = LONGEST;
  // The bytes behind the first of a character begin with 10 (RFC 3629 §3).
  while (end > LONGEST - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

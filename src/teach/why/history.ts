/** What the steps so far tell of a socket: its options, its other end, who ended what. */
import type { Arg, Call } from '../../socket/call.ts';
import type { Snapshot } from '../../socket/state.ts';
import type { Step } from '../../socket/step.ts';
import { plainAddress } from './words.ts';

/** The steps about a socket since it was made, the oldest first; its name may have had others before. */
function stepsOf(name: string, steps: readonly Step[]): Step[] {
  const made = steps.findLastIndex(
    ({ call, outcome }) =>
      outcome.kind === 'value' && (call.as === name || call.second === name) && makes(call),
  );
  return steps.slice(made + 1).filter((step) => step.sockets[0]?.socket === name);
}

function makes({ name }: Call): boolean {
  return name === 'socket' || name === 'accept' || name === 'socketpair';
}

/** What an option was last set to, as it was written; null where it was not set. */
export function optionOf(name: string, option: string, steps: readonly Step[]): Arg | null {
  const setting = stepsOf(name, steps).findLast(
    ({ call, outcome }) =>
      call.name === 'setsockopt' && outcome.kind === 'value' && hasConstant(call.args[2], option),
  );
  return setting?.call.args[3] ?? null;
}

/** Whether an option that is a number was last set to another one than 0. */
export function isSet(name: string, option: string, steps: readonly Step[]): boolean {
  const value = optionOf(name, option, steps);
  return value?.kind === 'integer' && value.value !== 0;
}

/** SO_LINGER {1, 0}: close() sends RST (socket(7)). */
export function resetsOnClose(name: string, steps: readonly Step[]): boolean {
  const value = optionOf(name, 'SO_LINGER', steps);
  if (value?.kind !== 'struct') return false;
  const [on, seconds] = value.fields;
  return (
    on?.kind === 'integer' && on.value !== 0 && seconds?.kind === 'integer' && seconds.value === 0
  );
}

export function hasConstant(arg: Arg | undefined, name: string): boolean {
  return arg?.kind === 'constants' && arg.parts.includes(name);
}

/** Whether the flag is among a call's arguments. */
export function hasFlag(call: Call | null, flag: string): boolean {
  return call?.args.some((arg) => hasConstant(arg, flag)) === true;
}

/** The step that ended the sending of a socket, with FIN or RST: close(), or shutdown(SHUT_WR). */
export function endingOf(name: string, steps: readonly Step[]): Step | null {
  const ending = stepsOf(name, steps).findLast(
    ({ call, outcome }) => outcome.kind === 'value' && endsSending(call),
  );
  return ending ?? null;
}

function endsSending(call: Call): boolean {
  if (call.name === 'close' || call.name === 'fclose') return true;
  if (call.name !== 'shutdown') return false;
  const how = call.args[1];
  // SHUT_WR is 1, SHUT_RDWR 2.
  return how?.kind === 'integer' ? how.value > 0 : !hasConstant(how, 'SHUT_RD');
}

/** Bytes that a close() left unread, and so lost: it then sends RST (RFC 2525 §2.17). 0 for any other step. */
export function unreadAt({ call, changes, sockets }: Step): number {
  if (call.name !== 'close' && call.name !== 'fclose') return 0;
  const lost = changes.find(
    ({ socket, field, to }) =>
      socket === sockets[0]?.socket && field === 'receive_queue' && to === null,
  );
  return typeof lost?.from === 'number' ? lost.from : 0;
}

/** The socket of this session at the other end of a connection, by its name; null where there is none. */
export function partnerOf(
  socket: Snapshot,
  all: readonly Snapshot[],
  steps: readonly Step[],
): string | null {
  const ends = endsOf(socket, steps);
  if (ends === null) return pairedWith(socket.socket, steps);
  const faces = (one: Snapshot) =>
    one.socket !== socket.socket &&
    one.local !== null &&
    one.peer !== null &&
    plainAddress(one.local) === ends.peer &&
    plainAddress(one.peer) === ends.local;
  const now = all.find(faces);
  if (now !== undefined) return now.socket;
  // It may be closed, or the kernel may have forgotten the connection.
  return seenIn(steps, faces)?.socket ?? null;
}

/** The two addresses of a TCP connection, also of one that is over. */
function endsOf(
  { socket, fd, local, peer, kind }: Snapshot,
  steps: readonly Step[],
): { local: string; peer: string } | null {
  if (!kind.startsWith('TCP')) return null;
  const seen =
    local !== null && peer !== null
      ? { local, peer }
      : seenIn(
          steps,
          (one) => one.socket === socket && one.peer !== null && (fd === null || one.fd === fd),
        );
  if (seen?.local == null || seen.peer == null) return null;
  return { local: plainAddress(seen.local), peer: plainAddress(seen.peer) };
}

/** The newest picture that fits. */
function seenIn(steps: readonly Step[], fits: (socket: Snapshot) => boolean): Snapshot | undefined {
  for (const step of [...steps].reverse()) {
    const found = step.sockets.find(fits);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pairedWith(name: string, steps: readonly Step[]): string | null {
  for (const { outcome } of [...steps].reverse()) {
    if (outcome.kind !== 'value' || outcome.value.kind !== 'pair') continue;
    const names = outcome.value.sockets.map((one) => one.name);
    if (names.includes(name)) return names.find((other) => other !== name) ?? null;
  }
  return null;
}

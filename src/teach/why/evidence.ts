/** What explanations may look at: the steps so far, the sockets as they are, what is blocked. */
import type { Call } from '../../socket/call.ts';
import { retransmissions } from '../../socket/evidence.ts';
import type { Blocked } from '../../socket/session/job.ts';
import type { Session } from '../../socket/session/session.ts';
import type { Snapshot } from '../../socket/state.ts';
import type { Step } from '../../socket/step.ts';

/** Bytes in a buffer of the program's own: the kernel has them no longer (unread), or not yet. */
export interface Buffered {
  /** The FILE; or the socket itself, for what recvuntil() and its kin read ahead. */
  readonly owner: string;
  readonly socket: string;
  readonly direction: 'unread' | 'unsent';
  readonly count: number;
}

export interface Evidence {
  /** The newest last. */
  readonly steps: readonly Step[];
  readonly sockets: readonly Snapshot[];
  readonly jobs: readonly Blocked[];
  /** Only those that hold anything. */
  readonly buffers: readonly Buffered[];
  /** The socket that a FILE is over, by the FILE's name. */
  readonly files: ReadonlyMap<string, string>;
  /** How often the kernel has sent the segment at the head of the queue again; null where unknown. */
  repeatsOf(socket: Snapshot): number | null;
}

/** A blocked call, and the socket that it is about. */
export interface Waiting {
  readonly blocked: Blocked;
  readonly socket: Snapshot;
  readonly evidence: Evidence;
}

export function evidenceOf(session: Session): Evidence {
  const files = [...session.scope.files.values()];
  const ofFiles = files.flatMap(({ name, socket, unread, unsent }): Buffered[] => [
    { owner: name, socket: socket.name, direction: 'unread', count: unread.length },
    { owner: name, socket: socket.name, direction: 'unsent', count: unsent.length },
  ]);
  const ahead = session.sockets.openOnes().map(({ name, kept }): Buffered => {
    return { owner: name, socket: name, direction: 'unread', count: kept.length };
  });
  return {
    steps: session.steps,
    sockets: session.snapshots(),
    jobs: session.jobs(),
    buffers: [...ofFiles, ...ahead].filter(({ count }) => count > 0),
    files: new Map(files.map((file) => [file.name, file.socket.name])),
    repeatsOf: ({ fd }) => (fd === null ? null : retransmissions(session.sys, fd)),
  };
}

/** The socket that a call is about, by its name: its first argument, or what that is over. */
export function subjectName(call: Call, { files, sockets }: Evidence): string | null {
  const [first, last] = [call.args[0], call.args.at(-1)];
  const file = [first, last].find((arg) => arg?.kind === 'name' && files.has(arg.name));
  if (file?.kind === 'name') return files.get(file.name) ?? null;
  if (first?.kind === 'name') return first.name;
  if (first?.kind !== 'integer') return null;
  return sockets.find(({ fd }) => fd === first.value)?.socket ?? null;
}

export function socketNamed(name: string | null, sockets: readonly Snapshot[]): Snapshot | null {
  return sockets.find(({ socket }) => socket === name) ?? null;
}

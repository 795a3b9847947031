/** Which calls are possible now, and why the others are not: what `.next` offers. */
import type { Snapshot } from '../socket/state.ts';

export interface NextCall {
  /** A statement to start from, such as `listen(server, 10)`. */
  readonly statement: string;
  /** Null where it is possible; else why not. */
  readonly unless: string | null;
}

/** The sensible statements for the sockets as they are, the open ones' first. */
export function nextCalls(sockets: readonly Snapshot[]): NextCall[] {
  const open = sockets.filter((socket) => socket.fd !== null);
  const names = new Set(sockets.map((socket) => socket.socket));
  const fresh = names.has('server') ? unused('client', names) : 'server';
  const listener = open.find((socket) => socket.state === 'LISTEN') ?? null;
  return [
    { statement: `${fresh} = socket(AF_INET, SOCK_STREAM, 0)`, unless: null },
    ...open.flatMap((socket) => callsOf(socket, listener, names)),
  ];
}

function callsOf(
  socket: Snapshot,
  listener: Snapshot | null,
  names: ReadonlySet<string>,
): NextCall[] {
  const { socket: name, state, local } = socket;
  const connected = socket.peer !== null && state !== 'CLOSED' && !socket.lingers;
  const offer = (statement: string, unless: string | null): NextCall => ({ statement, unless });
  const unlessConnected = connected ? null : `${name} has no connection`;
  if (state === 'LISTEN') {
    return [
      offer(`${unused('conn', names)} = accept(${name})`, null),
      offer(`close(${name})`, null),
    ];
  }
  const target = listener === null ? '127.0.0.1:8888' : listener.socket;
  const idle = [
    offer(
      `bind(${name}, 127.0.0.1:0)`,
      local === null ? null : `${name} has the address ${local} already`,
    ),
    offer(`listen(${name}, 10)`, connected ? `${name} is connected` : null),
    offer(`connect(${name}, ${target})`, connected ? `${name} is connected already` : null),
  ];
  const talking = [
    offer(
      `write(${name}, "hello\\n")`,
      unlessConnected ?? (maySend(socket) ? null : `${name} has sent FIN`),
    ),
    offer(`read(${name}, 64)`, unlessConnected),
    offer(
      `shutdown(${name}, SHUT_WR)`,
      unlessConnected ?? (maySend(socket) ? null : `${name} has sent FIN already`),
    ),
  ];
  const order = connected ? [...talking, ...idle] : [...idle, ...talking];
  return [...order, offer(`close(${name})`, null)];
}

/** Before its own FIN a socket is ESTABLISHED or CLOSE-WAIT (RFC 9293 §3.3.2). */
function maySend({ state }: Snapshot): boolean {
  return state === 'ESTABLISHED' || state === 'CLOSE-WAIT';
}

function unused(name: string, names: ReadonlySet<string>): string {
  if (!names.has(name)) return name;
  let n = 2;
  while (names.has(`${name}${n}`)) n++;
  return `${name}${n}`;
}

/** Which calls are possible now, and why the others are not: what `.next` offers. */
import type { Snapshot } from '../socket/state.ts';

export interface NextCall {
  /** A statement to start from, such as `listen(server, 10)`. */
  readonly statement: string;
  /** Null where it is possible; else why not. */
  readonly unless: string | null;
}

/** The sensible statements for the sockets as they are. */
export function nextCalls(sockets: readonly Snapshot[]): NextCall[] {
  const open = sockets.filter((socket) => socket.fd !== null);
  const names = new Set(sockets.map((socket) => socket.socket));
  const fresh = names.has('server') ? unused('client', names) : 'server';
  const made = { statement: `${fresh} = socket(AF_INET, SOCK_STREAM, 0)`, unless: null };
  // The newest socket's first: it is the one that is on its way. A listener waits for a client.
  const calls = [...open].reverse().flatMap((socket) => callsOf(socket, open, names));
  const idle = open.every(({ state, queue }) => state === 'LISTEN' && (queue?.used ?? 0) === 0);
  return idle ? [made, ...calls] : [...calls, made];
}

function callsOf(
  socket: Snapshot,
  open: readonly Snapshot[],
  names: ReadonlySet<string>,
): NextCall[] {
  const { socket: name, state } = socket;
  const close = { statement: `close(${name})`, unless: null };
  if (state === 'LISTEN') {
    return [{ statement: `${unused('conn', names)} = accept(${name})`, unless: null }, close];
  }
  const connected = socket.connected && !socket.ended;
  const [first, second] = [opening(socket, open), talking(socket)];
  return connected ? [...second, ...first, close] : [...first, ...second, close];
}

/** What makes a connection: bind, listen, connect. */
function opening(socket: Snapshot, open: readonly Snapshot[]): NextCall[] {
  const { socket: name, local, connected } = socket;
  const busy =
    (connected && !socket.ended && `${name} is connected`) ||
    (socket.ended && `${name} had a connection; a new one needs a new socket`) ||
    (socket.state === 'SYN-SENT' && `${name} waits for the answer to its SYN`) ||
    null;
  const stream = !socket.kind.startsWith('UDP') && !socket.kind.endsWith('datagram');
  const unix = socket.kind.startsWith('Unix');
  const place = anywhere(socket);
  const listener = open.find((other) => isListenerFor(socket, other));
  const unlessListen =
    (!stream && 'only stream sockets listen') ||
    (unix && local === null && `${name} has no path yet`) ||
    null;
  return [
    {
      statement: `bind(${name}, ${place})`,
      unless: local === null ? busy : `${name} has the address ${local} already`,
    },
    { statement: `listen(${name}, 10)`, unless: busy ?? unlessListen },
    {
      statement: `connect(${name}, ${listener?.socket ?? place.replace(/:0$/, ':8888')})`,
      unless:
        busy ?? (listener === undefined && stream ? 'no socket of this kind listens here' : null),
    },
  ];
}

/** What needs a connection: write, read, shutdown. */
function talking(socket: Snapshot): NextCall[] {
  const { socket: name, state, connected } = socket;
  const alone = !connected || socket.ended ? `${name} has no connection` : null;
  // Before its own FIN a TCP socket is ESTABLISHED or CLOSE-WAIT (RFC 9293 §3.3.2).
  const sent = state !== null && state !== 'ESTABLISHED' && state !== 'CLOSE-WAIT';
  const unlessWrite = alone ?? (sent ? `${name} has sent FIN` : null);
  return [
    { statement: `write(${name}, "hello\\n")`, unless: unlessWrite },
    { statement: `read(${name}, 64)`, unless: alone },
    { statement: `shutdown(${name}, SHUT_WR)`, unless: unlessWrite },
  ];
}

/** An address of the socket's own family that bind() can take. */
function anywhere({ kind, socket }: Snapshot): string {
  if (kind.startsWith('Unix')) return `unix:@${socket}`;
  return kind.endsWith('IPv6') ? '[::1]:0' : '127.0.0.1:0';
}

function isListenerFor({ kind }: Snapshot, other: Snapshot): boolean {
  const listens = other.state === 'LISTEN' || (kind.startsWith('Unix') && other.queue !== null);
  return listens && other.kind === kind;
}

function unused(name: string, names: ReadonlySet<string>): string {
  if (!names.has(name)) return name;
  let n = 2;
  while (names.has(`${name}${n}`)) n++;
  return `${name}${n}`;
}
